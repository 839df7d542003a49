"""Brings a stage up: PostgreSQL with the sample world, the practice Zoho (a process), a mail server, a webhook."""

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import requests
from sqlalchemy import Engine, NullPool, create_engine, text

from simulation.clock import WorldClock, in_force, install
from simulation.stage import Spoken, Stage, dsn
from zoho_pipeline.calendar import Month
from zoho_pipeline.sandbox.circletel import create_tables, marker_token
from zoho_pipeline.sandbox.environment import inherited
from zoho_pipeline.sandbox.ports import LOOPBACK, free_ports
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.processes import Processes
from zoho_pipeline.sandbox.sample.generate import generate
from zoho_pipeline.sandbox.sample.load import load
from zoho_pipeline.sandbox.sample.replay import replay
from zoho_pipeline.sandbox.sample.world import Size, World
from zoho_pipeline.sandbox.sample.zoho_side import linked
from zoho_pipeline.sandbox.zoho.testing import RunningServer
from zoho_pipeline.sandbox.zoho.world import World as ZohoWorld
from zoho_pipeline.store.migrate import upgrade
from zoho_pipeline_tests.alerts.receivers import Hook, MailServer
from zoho_pipeline_tests.practice.zoho import PracticeZoho

ZOHO = "practice Zoho"
START_SECONDS = 60
MONTHS = 9
"""Of CircleTel's past in the sample world."""
SIZE = Size(customers=18, months=MONTHS, dirty=False)
LIMITLESS = (
    "--calls-per-minute",
    "1000000000",
    "--calls-per-day",
    "1000000000",
    "--set",
    "tokens_per_window=1000000000",
)
"""The practice server counts by real time, of which simulated days take none: limits are met by faults."""
_DAGSTER = """
    CREATE TABLE daemon_heartbeats (daemon_type text PRIMARY KEY, body text);
    CREATE TABLE job_ticks (id int PRIMARY KEY, type text, tick_body text);
"""


@contextmanager
def running_stage(begins: datetime, seed: int) -> Iterator[Stage]:
    """A stage in a directory of its own, at that moment; gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="zp-simulation-"))
    with ExitStack() as held:
        held.callback(shutil.rmtree, directory, ignore_errors=True)
        server = EmbeddedPostgres.start(directory)
        held.callback(server.remove)
        processes = Processes(directory)
        held.callback(processes.stop)
        port = _start_zoho(processes, begins)
        mail, hook, spoken = MailServer(), Hook(), Spoken()
        mail.up()
        held.callback(mail.down)
        hook.up()
        held.callback(hook.down)
        _hear(held, spoken)
        engine = create_engine(server.create_database("circletel"), pool_pre_ping=True)
        install(engine)
        clock = WorldClock(dsn(engine), begins)
        held.callback(clock.close)
        held.enter_context(in_force(clock))
        create_tables(engine)
        upgrade(engine)
        dagster = _dagster_storage(server)
        zoho = PracticeZoho(RunningServer(f"http://{LOOPBACK}:{port}", ZohoWorld()))
        held.callback(zoho.close)
        sample = _fill(engine, zoho, seed, begins.date() - timedelta(days=1), begins)
        environ = _environ(zoho, engine, dagster, sample, mail, hook)
        zoho.people.sign_in()
        yield Stage(directory, server, engine, clock, zoho, environ, mail, hook, spoken, _dagster=dsn(dagster))


def _start_zoho(processes: Processes, begins: datetime) -> int:
    (port,) = free_ports(1)
    arguments = ["--port", str(port), "--now", begins.isoformat(), *LIMITLESS]
    processes.start(ZOHO, "zoho_pipeline.sandbox.zoho", arguments, inherited(os.environ))
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            requests.get(f"http://{LOOPBACK}:{port}/_sandbox/health", timeout=5).raise_for_status()
            return port
        except requests.RequestException:
            processes.check()
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _hear(held: ExitStack, spoken: Spoken) -> None:
    logging.getLogger("zoho_pipeline").addHandler(logging.NullHandler())  # what it warns of belongs to the simulation
    logger = logging.getLogger("zoho_pipeline.incidents")
    before = logger.propagate
    logger.addHandler(spoken)
    logger.propagate = False
    held.callback(setattr, logger, "propagate", before)
    held.callback(logger.removeHandler, spoken)


def _dagster_storage(server: EmbeddedPostgres) -> Engine:
    """The two tables of Dagster's storage that tell whether its daemon lives."""
    engine = create_engine(server.create_database("dagster"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(_DAGSTER))
        connection.execute(text("INSERT INTO daemon_heartbeats VALUES ('SENSOR', '{\"timestamp\": 0}')"))
        connection.execute(text("INSERT INTO job_ticks VALUES (1, 'SENSOR', '{\"timestamp\": 0}')"))
    return engine


def _fill(engine: Engine, zoho: PracticeZoho, seed: int, today: date, begins: datetime) -> World:
    world = generate(seed, today, SIZE)
    world = linked(world, replay(world, zoho.access(), begins))
    load(world, engine)
    return world


def _environ(
    zoho: PracticeZoho, engine: Engine, dagster: Engine, sample: World, mail: MailServer, hook: Hook
) -> dict[str, str]:
    """Zoho's usual limits and the product's defaults, but for what leads to the practice world."""
    server = zoho.server
    return {
        "ZOHO_PIPELINE_SANDBOX": marker_token(engine),
        "CIRCLETEL_DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "DAGSTER_POSTGRES_URL": dagster.url.render_as_string(hide_password=False),
        "CIRCLETEL_FIRST_MONTH": Month.of(sample.today).plus(1 - MONTHS).key,
        "CIRCLETEL_VAT_EXCEPTION_SKUS": ",".join(sorted(sample.exclusive_skus)),
        "ZOHO_API_URL": server.api_url,
        "ZOHO_ACCOUNTS_URL": server.accounts_url,
        "ZOHO_CLIENT_ID": server.client_id,
        "ZOHO_CLIENT_SECRET": server.client_secret,
        "ZOHO_REFRESH_TOKEN": server.refresh_token,
        "ZOHO_ORG_ID": server.org_id,
        "ZOHO_WRITES": "on",
        "ZOHO_TIMEOUT_SECONDS": "5",
        "ALERT_MAIL_FROM": "billing-alerts@circletel.co.za",
        "ALERT_SMTP_URL": mail.url,
        "ALERT_WEBHOOK_URL": hook.url,
    }
