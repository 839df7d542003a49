"""One world's choosing, measured in a process of its own so that nothing else counts towards its memory."""

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.practice import opened
from benchmarks.running import all_months, run_backfill
from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.circletel.shape import TABLES, read_shape
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.settings import DatabaseSettings, SyncSettings
from zoho_pipeline.sync.backlog import read_backlogs

REPEATS = 3


def main() -> int:
    """Print the figures as JSON: seconds, megabytes (of 1,000,000 bytes) and calls."""
    environ = dict(os.environ)
    url = DatabaseSettings.load(environ).url.get_secret_value()
    with opened(url) as engine, engine.connect() as connection:
        seconds = _median(lambda: _choose(connection, environ))
        bare = _median(lambda: _count(connection))
    dry = run_backfill(environ, "dry run", dry_run=True)
    figures = {
        "seconds": seconds,
        "bare_seconds": bare,
        "dry_run_seconds": dry.seconds,
        "calls": dry.by_kind.total(),
        "rows": dry.looked_at,
        "peak_mb": peak_bytes() / 1e6,
    }
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0


def _choose(connection: Connection, environ: dict[str, str]) -> None:
    """Every kind's rows of every month, sorted by what is to be done about them."""
    months, shape = open_months(SyncSettings.load(environ)), read_shape(connection)
    for entity in PARENTS_FIRST:
        read_backlogs(connection, entity, shape, all_months(environ), months)


def _count(connection: Connection) -> None:
    """The bare pass beside it: each of the tables counted once."""
    for table in TABLES.values():
        connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - constants only


def _median(measured: Callable[[], None]) -> float:
    found = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        measured()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def peak_bytes() -> int:
    """The most memory that this process ever held.

    Linux counts what the starting process held towards ru_maxrss, so the kernel's own mark is read where there is one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        marks = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(marks["VmHWM"].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    sys.exit(main())
