"""What the reconciliation's tests share."""

import pytest

from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.reconciliation.both_sides import BothSides


@pytest.fixture
def sides(world: PracticeWorld) -> BothSides:
    """An empty world, to be filled on both sides alike."""
    return BothSides(world)
