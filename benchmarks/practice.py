"""The practice world of a benchmark: a PostgreSQL and a practice Zoho of its own, gone when the benchmark ends."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import local_date
from zoho_pipeline.sandbox.circletel import create_tables, marker_token
from zoho_pipeline.sandbox.environment import inherited
from zoho_pipeline.sandbox.filling import zoho_variables
from zoho_pipeline.sandbox.ports import LOOPBACK, free_ports
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.sample.world import DEFAULT_SIZE
from zoho_pipeline.sandbox.sample.zoho_http import Access, Control
from zoho_pipeline.sandbox.zoho.oauth import Credentials
from zoho_pipeline.settings import SANDBOX
from zoho_pipeline.store.migrate import upgrade

SEED = 2025
UNLIMITED = 10**9
MOST_CALLS_PER_MINUTE = 1_000_000
"""The most that the pipeline's settings take; the practice Zoho of a benchmark sets no limit of its own."""


def today() -> date:
    """The day on which the sample worlds end."""
    return local_date(datetime.now(UTC))


@contextmanager
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server in a temporary directory."""
    directory = Path(tempfile.mkdtemp(prefix="zoho-bench-"))
    server = EmbeddedPostgres.start(directory)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.home, ignore_errors=True)
        shutil.rmtree(directory, ignore_errors=True)


@dataclass(frozen=True)
class PracticeZoho:
    """A practice Zoho in a process of its own, without limits."""

    port: int

    @property
    def access(self) -> Access:
        """Where it is, and what its client is registered with."""
        known = Credentials()
        return Access(
            f"http://{LOOPBACK}:{self.port}",
            known.client_id,
            known.client_secret,
            known.refresh_token,
            known.organisation_id,
        )

    def state(self) -> dict[str, Any]:
        """All that it holds."""
        with Control(self.access.url) as control:
            held: dict[str, Any] = control.call("GET", "state")
        return held

    def restore(self, state: Mapping[str, Any]) -> None:
        """Make it hold that, with an empty ledger."""
        with Control(self.access.url) as control:
            control.call("PUT", "state", state)
            control.call("DELETE", "ledger")

    def answer_after(self, milliseconds: float) -> None:
        """Take so much longer for every call from now on."""
        with Control(self.access.url) as control:
            control.call("POST", "behaviour", {"latency_ms": milliseconds})

    def drain(self) -> list[dict[str, Any]]:
        """The ledger of all requests since it was last drained; it is empty afterwards."""
        with Control(self.access.url) as control:
            entries: list[dict[str, Any]] = control.call("GET", "ledger")["entries"]
            control.call("DELETE", "ledger")
        return entries


@contextmanager
def practice_zoho() -> Iterator[PracticeZoho]:
    """Start one, and end it."""
    port = free_ports(1)[0]
    limits = {"calls_per_minute": UNLIMITED, "calls_per_day": UNLIMITED, "tokens_per_window": UNLIMITED}
    arguments = [part for name, value in limits.items() for part in ("--set", f"{name}={value}")]
    command = [sys.executable, "-m", "zoho_pipeline.sandbox.zoho", "--port", str(port), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise RuntimeError(f"the practice Zoho did not start: it ended with status {process.wait()}")
        yield PracticeZoho(port)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine of the benchmark's own, with no connection left open afterwards."""
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def make_tables(url: str) -> None:
    """CircleTel's tables and the pipeline's own, empty."""
    with opened(url) as engine:
        create_tables(engine)
        upgrade(engine)


def vacuum(url: str) -> None:
    """Leave the statistics as a database has them that has been up for a while."""
    with opened(url) as engine, engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def variables(
    url: str, zoho: PracticeZoho, exclusive_skus: frozenset[str] = frozenset(), **more: str
) -> dict[str, str]:
    """The pipeline's variables for this world: armed, without ceilings, and with as many calls as the settings take."""
    with opened(url) as engine:
        token = marker_token(engine)
    own = {
        SANDBOX: token,
        "CIRCLETEL_DATABASE_URL": url,
        "CIRCLETEL_FIRST_MONTH": Month.of(today()).plus(1 - DEFAULT_SIZE.months).key,
        "CIRCLETEL_APP_GRACE_SECONDS": "0",
        "CIRCLETEL_VAT_EXCEPTION_SKUS": ",".join(sorted(exclusive_skus)),
        "ZOHO_CALLS_PER_MINUTE": str(MOST_CALLS_PER_MINUTE),
        "ZOHO_CALLS_PER_DAY": str(UNLIMITED),
        "ZOHO_MAX_CREATES_PER_DAY": str(UNLIMITED),
        "ZOHO_MAX_RAND_PER_DAY": str(UNLIMITED * 100),
    }
    return zoho_variables(zoho.port) | own | more


def in_a_process(module: str, environ: Mapping[str, str], *arguments: str) -> dict[str, Any]:
    """What a module of the benchmarks, run in a fresh process with these variables, prints as JSON."""
    import os

    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=inherited(os.environ) | dict(environ),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def timed(began: float) -> float:
    """Seconds since that reading of time.perf_counter."""
    return time.perf_counter() - began
