"""A stage: one PostgreSQL server, one practice Zoho and a fork server for workers, used for one run after another."""

import multiprocessing
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, text

from zoho_pipeline.sandbox.circletel import create_tables, marker_token
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.postgres_cluster import wait_until_gone
from zoho_pipeline.sandbox.zoho.testing import running_server
from zoho_pipeline.store.migrate import upgrade
from zoho_pipeline_tests.practice.zoho import NOW, PracticeZoho

TEMPLATE = "template_of_runs"


@dataclass
class Stage:
    """What runs are played on."""

    directory: Path
    server: EmbeddedPostgres
    zoho: PracticeZoho
    token: str = ""
    processes: Any = field(default_factory=lambda: multiprocessing.get_context("forkserver"))
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @contextmanager
    def database(self) -> Iterator[Engine]:
        """A fresh database with CircleTel's tables and the pipeline's, empty."""
        name = f"run_{next(self._numbers)}"
        engine = opened(self.server.create_database(name, TEMPLATE))
        try:
            yield engine
        finally:
            engine.dispose()
            self.server.drop_database(name)

    def stop_database(self, *, at_once: bool) -> None:
        """PostgreSQL's fast shutdown, or its immediate one."""
        if at_once:
            os.kill(self.server.pid, signal.SIGQUIT)
            wait_until_gone(self.server.home / "data" / "postmaster.pid", 30)
        else:
            self.server.stop()

    def start_database(self) -> None:
        """Start it again on the same files."""
        EmbeddedPostgres.start(self.directory)

    def reports(self) -> Path:
        """An empty directory for what the workers of a run leave."""
        directory = self.directory / "reports"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        return directory


def opened(url: str) -> Engine:
    """An engine for the campaign: it holds no connection, so that a server may come and go, and may take its time."""
    options = {"options": "-c idle_in_transaction_session_timeout=0"}
    return create_engine(url, poolclass=NullPool, connect_args=options)


@contextmanager
def running_stage() -> Iterator[Stage]:
    """A stage in a directory of its own, gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="zp-faults-"))
    server = EmbeddedPostgres.start(directory)
    try:
        with running_server(now=NOW) as practice:
            zoho = PracticeZoho(practice)
            stage = Stage(directory, server, zoho)
            stage.processes.set_forkserver_preload(["faults.worker"])
            stage.token = _make_template(server)
            yield stage
            zoho.close()
    finally:
        server.remove()
        shutil.rmtree(directory, ignore_errors=True)


def _make_template(server: EmbeddedPostgres) -> str:
    engine = opened(server.create_database(TEMPLATE))
    create_tables(engine)
    upgrade(engine)
    with engine.begin() as connection:
        # An immediate shutdown must not lose what was committed: that would be a broken PostgreSQL, not a fault.
        connection.execute(text("ALTER ROLE postgres SET synchronous_commit = on"))
        # As docs/deployment.md prescribes, only shorter: what a frozen process holds comes free.
        connection.execute(text("ALTER ROLE postgres SET idle_in_transaction_session_timeout = '10s'"))
    token = marker_token(engine)
    engine.dispose()
    return token
