"""What the judge says: faults, each naming the record by kind and id, and how many rows ended in which way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `about` is a row's id, or an object's id in Zoho."""

    kind: str
    about: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind} {self.about}: {self.what}"


@dataclass(frozen=True)
class Report:
    """The judgement: no faults means that everything is as it must be."""

    faults: tuple[Fault, ...]
    ended: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Kind → outcome → rows that ended so, rightly."""

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def lines(self) -> list[str]:
        """For people: what ended how, then every fault."""
        counted = [
            f"{kind}: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
            for kind, outcomes in self.ended.items()
        ]
        verdict = "all as it must be" if self.right else f"{len(self.faults)} faults"
        return [*counted, verdict, *map(str, self.faults)]
