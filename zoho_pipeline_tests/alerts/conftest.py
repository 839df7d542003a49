"""A ledger of one's own."""

from collections.abc import Iterator

import pytest

from zoho_pipeline_tests.alerts.desk import Desk
from zoho_pipeline_tests.alerts.receivers import Hook, MailServer, running
from zoho_pipeline_tests.practice.databases import Databases


@pytest.fixture
def desk(databases: Databases) -> Iterator[Desk]:
    """An empty ledger, on a Friday at nine in the morning."""
    with databases.fresh() as engine:
        yield Desk(engine)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that is up."""
    with running(MailServer()) as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook that is up."""
    with running(Hook()) as server:
        yield server
