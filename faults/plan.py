"""From a run's number to all that it is: kind, entity, number of workers, and the dice for everything else."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from faults.kinds import KINDS, Kind

ENTITIES = ("customers", "subscriptions", "invoices", "payments")


@dataclass(frozen=True)
class Run:
    """One run. The same seed and number give the same run."""

    number: int
    seed: int
    kind: Kind
    entity: str
    workers: int

    def dice(self, purpose: str) -> random.Random:
        """The dice of this run for one purpose, fresh."""
        return random.Random(f"{self.seed}/{self.number}/{self.kind.name}/{self.entity}/{purpose}")


def planned(number: int, seed: int, only: Sequence[str] = (), entity: str = "", most_workers: int = 8) -> Run:
    """The run of that number: every kind meets every entity before any pair comes twice."""
    pairs = [
        (kind, name)
        for kind in KINDS
        for name in kind.entities
        if (not only or kind.name in only) and entity in ("", name)
    ]
    if not pairs:
        raise LookupError(f"there is no kind of fault {', '.join(only)!r} for {entity or 'any entity'}")
    lap, place = divmod(number - 1, len(pairs))
    order = list(range(len(pairs)))
    random.Random(f"{seed}/{lap}").shuffle(order)
    kind, name = pairs[order[place]]
    dice = random.Random(f"{seed}/{number}")
    workers = min(dice.choice(kind.workers), most_workers)
    return Run(number, seed, kind, name, workers)
