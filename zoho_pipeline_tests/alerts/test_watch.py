"""The guard outside of Dagster, on real databases and real servers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from zoho_pipeline.actions.watch import Watch
from zoho_pipeline.clock import SimulatedClock
from zoho_pipeline.sandbox.ports import free_ports
from zoho_pipeline.store.database import DatabaseUnreachable
from zoho_pipeline_tests.alerts.desk import FRIDAY, Desk
from zoho_pipeline_tests.alerts.receivers import Hook
from zoho_pipeline_tests.practice.databases import BARE, MIGRATED, Databases

STORAGE = """
    CREATE TABLE daemon_heartbeats (daemon_type text, body text);
    CREATE TABLE job_ticks (id bigserial, type text, tick_body text);
"""


@pytest.fixture
def dagster_storage(databases: Databases) -> Iterator[Engine]:
    """What the guard reads of Dagster's tables; test_daemon.py has the real ones."""
    with databases.fresh(BARE) as engine:
        with engine.begin() as connection:
            connection.execute(text(STORAGE))
        yield engine


@pytest.fixture
def environ(databases: Databases, desk: Desk, dagster_storage: Engine, hook: Hook) -> dict[str, str]:
    return {
        "ZOHO_PIPELINE_SANDBOX": databases.token(MIGRATED),
        "CIRCLETEL_DATABASE_URL": desk.engine.url.render_as_string(hide_password=False),
        "DAGSTER_POSTGRES_URL": dagster_storage.url.render_as_string(hide_password=False),
        "ALERT_WEBHOOK_URL": hook.url,
    }


def live(storage: Engine, clock: SimulatedClock) -> None:
    """As a daemon with sensors leaves its storage."""
    body = f'{{"timestamp": {clock.now().timestamp()}}}'
    with storage.begin() as connection:
        connection.execute(text("DELETE FROM daemon_heartbeats"))
        connection.execute(text("INSERT INTO daemon_heartbeats VALUES ('SENSOR', :body)"), {"body": body})
        connection.execute(text("INSERT INTO job_ticks (type, tick_body) VALUES ('SENSOR', :body)"), {"body": body})


def first_lines(hook: Hook) -> list[str]:
    return [said.splitlines()[0].strip("*") for said in hook.texts]


def test_a_daemon_that_stops_is_told_once_and_its_return_once(
    environ: dict[str, str], desk: Desk, dagster_storage: Engine, hook: Hook
) -> None:
    guard = Watch(environ, desk.clock)
    live(dagster_storage, desk.clock)
    assert guard.look().well
    for _ in range(4):
        desk.pass_time(minutes=2)
        seen = guard.look()
    assert (seen.well, "Dagster's daemon has stopped" in str(seen)) == (False, True)
    live(dagster_storage, desk.clock)
    assert guard.look().well
    title = "Dagster's daemon has stopped: nothing is synced by itself"
    (incident,) = desk.all()
    assert first_lines(hook) == [
        f"Incident {incident.id} has opened on level 2: {title}",
        f"Incident {incident.id} has cleared: {title}",
    ]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (None, "DAGSTER_POSTGRES_URL is missing"),
        ("postgresql://dagster@127.0.0.1:1/dagster", "could not be read"),
    ],
)
def test_not_being_able_to_look_is_an_incident(environ: dict[str, str], desk: Desk, url: str | None, said: str) -> None:
    given = {name: value for name, value in environ.items() if name != "DAGSTER_POSTGRES_URL"}
    seen = Watch(given | ({"DAGSTER_POSTGRES_URL": url} if url else {}), desk.clock).look()
    assert not seen.well
    (incident,) = desk.all()
    assert incident.title == "Nobody can tell whether Dagster's daemon lives"
    assert said in incident.cause


def test_it_raises_and_delivers_what_others_have_queued(
    environ: dict[str, str], desk: Desk, dagster_storage: Engine, hook: Hook
) -> None:
    number = desk.open_one()
    desk.pass_time(hours=2)
    live(dagster_storage, desk.clock)
    seen = Watch(environ, desk.clock).look()
    assert (list(seen.told.risen), desk.incident(number).level) == ([number], 2)


def test_a_channel_that_is_down_is_not_well(
    environ: dict[str, str], desk: Desk, dagster_storage: Engine, hook: Hook
) -> None:
    hook.down()
    guard = Watch(environ, desk.clock)
    guard.look()
    live(dagster_storage, desk.clock)
    desk.pass_time(minutes=1)
    assert "webhook is down: the webhook could not be reached" in str(guard.look())


# When the ledger itself cannot be written


def test_without_the_database_people_are_told_all_the_same_once_and_once_that_it_is_back(
    environ: dict[str, str], desk: Desk, dagster_storage: Engine, hook: Hook
) -> None:
    guard = Watch(environ, desk.clock)
    there = environ["CIRCLETEL_DATABASE_URL"]
    environ["CIRCLETEL_DATABASE_URL"] = f"postgresql://someone:hunter2@127.0.0.1:{free_ports(1)[0]}/circletel"
    for look in range(5):
        with pytest.raises(DatabaseUnreachable):
            guard.look()
        assert len(hook.posts) == (1 if look else 0)
        desk.pass_time(minutes=1)
    environ["CIRCLETEL_DATABASE_URL"] = there
    live(dagster_storage, desk.clock)
    assert guard.look().well
    title = "The pipeline's database cannot be used"
    assert first_lines(hook) == [
        f"Incident without a number has opened: {title}",
        f"Incident without a number has cleared: {title}",
    ]
    assert "Connection refused" in hook.texts[0]
    assert "hunter2" not in "".join(hook.texts)
    (incident,) = desk.all()
    assert (incident.title, incident.opened_at, incident.cleared_at) == (title, FRIDAY, FRIDAY + timedelta(minutes=5))
    assert desk.queued() == []


def test_without_database_and_channel_nothing_is_lost(
    environ: dict[str, str], desk: Desk, dagster_storage: Engine, hook: Hook
) -> None:
    guard = Watch(environ, desk.clock)
    there = environ.pop("CIRCLETEL_DATABASE_URL")
    environ["CIRCLETEL_DATABASE_URL"] = f"postgresql://someone@127.0.0.1:{free_ports(1)[0]}/circletel"
    hook.down()
    for _ in range(3):
        with pytest.raises(DatabaseUnreachable):
            guard.look()
    environ["CIRCLETEL_DATABASE_URL"] = there
    live(dagster_storage, desk.clock)
    guard.look()
    hook.up()
    guard.look()
    assert [line.partition(" has ")[2].partition(":")[0] for line in first_lines(hook)] == ["opened", "cleared"]


def test_one_look_that_failed_is_not_told(
    environ: dict[str, str], desk: Desk, dagster_storage: Engine, hook: Hook
) -> None:
    guard = Watch(environ, desk.clock)
    there = environ["CIRCLETEL_DATABASE_URL"]
    environ["CIRCLETEL_DATABASE_URL"] = f"postgresql://someone@127.0.0.1:{free_ports(1)[0]}/circletel"
    with pytest.raises(DatabaseUnreachable):
        guard.look()
    environ["CIRCLETEL_DATABASE_URL"] = there
    live(dagster_storage, desk.clock)
    guard.look()
    assert (hook.posts, desk.all()) == ([], [])
