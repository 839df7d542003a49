"""Failed runs and failed checks become incidents, and people are told, by sensors of Dagster's."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.causes import Cause
from zoho_pipeline.definitions import build_defs
from zoho_pipeline.defs import alerts
from zoho_pipeline.defs.checks import Check, Verdict
from zoho_pipeline.defs.ended_runs import Cursor, ended_since
from zoho_pipeline.defs.failed_checks import FOUND
from zoho_pipeline.defs.partitions import months
from zoho_pipeline.defs.zoho import STEP, key_of, zoho_assets
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.store.database import DatabaseUnreachable
from zoho_pipeline.zoho.errors import AuthenticationFailed, PermissionDenied
from zoho_pipeline_tests.alerts.desk import Desk
from zoho_pipeline_tests.alerts.receivers import Hook, running
from zoho_pipeline_tests.defs.practice import FIRST_MONTH, PracticeBackfill, PracticeDagster
from zoho_pipeline_tests.practice.databases import MIGRATED, Databases

RED = PracticeBackfill(interrupted={(Entity.INVOICES, "2025-03"): "a ceiling is reached"})
"""A month is left unfinished, and a person has to act."""
GREEN = PracticeBackfill()
INVOICES = [Entity.INVOICES]
LONG_AGO = Cursor(datetime(2020, 1, 1, tzinfo=UTC))


@pytest.fixture
def desk(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A ledger that the sensors lead to."""
    with databases.fresh() as engine:
        monkeypatch.setenv("ZOHO_PIPELINE_SANDBOX", databases.token(MIGRATED))
        monkeypatch.setenv("CIRCLETEL_DATABASE_URL", engine.url.render_as_string(hide_password=False))
        yield Desk(engine)


@dataclass
class Sensors:
    """Ticks of the sensors on one instance."""

    instance: dg.DagsterInstance
    definitions: dg.Definitions = field(default_factory=lambda: build_defs(first_month=FIRST_MONTH, backfill=GREEN))
    cursor: str | None = None

    def tick(self, name: str) -> str:
        """One tick; what the UI shows of it."""
        (sensor,) = [each for each in alerts.sensors() if each.name == name]
        context = dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, repository_def=self.definitions.get_repository_def()
        )
        skipped = sensor(context)
        assert isinstance(skipped, dg.SkipReason)
        if name == "note_failed_runs":
            self.cursor = context.cursor
        return skipped.skip_message or ""


@pytest.fixture
def sensors(dagster: PracticeDagster) -> Sensors:
    return Sensors(dagster.instance)


def standing(desk: Desk) -> list[str]:
    return [each.title for each in desk.all() if each.cleared_at is None]


# Runs


def test_a_failed_run_is_an_incident_until_its_months_are_green(
    desk: Desk, dagster: PracticeDagster, sensors: Sensors
) -> None:
    dagster.run(RED, entities=INVOICES)
    assert sensors.tick("note_failed_runs") == "1 runs have ended, 1 of them with a failure."
    (incident,) = desk.all()
    assert incident.title == "The run of zoho/invoices 2025-02 to 2025-05 failed"
    assert incident.cause.startswith("1 month is not green. invoices 2025-03: unfinished: a ceiling is reached.")
    assert incident.level == 1

    dagster.run(GREEN, entities=INVOICES, months=["2025-03"], config={"dry_run": True})
    dagster.run(GREEN, entities=INVOICES, months=["2025-04"])
    sensors.tick("note_failed_runs")
    assert standing(desk) == [incident.title]

    dagster.run(GREEN, entities=INVOICES, months=["2025-03"])
    sensors.tick("note_failed_runs")
    assert standing(desk) == []


def test_a_run_in_which_single_rows_alone_went_wrong_is_told_by_the_rows_incident(
    desk: Desk, dagster: PracticeDagster, sensors: Sensors
) -> None:
    dagster.run(PracticeBackfill(refusals={(Entity.INVOICES, "2025-03"): 2}), entities=INVOICES)
    assert sensors.tick("note_failed_runs") == "1 runs have ended, 1 of them with a failure."
    assert desk.all() == []


