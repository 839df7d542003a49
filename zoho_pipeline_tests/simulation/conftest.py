"""A few simulated days, played once for all tests that look at them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from simulation.__main__ import BEGINS
from simulation.report import Report, judged
from simulation.running import Simulation
from simulation.setting import running_stage
from simulation.stage import Stage

DAYS, SEED = 5, 1


@dataclass(frozen=True)
class Sample:
    """The stage at the end of the days, and what is said of them."""

    stage: Stage
    simulation: Simulation
    report: Report


@pytest.fixture(scope="module")
def sample() -> Iterator[Sample]:
    """Always the same days."""
    with running_stage(BEGINS, SEED) as stage:
        simulation = Simulation(stage, BEGINS, DAYS, SEED)
        simulation.play()
        yield Sample(stage, simulation, judged(simulation, 0))
