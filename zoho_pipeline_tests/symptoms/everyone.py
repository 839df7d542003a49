"""Symptoms of Zoho, the database or Dagster itself: one after another, for each befalls every row.

New rows stand for the work that is always there: the sensors bring them, or cannot.
"""

from collections.abc import Callable
from contextlib import suppress

import psutil

from zoho_pipeline.budget.circuit import Circuit, circuit_state
from zoho_pipeline.sandbox.dagster import CODE_SERVER, DAEMON
from zoho_pipeline_tests.symptoms.rows import CUSTOMERS, Rows
from zoho_pipeline_tests.symptoms.stage import UNDER_WAY, ZOHO, Stage
from zoho_pipeline_tests.symptoms.symptom import Case, Symptom, Told

HOURLY = 1_800
"""Seconds of a pause that people are told of."""


def new_rows(stage: Stage, count: int = 3) -> list[str]:
    """Customers that nobody has looked at yet."""
    return [stage.world.circletel.customer() for _ in range(count)]


def circuit(stage: Stage) -> Circuit:
    with stage.world.engine.connect() as connection:
        return circuit_state(connection)


def time_passes(stage: Stage) -> None:
    """As if the pause that Zoho asked for, and what waits for its end, were over."""
    stage.world.circletel.execute(
        "UPDATE zoho_pipeline.api_budget SET cool_down_until = now();"
        "UPDATE zoho_pipeline.sync_results SET resumes_at = now() WHERE resumes_at > now()"
    )


# Limits


def short_pause(stage: Stage) -> Case:
    rows, row = Rows(stage), new_rows(stage, 1)[0]
    stage.world.zoho.befall("rate_limit", method="POST", path="/customers$", match={"body": row}, retry_after=8)
    met = "SELECT 1 FROM zoho_pipeline.api_budget WHERE cool_down_limit = 'minute'"
    return Case(lambda: bool(stage.world.circletel.query(met)), rows.synced(CUSTOMERS, row))


def long_pause(stage: Stage) -> Case:
    rows, row = Rows(stage), new_rows(stage, 1)[0]
    stage.world.zoho.befall("rate_limit", method="POST", path="/customers$", match={"body": row}, retry_after=HOURLY)
    return Case(
        lambda: circuit(stage).cooling_until is not None,
        rows.synced(CUSTOMERS, row),
        person=lambda: time_passes(stage),
    )


def spent_day(stage: Stage) -> Case:
    rows, row = Rows(stage), new_rows(stage, 1)[0]
    stage.world.zoho.befall("rate_limit", method="POST", path="/customers$", match={"body": row}, code=45)
    run = stage.backfill_ends()
    return Case(
        lambda: stage.status(run) == "SUCCESS" and circuit(stage).cooling_limit == "day",
        lambda: rows.synced(CUSTOMERS, row)() and not _left_open(stage),
        person=lambda: time_passes(stage),
    )


def _left_open(stage: Stage) -> bool:
    return bool(
        stage.world.circletel.query(
            "SELECT 1 FROM (SELECT DISTINCT ON (entity, month) resumes_at FROM zoho_pipeline.sync_results "
            "ORDER BY entity, month, finished_at DESC) latest WHERE resumes_at IS NOT NULL"
        )
    )


# Access


def token_refused(stage: Stage) -> Case:
    stage.world.zoho.befall("refuse_token", path="^/oauth", times=None, error="invalid_code")
    _forget_token(stage)
    return _access(stage)


def permission_missing(stage: Stage) -> Case:
    stage.world.zoho.befall("unauthorised", method="POST", path="/customers$", times=None)
    return _access(stage)


def _access(stage: Stage) -> Case:
    rows, row = Rows(stage), new_rows(stage, 1)[0]

    def mend() -> None:
        stage.world.zoho.mend()
        _forget_token(stage)
        stage.backfill_ends()

    failed = len(stage.runs("FAILURE", job="sync_urgently"))
    return Case(
        lambda: len(stage.runs("FAILURE", job="sync_urgently")) > failed, rows.synced(CUSTOMERS, row), person=mend
    )


def _forget_token(stage: Stage) -> None:
    """As when it has expired, or belongs to other credentials."""
    stage.world.circletel.execute("DELETE FROM zoho_pipeline.access_tokens")


# Outages


def zoho_fails_for_everybody(stage: Stage) -> Case:
    rows, new = Rows(stage), new_rows(stage)
    stage.world.zoho.befall("html_503", method="POST", path="^/billing", times=None)
    stage.world.zoho.befall("html_503", path="/plans$", times=None)  # what is asked to find out: so it is in mid-run
    run = stage.backfill_ends()
    return Case(
        lambda: stage.status(run) == "SUCCESS" and circuit(stage).is_open,
        lambda: rows.synced(CUSTOMERS, *new)() and not _left_open(stage),
        person=stage.world.zoho.mend,
    )