def test_such_a_run_makes_good_what_an_earlier_one_owed(desk: Desk, dagster: PracticeDagster, sensors: Sensors) -> None:
    dagster.run(RED, entities=INVOICES)
    sensors.tick("note_failed_runs")
    dagster.run(PracticeBackfill(refusals={(Entity.INVOICES, "2025-03"): 2}), entities=INVOICES)
    sensors.tick("note_failed_runs")
    assert standing(desk) == []


@pytest.mark.parametrize(
    ("error", "cause", "level"),
    [
        (AuthenticationFailed("GET /plans", "the token was refused"), "authentication", 3),
        (PermissionDenied("POST /customers", "not allowed", status=403), "permission", 2),
        (DatabaseUnreachable("The database is gone."), "database", 2),
    ],
)
def test_what_kept_a_run_from_its_work_has_its_own_level_and_advice(
    desk: Desk, dagster: PracticeDagster, sensors: Sensors, error: Foreseen, cause: str, level: int
) -> None:
    dagster.run(PracticeBackfill(stops_with=error), entities=INVOICES)
    sensors.tick("note_failed_runs")
    (incident,) = desk.all()
    assert (incident.cause, incident.level) == (cause, level)
    assert incident.advice.startswith(Cause(cause).advice)
    assert str(error).split(".")[0] in incident.advice


def test_a_run_is_noted_once_however_often_the_sensor_looks(
    desk: Desk, dagster: PracticeDagster, sensors: Sensors
) -> None:
    dagster.run(RED, entities=INVOICES)
    dagster.run(GREEN, entities=INVOICES)
    for cursor in (None, sensors.cursor, None):
        sensors.cursor = cursor
        sensors.tick("note_failed_runs")
    assert sensors.tick("note_failed_runs") == "0 runs have ended, 0 of them with a failure."
    assert [desk.kinds(each.id) for each in desk.all()] == [["opened", "cleared"]]


