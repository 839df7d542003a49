"""A world that runs by itself: PostgreSQL, a practice Zoho and Dagster's processes, a mail server, and the guard.

CircleTel's database has a server of its own, so that it can be gone while Dagster's storage is there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, text

from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.actions.incidents import listed
from zoho_pipeline.alerts.daemon import read_life
from zoho_pipeline.alerts.incident import Incident
from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.sandbox.circletel import create_tables, marker_token
from zoho_pipeline.sandbox.dagster import Dagster
from zoho_pipeline.sandbox.dagster_client import DagsterClient
from zoho_pipeline.sandbox.environment import inherited
from zoho_pipeline.sandbox.ports import LOOPBACK, free_ports
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.processes import Processes
from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.testing import RunningServer
from zoho_pipeline.sandbox.zoho.world import World
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.store.migrate import upgrade
from zoho_pipeline_tests.alerts.receivers import MailServer, running
from zoho_pipeline_tests.practice.fixtures import variables
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import NOW, PracticeZoho

FIRST_MONTH = "2025-09"
ZOHO, WATCH = "practice Zoho", "watch"
PATIENCE_SECONDS = 400.0
QUICK = {
    "CIRCLETEL_FIRST_MONTH": FIRST_MONTH,
    "CIRCLETEL_APP_GRACE_SECONDS": "2",
    "ZOHO_RETRY_SECONDS": "1",
    "ZOHO_SETTLING_SECONDS": "1",
    "ZOHO_SENSOR_SECONDS": "5",
    "ZOHO_TIMEOUT_SECONDS": "5",
    "ALERT_DAEMON_SILENT_SECONDS": "60",
    "ALERT_MAIL_FROM": "alerts@circletel.example",
}
"""What is minutes at work is seconds here."""

KEEP_STATES = """
CREATE TABLE states_seen (entity text, row_id uuid, state text);
CREATE FUNCTION keep_state() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO states_seen VALUES (NEW.entity, NEW.row_id, NEW.state); RETURN NULL;
END $$;
CREATE TRIGGER keep_state AFTER INSERT OR UPDATE ON zoho_pipeline.sync_records
FOR EACH ROW EXECUTE FUNCTION keep_state()
"""
"""A state that a row had for some seconds only is known afterwards."""

LAUNCH = """
mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}"""
RUNS = """
query Runs($filter: RunsFilter) {
  runsOrError(filter: $filter) { ... on Runs { results { runId status jobName tags { key value } } } }
}"""
UNDER_WAY = ("QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING")


class NotInTime(AssertionError):
    """What was waited for did not come."""


@dataclass
class Stage:
    """The world, and what one can do in it from outside, as a person or as misfortune."""

    world: PracticeWorld
    dagster: Dagster
    client: DagsterClient
    processes: Processes
    mail: MailServer
    server: EmbeddedPostgres
    directory: Path
    zoho_port: int

    # Waiting

    def wait(self, until: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until it is so.

        Raises:
            NotInTime: when it does not come to that, with all that is open.
        """
        deadline = time.monotonic() + seconds
        while not until():
            if time.monotonic() > deadline:
                raise NotInTime(f"it did not come to this: {what}; {self.told()}")
            time.sleep(0.5)

    def told(self) -> str:
        """How things stand, for whoever waits in vain."""
        states = self.world.circletel.query(
            "SELECT entity, state, cause, left(reason, 60), count(*) FROM zoho_pipeline.sync_records "
            "WHERE state <> 'synced' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2"
        )
        incidents = [
            f"{each.scope}: {each.key} (level {each.level})" for each in self.incidents() if not each.cleared_at
        ]
        return "\n".join(["rows:", *map(str, states), "open incidents:", *incidents])

    # Looking

    @property
    def months(self) -> list[Month]:
        """All that are open."""
        months = open_months(SyncSettings.load(self.world.environ))
        return months.between(months.first, months.last)

    def incidents(self) -> list[Incident]:
        """All of them, cleared ones too."""
        return listed(self.world.environ, cleared_too=True)

    def runs(self, *statuses: str, job: str | None = None) -> list[dict[str, Any]]:
        """Dagster's runs, the latest first; with these statuses, if any are named."""
        wanted: dict[str, Any] = ({"statuses": list(statuses)} if statuses else {}) | (
            {"pipelineName": job} if job else {}
        )
        found: list[dict[str, Any]] = self.client.ask(RUNS, filter=wanted)["runsOrError"]["results"]
        return found

    def all_green(self, entity: Entity) -> bool:
        """Whether every month of the kind is."""
        counts = self.client.partition_counts(entity)
        return counts["numMaterialized"] == counts["numPartitions"]

    def status(self, run: str) -> str:
        """How a run stands."""
        (found,) = self.client.ask(RUNS, filter={"runIds": [run]})["runsOrError"]["results"]
        return str(found["status"])

    # What people do

    def backfill(self) -> str:
        """Launch all kinds and months, as a person does; the run's id."""
        first, last = self.months[0].key, self.months[-1].key
        return self.launch(
            "backfill_all", {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
        )

    def launch(self, job: str, tags: Mapping[str, str]) -> str:
        """Put a run into the queue; its id."""
        selector = {
            "pipelineName": job,
            "repositoryName": "__repository__",
            "repositoryLocationName": "zoho_pipeline",
        }
        metadata = {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
        params = {"selector": selector, "runConfigData": {}, "executionMetadata": metadata}
        answer = self.client.ask(LAUNCH, params=params)["launchRun"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return str(answer["run"]["runId"])

    def backfill_ends(self) -> str:
        """Launch it, and wait until it has ended; its id."""
        run = self.backfill()
        self.wait(lambda: self.status(run) not in UNDER_WAY, "the backfill ends")
        return run

    def command(self, *arguments: str, may_end_with: int = 0) -> None:
        """`zoho-pipeline …` in a terminal; it ends with status 0, or this one."""
        ended = subprocess.run(
            [sys.executable, "-m", "zoho_pipeline.cli", *arguments],
            env=inherited(os.environ) | self.world.environ, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ended.returncode in (0, may_end_with), f"{arguments}: {ended.stdout}{ended.stderr}"

    # What befalls

    def stop(self, name: str) -> None:
        """End one of the processes."""
        self.processes.stop(but=[each.name for each in self.processes.all() if each.name != name])

    def start_daemon(self) -> None:
        self.dagster.start_daemon()

    def start_zoho(self) -> None:
        """Start the practice Zoho, with what it held when it was stopped."""
        _start_zoho(self.processes, self.directory, self.zoho_port)

    def database_goes(self) -> None:
        """CircleTel's PostgreSQL stops."""
        self.server.stop()

    def database_comes(self) -> None:
        """It is back."""
        EmbeddedPostgres.start(self.directory / "circletel", keep_running=True)


def _start_zoho(processes: Processes, directory: Path, port: int) -> None:
    arguments = ["--port", str(port), "--state", str(directory / "zoho.json")]
    fresh = [] if (directory / "zoho.json").exists() else ["--now", NOW]
    processes.start(ZOHO, "zoho_pipeline.sandbox.zoho", [*arguments, *fresh], inherited(os.environ))
    deadline = time.monotonic() + 60
    while not _answers(port):
        processes.check()
        assert time.monotonic() < deadline, "the practice Zoho does not answer"
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://{LOOPBACK}:{port}/_sandbox/health", timeout=5).ok
    except requests.RequestException:
        return False


def _lives(storage_url: str) -> bool:
    """Whether the daemon and a sensor have given a sign."""
    engine = create_engine(storage_url)
    try:
        life = read_life(engine)
    finally:
        engine.dispose()
    return life.latest is not None and life.sensor is not None


@contextmanager
def set_up() -> Iterator[Stage]:
    """All of it, gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="zp-stage-"))
    processes = Processes(directory)
    servers: list[EmbeddedPostgres] = []
    with running(MailServer()) as mail:
        try:
            yield _begin(directory, processes, servers, mail)
        finally:
            processes.stop()
            for server in servers:
                server.remove()
            shutil.rmtree(directory, ignore_errors=True)


def _begin(directory: Path, processes: Processes, servers: list[EmbeddedPostgres], mail: MailServer) -> Stage:
    servers += [EmbeddedPostgres.start(directory / name, keep_running=True) for name in ("circletel", "dagster")]
    zoho_port, code_port, web_port = free_ports(3)
    _start_zoho(processes, directory, zoho_port)
    url = f"http://{LOOPBACK}:{zoho_port}"
    zoho = PracticeZoho(RunningServer(url, World(Behaviour(), None, datetime.fromisoformat(NOW))))
    for session in (zoho.people._session, zoho.control._session):
        session.headers["Connection"] = "close"  # minutes lie between two calls, and the server hangs up after one
    zoho.behave(tokens_per_window=1_000)
    zoho.plan()

    circletel, storage = servers
    engine = create_engine(circletel.create_database("circletel"), pool_pre_ping=True)
    create_tables(engine)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(KEEP_STATES))
    storage_url = storage.create_database("dagster")
    environ = variables(zoho, engine.url.render_as_string(hide_password=False), marker_token(engine)) | QUICK | {
        "ALERT_SMTP_URL": mail.url,
        "DAGSTER_HOME": str(directory / "home"),
        "DAGSTER_POSTGRES_URL": storage_url,
    }  # fmt: skip
    world = PracticeWorld(engine, zoho, environ)
    dagster = Dagster(directory / "home", code_port, web_port, inherited(os.environ) | environ, processes)
    dagster.prepare()
    dagster.start_servers()
    client = DagsterClient(dagster.url)
    stage = Stage(world, dagster, client, processes, mail, circletel, directory, zoho_port)
    stage.wait(client.ready, "Dagster is ready")
    client.make_pool_known()
    dagster.start_daemon()
    stage.wait(lambda: _lives(storage_url), "Dagster lives")
    processes.start(WATCH, "zoho_pipeline.cli", ["watch", "--every", "5"], inherited(os.environ) | environ)
    return stage
