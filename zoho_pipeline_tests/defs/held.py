"""A code location for a real Dagster, whose bulk runs last until a test lets them go on.

What was begun is told by files in the directory that HELD_DIRECTORY names: `bulk-…` and `urgent-…`; `go` lets all end.
"""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from zoho_pipeline.actions.backfill import BackfillRequest, Log
from zoho_pipeline.definitions import build_defs
from zoho_pipeline.sync.results import PartitionResult
from zoho_pipeline_tests.defs.practice import FIRST_MONTH, PracticeBackfill

DIRECTORY = "HELD_DIRECTORY"


def held(request: BackfillRequest, environ: Mapping[str, str] | None, log: Log) -> Iterator[PartitionResult]:
    """The practice backfill, once it may go on."""
    directory = Path(os.environ[DIRECTORY])
    (directory / f"{'urgent' if request.urgent else 'bulk'}-{request.run_id}").touch()
    while not (request.urgent or (directory / "go").exists()):
        time.sleep(0.1)
    yield from PracticeBackfill()(request, environ, log)


defs = build_defs(first_month=FIRST_MONTH, backfill=held)