def test_a_tick_that_failed_is_done_again(
    desk: Desk, dagster: PracticeDagster, sensors: Sensors, monkeypatch: pytest.MonkeyPatch
) -> None:
    dagster.run(RED, entities=INVOICES)
    with monkeypatch.context() as patch:
        patch.setenv("CIRCLETEL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
        assert "127.0.0.1:1/nothing could not be used to enter failed runs" in sensors.tick("note_failed_runs")
    assert sensors.cursor is None
    sensors.tick("note_failed_runs")
    assert len(standing(desk)) == 1


def test_an_error_that_was_not_foreseen_is_told_by_its_kind_alone(
    desk: Desk, dagster: PracticeDagster, sensors: Sensors
) -> None:
    dagster.run(PracticeBackfill(stops_with=KeyError("sipho@example.co.za")), entities=INVOICES)
    sensors.tick("note_failed_runs")
    (incident,) = desk.all()
    assert (incident.cause, incident.level) == ("an error that was not foreseen: KeyError", 2)


def test_a_job_without_assets_is_told_by_its_name(desk: Desk, dagster: PracticeDagster, sensors: Sensors) -> None:
    @dg.op
    def fails() -> None:
        raise dg.Failure("The database is full.")

    @dg.job(executor_def=dg.in_process_executor)
    def nightly() -> None:
        fails()

    nightly.execute_in_process(instance=dagster.instance, raise_on_error=False)
    sensors.tick("note_failed_runs")
    assert [(each.title, each.cause) for each in desk.all()] == [("The run of nightly failed", "The database is full.")]


def test_a_crashed_run_that_dagster_starts_again_is_not_told(dagster: PracticeDagster) -> None:
    run = dagster.run(RED, entities=INVOICES)
    dagster.instance.add_run_tags(run.run_id, {"dagster/will_retry": "true"})
    runs, _ = ended_since(dagster.instance, LONG_AGO)
    assert runs == []


def test_the_cursor_remembers_those_near_its_end() -> None:
    now = datetime(2025, 11, 14, 9, tzinfo=UTC)
    assert Cursor.parse(None, now).until == now - timedelta(hours=1)
    cursor = Cursor(now, frozenset({"run-2", "run-1"}))
    assert json.loads(str(cursor)) == {"until": "2025-11-14T09:00:00+00:00", "seen": ["run-1", "run-2"]}
    assert Cursor.parse(str(cursor), now + timedelta(days=1)) == cursor
    assert cursor.past([]) == cursor


# Checks


def checked(dagster: PracticeDagster, verdict: Verdict) -> dg.Definitions:
    """A run of invoices whose only check says that."""

    def look(entities: Collection[Entity]) -> Mapping[Entity, Verdict]:
        return dict.fromkeys(entities, verdict)

    check = Check("nothing_stands_twice", "Nothing stands twice.", look)
    definitions = dg.Definitions(
        assets=[zoho_assets(months(FIRST_MONTH), GREEN, [check])], executor=dg.in_process_executor
    )
    job = definitions.resolve_implicit_global_asset_job_def()
    job.execute_in_process(
        instance=dagster.instance,
        asset_selection=[key_of(Entity.INVOICES)],
        partition_key="2025-03",
        run_config={"ops": {STEP: {"config": {}}}},
    )
    return definitions


BAD = Verdict(False, "3 stand twice: see the table.", metadata={FOUND: dg.MetadataValue.int(3)})


def test_a_failed_check_is_an_incident_until_it_passes(desk: Desk, dagster: PracticeDagster, sensors: Sensors) -> None:
    sensors.definitions = checked(dagster, BAD)
    for _ in range(2):
        sensors.tick("note_failed_checks")
    (incident,) = desk.all()
    assert (incident.title, incident.cause, incident.rows, incident.level) == (
        "The check nothing_stands_twice of zoho/invoices has failed",
        "3 stand twice: see the table.",
        3,
        2,
    )
    checked(dagster, Verdict(True, "Nothing stands twice."))
    assert sensors.tick("note_failed_checks") == "4 checks: 0 incidents opened, 1 cleared."


def test_a_warning_is_no_incident(desk: Desk, dagster: PracticeDagster, sensors: Sensors) -> None:
    sensors.definitions = checked(dagster, Verdict(False, "They look alike.", dg.AssetCheckSeverity.WARN))
    sensors.tick("note_failed_checks")
    assert desk.all() == []


def test_while_a_check_is_awaited_what_was_seen_before_stands(
    desk: Desk, dagster: PracticeDagster, sensors: Sensors
) -> None:
    sensors.definitions = checked(dagster, BAD)
    sensors.tick("note_failed_checks")
    job = sensors.definitions.resolve_implicit_global_asset_job_def()
    dagster.instance.create_run_for_job(
        job, tags={"dagster/partition": "2025-03"}, asset_selection=frozenset({key_of(Entity.INVOICES)})
    )
    sensors.tick("note_failed_checks")
    assert len(standing(desk)) == 1


# Telling


def test_people_are_told_by_the_sensor(desk: Desk, sensors: Sensors, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Hook()) as hook:
        monkeypatch.setenv("ALERT_WEBHOOK_URL", hook.url)
        desk.settings, desk.clock.moment = AlertSettings.load(), datetime.now(UTC)
        number = desk.open_one()
        assert sensors.tick("tell_people") == "1 by log; 1 by webhook."
        assert sensors.tick("tell_people") == "nothing was due."
        assert hook.texts[0].startswith(f"*Incident {number} has opened")


@pytest.mark.parametrize("name", ["note_failed_runs", "note_failed_checks", "tell_people"])
def test_they_run_by_themselves_every_half_minute_and_say_what_they_do(name: str) -> None:
    sensor = build_defs(first_month=FIRST_MONTH, backfill=GREEN).resolve_sensor_def(name)
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert (sensor.minimum_interval_seconds, bool(sensor.description)) == (30, True)
