"""What every test shares."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from zoho_pipeline.sandbox.environment import inherited
from zoho_pipeline_tests.practice.fixtures import databases, running_zoho, world, zoho

settings.register_profile("however busy the machine is", deadline=None)
settings.load_profile("however busy the machine is")

__all__ = ["databases", "nothing_real", "running_zoho", "world", "zoho"]


@pytest.fixture(autouse=True, scope="session")
def nothing_real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The tests see no variable, `.env` file or practice world of the person who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(inherited(os.environ)):
            patch.delenv(name)
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        yield
