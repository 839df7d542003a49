"""What a kind of fault is: how it strikes, what happens while the workers run, and what the judge may let pass."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from faults.scene import Scene

ALL = ("customers", "subscriptions", "invoices", "payments")
ONE = (1,)
FEW = (1, 2, 3)
MANY = (2, 4, 8)
ANY = (1, 1, 2, 3, 8)

Step = Callable[[Scene], None]


def nothing(scene: Scene) -> None:
    """No step of its own."""


def always(scene: Scene) -> bool:
    """Where there is no moment that could be missed."""
    return True


def chance(dice: random.Random, probability: float, calls: int) -> dict[str, float]:
    """A match of a rule by chance, with a seed under which at least one of the first so many calls is befallen."""
    while True:
        seed = dice.randrange(10_000)
        drawn = random.Random(seed)
        if any(drawn.random() < probability for _ in range(calls)):
            return {"probability": probability, "seed": seed}


@dataclass(frozen=True)
class Kind:
    """A kind of fault.

    Attributes:
        name: on the command line and in the table.
        strike: before the workers start.
        act: while they run; it may wait for what it needs.
        lift: after they ended, beside the lifting of all faults in Zoho and of all traps in the database.
        rests: states besides synced in which a good row may rest in the end, because a person is needed.
        struck: whether the fault struck at all, asked once the workers have ended: a run without that shows nothing.
        within: whether the promise holds under it; beyond the bounds every duplicate must be found instead.
        environ: settings of the run's workers; `lifted` those that change for the recovery.
    """

    name: str
    strike: Step = nothing
    act: Step = nothing
    lift: Step = nothing
    entities: tuple[str, ...] = ALL
    workers: tuple[int, ...] = FEW
    rests: frozenset[str] = frozenset()
    struck: Callable[[Scene], bool] = Scene.struck
    within: bool = True
    environ: dict[str, str] = field(default_factory=dict)
    lifted: dict[str, str] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Callable[[str], "Kind"], tuple[str]]:
        """Between processes a kind goes by its name."""
        return _named, (self.name,)


def _named(name: str) -> Kind:
    from faults.kinds import KINDS

    return next(kind for kind in KINDS if kind.name == name)
