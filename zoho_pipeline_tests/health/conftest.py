"""A well world for each test."""

from collections.abc import Iterator

import pytest

from zoho_pipeline_tests.health.well import WellWorld, made_well
from zoho_pipeline_tests.practice.world import PracticeWorld


@pytest.fixture
def well(world: PracticeWorld) -> Iterator[WellWorld]:
    """Everything is in Zoho, and every check content."""
    with made_well(world) as made:
        yield made
