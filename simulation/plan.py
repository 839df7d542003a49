"""Which faults strike when: drawn from the seed, every kind before any comes again."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulation.kinds import KINDS, Kind

QUIET_DAYS = 3
"""At the end: the last faults are lifted by then."""
MEAN_HOURS_BETWEEN = 30.0
DENSE_HOURS_BETWEEN = 5.0
"""In a sample of few days."""
FEW_DAYS = 10


@dataclass(frozen=True)
class Fault:
    """One kind, from when to when."""

    kind: Kind
    begins: datetime
    ends: datetime


def planned(begins: datetime, days: int, dice: random.Random) -> list[Fault]:
    """All faults, in the order in which they begin; none overlaps another of its kind."""
    last = begins + timedelta(days=max(days - QUIET_DAYS, 1))
    mean = MEAN_HOURS_BETWEEN if days > FEW_DAYS else DENSE_HOURS_BETWEEN
    faults: list[Fault] = []
    waiting: list[Kind] = []
    moment = begins + timedelta(hours=6)
    while True:
        moment += timedelta(hours=dice.expovariate(1 / mean))
        waiting = waiting or _shuffled(dice)
        fault = _drawn(waiting.pop(), moment, dice)
        if fault.ends > last:
            return faults
        if all(fault.begins >= other.ends for other in faults if other.kind is fault.kind):
            faults.append(fault)


def _shuffled(dice: random.Random) -> list[Kind]:
    kinds = list(KINDS)
    dice.shuffle(kinds)
    return kinds


def _drawn(kind: Kind, moment: datetime, dice: random.Random) -> Fault:
    return Fault(kind, moment, moment + timedelta(hours=dice.uniform(*kind.hours)))


def unbroken(faults: Sequence[Fault]) -> list[tuple[datetime, datetime]]:
    """The spans of these faults, those that touch as one."""
    spans: list[tuple[datetime, datetime]] = []
    for fault in sorted(faults, key=lambda fault: fault.begins):
        if spans and fault.begins <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], fault.ends))
        else:
            spans.append((fault.begins, fault.ends))
    return spans