def zoho_cannot_be_reached(stage: Stage) -> Case:
    rows = Rows(stage)
    stage.stop(ZOHO)
    new = new_rows(stage)
    return Case(lambda: circuit(stage).is_open, rows.synced(CUSTOMERS, *new), person=stage.start_zoho)


def database_gone(stage: Stage) -> Case:
    rows, new = Rows(stage), new_rows(stage)
    mails = len(stage.mail.mails)
    stage.database_goes()
    stage.wait(lambda: len(stage.mail.mails) > mails, "people are told that the database is gone")
    stage.database_comes()
    return Case(lambda: True, rows.synced(CUSTOMERS, *new))


# Dagster


def daemon_stopped(stage: Stage) -> Case:
    rows = Rows(stage)
    stage.stop(DAEMON)
    new = new_rows(stage)
    return Case(lambda: True, rows.synced(CUSTOMERS, *new), person=stage.start_daemon)


def worker_dies(stage: Stage) -> Case:
    _quiet(stage)
    run = stage.backfill()
    _kill_worker(stage, run)
    again = _retried(stage, run)
    return Case(lambda: stage.status(run) == "FAILURE", lambda: stage.status(again()) == "SUCCESS")


def worker_dies_again(stage: Stage) -> Case:
    _quiet(stage)
    run = stage.backfill()
    _kill_worker(stage, run)
    again = _retried(stage, run)()
    _kill_worker(stage, again)
    return Case(lambda: stage.status(again) == "FAILURE", lambda: True, person=stage.backfill_ends)


def _quiet(stage: Stage) -> None:
    """Nothing is under way, and what begins now is slow enough to be met."""
    stage.wait(lambda: not stage.runs(*UNDER_WAY), "all runs have ended")
    stage.world.zoho.befall("delay_before_commit", method="GET", path="/customers$", times=2, seconds=4)


def _kill_worker(stage: Stage, run: str) -> None:
    """Its process is gone from one moment to the next, as when memory runs out."""
    stage.wait(lambda: stage.status(run) == "STARTED", "the run has started")
    (server,) = [each for each in stage.processes.all() if each.name == CODE_SERVER]
    for child in psutil.Process(server.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()
    stage.wait(lambda: stage.status(run) not in UNDER_WAY, "Dagster has noticed")


def _retried(stage: Stage, run: str) -> Callable[[], str]:
    """The run that Dagster starts in its place."""

    def found() -> list[str]:
        tag = {"key": "dagster/parent_run_id", "value": run}
        return [each["runId"] for each in stage.runs() if tag in each["tags"]]

    stage.wait(lambda: bool(found()), "Dagster starts the run again")
    return lambda: found()[0]


ONE_AFTER_ANOTHER = [
    Symptom("Zoho asks for a short pause", "R31", None, short_pause),
    Symptom(
        "Zoho asks for a pause of over 20 minutes", "R31",
        Told("zoho", "pause", 1, "calls go on by themselves"), long_pause,
    ),
    Symptom("the calls of the day are spent", "R31", None, spent_day),
    Symptom(
        "Zoho refuses the token", "R28, R39",
        Told("runs", "sync_urgently: sync_urgently", 3, "zoho-pipeline verify-env"), token_refused,
    ),
    Symptom(
        "the token may not do what is asked", "R28, R39",
        Told("runs", "sync_urgently: sync_urgently", 2, "Grant the refresh token the scope"), permission_missing,
    ),
    Symptom(
        "Zoho fails for everybody", "R30, R39",
        Told("zoho", "outage", 3, "status.zoho.com"), zoho_fails_for_everybody,
    ),
    Symptom(
        "Zoho cannot be reached", "R30, R39",
        Told("zoho", "outage", 3, "status.zoho.com"), zoho_cannot_be_reached,
    ),
    Symptom(
        "the database is gone for a while", "R32",
        Told("ledger", "ledger", 2, "zoho-pipeline verify-env"), database_gone,
    ),
    Symptom(
        "Dagster's daemon has stopped", "R29",
        Told("dagster", "daemon", 2, "start it again"), daemon_stopped,
    ),
    Symptom("a run's process dies", "R29", None, worker_dies),
    Symptom(
        "a run fails", "R29",
        Told("runs", "backfill_all", 2, "start it again"), worker_dies_again,
    ),
]  # fmt: skip
