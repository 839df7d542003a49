"""The office's pages: a preparer, an approver, an operator and a viewer, and an invoice that is synced."""

from collections.abc import Callable, Iterator

import pytest

from zoho_pipeline.people.person import Role
from zoho_pipeline_tests.dashboard.browser import Browser, served
from zoho_pipeline_tests.practice.office import Office, entered
from zoho_pipeline_tests.practice.world import PracticeWorld

OPERATOR, VIEWER = "Olga Operator", "Vusi Viewer"
SignIn = Callable[[str], Browser]


@pytest.fixture
def office(world: PracticeWorld) -> Office:
    entered(world.engine, OPERATOR, Role.OPERATOR)
    entered(world.engine, VIEWER, Role.VIEWER)
    return Office(world)


@pytest.fixture
def url(office: Office) -> Iterator[str]:
    with served(office.world.environ, office.clock) as found:
        yield found


@pytest.fixture
def visitor(url: str) -> Browser:
    """Somebody who has not signed in."""
    return Browser(url)


@pytest.fixture
def signed_in(url: str) -> SignIn:
    """The browser of that person, signed in."""

    def one(name: str) -> Browser:
        browser = Browser(url)
        assert browser.sign_in(name).status_code == 200
        return browser

    return one
