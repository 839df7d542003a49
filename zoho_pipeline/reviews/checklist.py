"""A checklist as data: its lines, what they are ticked from, and how each stands. Pure.

A line that a machine can look at is ticked by what was found; what only a person can do stays theirs. What could not be
looked at is never ticked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from zoho_pipeline.alerts.incident import Incident
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.health.check import HealthReport
from zoho_pipeline.reviews.paper import Review

T = TypeVar("T")


class Mark(StrEnum):
    """How a line stands."""

    DONE = "done"
    FOUND = "found something"
    PERSON = "a person must do it"
    UNSEEN = "could not be looked at"

    @property
    def box(self) -> str:
        """As in the runbook's lists; only what is done is ticked."""
        return "[x]" if self is Mark.DONE else "[ ]"


class NotSeen(Foreseen):
    """What a line needs could not be read."""


@dataclass(frozen=True)
class Look(Generic[T]):
    """What was read, or why it could not be."""

    value: T | None = None
    why_not: str = ""

    def get(self) -> T:
        """What was read.

        Raises:
            NotSeen: saying why it was not.
        """
        if self.value is None:
            raise NotSeen(self.why_not)
        return self.value


@dataclass(frozen=True)
class Closing:
    """How the reconciliation of a month stands; `compared` says that all four kinds were, once the month was over."""

    compared: bool
    ties: bool
    to_mend: int
    signed: bool


@dataclass(frozen=True)
class Evidence:
    """All that a checklist is ticked from; what a list does not need is left out."""

    health: Look[HealthReport] = Look(why_not="The health check was not run.")
    failed_today: Look[dict[Entity, int]] = Look(why_not="Failures were not counted.")
    incidents: Look[Sequence[Incident]] = Look(why_not="Incidents were not read.")
    weekly_sync: Look[Review] = Look(why_not="The weekly review was not read.")
    closing: Look[Closing] = Look(why_not="The reconciliation was not read.")
    performance: Look[Review] = Look(why_not="The performance review was not read.")
    api_cost: Look[Review] = Look(why_not="The API cost review was not read.")
    security: Look[Review] = Look(why_not="The security review was not read.")


@dataclass(frozen=True)
class Ticked:
    """What a line says after the look."""

    mark: Mark
    found: str
    todo: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of a checklist: the runbook's words, its rows, and who ticks it."""

    text: str
    row: str
    tick: Callable[[Evidence], Ticked]

    def ticked(self, evidence: Evidence) -> Ticked:
        """The tick; a look that failed is told, with what to do about it."""
        try:
            return self.tick(evidence)
        except NotSeen as error:
            return Ticked(Mark.UNSEEN, str(error), (f"{self.text}: by hand, for it could not be looked at. {error}",))


@dataclass(frozen=True)
class Checklist:
    """A list with every line ticked or not. `name` is that of the file and asset; `day` is the day of the run."""

    name: str
    title: str
    about: str
    day: date
    lines: Sequence[tuple[Line, Ticked]]
    note: str = ""

    @property
    def todo(self) -> tuple[str, ...]:
        """What a person must do: one list, each thing once."""
        return tuple(dict.fromkeys(each for _, ticked in self.lines for each in ticked.todo))

    def count(self, mark: Mark) -> int:
        """Lines that stand so."""
        return sum(ticked.mark is mark for _, ticked in self.lines)


def tick(lines: Sequence[Line], evidence: Evidence) -> list[tuple[Line, Ticked]]:
    """Every line with its tick."""
    return [(line, line.ticked(evidence)) for line in lines]
