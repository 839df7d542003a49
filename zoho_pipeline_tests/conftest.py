"""What every test shares."""

from collections.abc import Iterator

import pytest

FOREIGN = ("ZOHO_", "CIRCLETEL_", "DAGSTER_", "PG")


@pytest.fixture(autouse=True, scope="session")
def no_inherited_variables() -> Iterator[None]:
    """The tests see none of the variables that point at a real Zoho, database or Dagster."""
    import os

    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(FOREIGN)]:
            patch.delenv(name)
        yield
