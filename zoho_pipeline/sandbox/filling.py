"""Fills a new practice world: CircleTel's tables, Zoho's half of the story, and the truth about both."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, create_engine, text

from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import local_date
from zoho_pipeline.sandbox.circletel import create_tables, marker_token
from zoho_pipeline.sandbox.ports import LOOPBACK
from zoho_pipeline.sandbox.sample import truth
from zoho_pipeline.sandbox.sample.expect_documents import tell as tell_truth
from zoho_pipeline.sandbox.sample.generate import generate
from zoho_pipeline.sandbox.sample.load import load
from zoho_pipeline.sandbox.sample.replay import replay
from zoho_pipeline.sandbox.sample.world import DEFAULT_SIZE, World
from zoho_pipeline.sandbox.sample.zoho_http import Access, Control
from zoho_pipeline.sandbox.sample.zoho_side import linked
from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.oauth import Credentials
from zoho_pipeline.store.migrate import upgrade

SEED = 2025


@dataclass(frozen=True)
class Filled:
    """What came of it."""

    token: str
    """The database's mark."""
    first_month: str
    exclusive_skus: frozenset[str]
    zoho_state: str
    """The practice Zoho's state as JSON, so that it is not lost with the process."""


def fill(database_url: str, zoho_port: int, tell: Callable[[str], None]) -> Filled:
    """Make the tables and the sample data, and play the app's past against the practice Zoho."""
    engine = create_engine(database_url)
    try:
        return _fill(engine, zoho_port, tell)
    finally:
        engine.dispose()


def _fill(engine: Engine, zoho_port: int, tell: Callable[[str], None]) -> Filled:
    today = local_date(datetime.now(UTC))
    world = generate(SEED, today)
    tell(f"CircleTel: {_amounts(world)}")
    create_tables(engine)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER ROLE CURRENT_USER SET idle_in_transaction_session_timeout = '5min'"))
    tell("Playing what the app has pushed to Zoho since it went live")
    access = _access(zoho_port)
    side = replay(world, access)
    world = linked(world, side)
    load(world, engine)
    truth.save(tell_truth(world, side), engine)
    return Filled(
        token=marker_token(engine),
        first_month=Month.of(today).plus(1 - DEFAULT_SIZE.months).key,
        exclusive_skus=world.exclusive_skus,
        zoho_state=_state(access.url),
    )


def _state(zoho_url: str) -> str:
    with Control(zoho_url) as control:
        return json.dumps(control.call("GET", "state"))


def zoho_variables(port: int) -> dict[str, str]:
    """The variables that lead to the practice Zoho on this port."""
    known = Credentials()
    url = f"http://{LOOPBACK}:{port}"
    return {
        "ZOHO_API_URL": f"{url}/billing/v1",
        "ZOHO_ACCOUNTS_URL": url,
        "ZOHO_CLIENT_ID": known.client_id,
        "ZOHO_CLIENT_SECRET": known.client_secret,
        "ZOHO_REFRESH_TOKEN": known.refresh_token,
        "ZOHO_ORG_ID": known.organisation_id,
        "ZOHO_WRITES": "on",
        "ZOHO_CALLS_PER_MINUTE": str(Behaviour().calls_per_minute),
        "ZOHO_CALLS_PER_DAY": "100000",
        "ZOHO_CALLS_IN_FLIGHT": "10",
        "ZOHO_MAX_CREATES_PER_DAY": "100000",
        "ZOHO_MAX_RAND_PER_DAY": "100000000",
    }


def _access(port: int) -> Access:
    known = Credentials()
    return Access(
        f"http://{LOOPBACK}:{port}",
        known.client_id,
        known.client_secret,
        known.refresh_token,
        known.organisation_id,
    )


def _amounts(world: World) -> str:
    amounts = {
        "customers": world.customers,
        "services": world.services,
        "invoices": world.invoices,
        "payments": world.payments,
    }
    return ", ".join(f"{len(rows):,} {name}" for name, rows in amounts.items())
