"""One world for a module, and the marker of the whole campaign."""

from collections.abc import Iterator

import pytest

from zoho_pipeline_tests.symptoms.stage import Stage, set_up


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A world that runs by itself."""
    with set_up() as made:
        yield made
