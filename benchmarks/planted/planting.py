"""Choosing where discrepancies are planted, and remembering what each must be told as."""

from collections import Counter
from dataclasses import dataclass, field

from benchmarks.planted import invoices, parents, payments, recurring
from benchmarks.planted.rows import Party, World
from benchmarks.planted.truth import PLANTS, Expected, Plant

WAYS = (parents, invoices, recurring, payments)
"""The modules that register ways; importing them does."""
TRIES = 200


@dataclass
class Planted:
    """What was planted."""

    expected: list[Expected] = field(default_factory=list)
    by_way: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """Discrepancies, without what follows from them."""
        return self.by_way.total()


def plant_discrepancies(world: World, count: int) -> Planted:
    """So many, all ways in turn, each where nothing else was planted that it would mingle with.

    Raises:
        ValueError: the world is too small for so many.
    """
    planted, taken = Planted(), [set[str]() for _ in world.parties]
    while planted.count < count:
        plant = PLANTS[planted.count % len(PLANTS)]
        number, place = _free(world, plant, taken)
        taken[number] |= plant.touches[place]
        party: Party = world.parties[number]
        planted.expected += plant.do(world, party, place)
        planted.by_way[plant.name] += 1
    return planted


def _free(world: World, plant: Plant, taken: list[set[str]]) -> tuple[int, int]:
    places = list(plant.touches)
    for _ in range(TRIES):
        number, place = world.random.randrange(len(taken)), world.random.choice(places)
        if not plant.touches[place] & taken[number]:
            return number, place
    raise ValueError(f"there is no place left for {plant.name}: take more documents or fewer discrepancies")
