"""What a symptom is here: how it is produced, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from zoho_pipeline_tests.symptoms.stage import Stage

OPERATIONS, DEVELOPMENT = "operations@circletel.co.za", "dev@circletel.co.za"
"""The contacts of levels 1 and 2; that of level 3 is a web page of Zoho's."""


@dataclass(frozen=True)
class Told:
    """The one incident of a symptom: whose look finds it, which it is, for whom, and what it says is to be done."""

    scope: str
    key: str
    level: int
    advice: str
    """A part of what it says."""

    @property
    def wakes(self) -> set[str]:
        """Who has a mail when it opens: its level's team, and those of the levels below."""
        return {OPERATIONS} if self.level == 1 else {OPERATIONS, DEVELOPMENT}


@dataclass(frozen=True)
class Case:
    """A symptom that was produced.

    Attributes:
        shows: whether it has shown itself, by something that lasts.
        over: whether everything is as it should be.
        person: what somebody does whom the incident has told to; None where it mends itself.
    """

    shows: Callable[[], bool]
    over: Callable[[], bool]
    person: Callable[[], object] | None = None


@dataclass(frozen=True)
class Symptom:
    """A row of the table in docs/runbook.md.

    Attributes:
        name: as it stands there.
        rows: which rows of CircleTel's runbook it is.
        told: its incident; None where nobody is woken.
        happens: produces it.
    """

    name: str
    rows: str
    told: Told | None
    happens: Callable[[Stage], Case] = field(repr=False)

    def __str__(self) -> str:
        return self.name
