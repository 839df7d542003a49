"""`zoho-pipeline health-check` beside a million rows: seconds of the whole command, a new process each time.

Without Zoho, whose answers take what they take.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.million import ROWS, fill
from benchmarks.practice import make_tables, opened, postgres, practice_zoho, variables
from benchmarks.report import Line, say, show

TIMES = 5
SECONDS = 2.0


def main() -> int:
    """Measure; 1 if the claim fails."""
    with postgres() as server, practice_zoho() as zoho:
        url = server.create_database("million")
        make_tables(url)
        say(f"Loading {ROWS:,} rows")
        with opened(url) as engine:
            fill(engine)
        environ = dict(os.environ) | variables(url, zoho, frozenset())
        took = [_command(environ) for _ in range(TIMES)]
        lines = [
            Line("the command, median", statistics.median(took), "s", SECONDS),
            Line("the command, longest", max(took), "s"),
        ]
        return show(f"Health checks beside {ROWS:,} rows", lines)


def _command(environ: dict[str, str]) -> float:
    command = [str(Path(sys.executable).parent / "zoho-pipeline"), "health-check", "--no-zoho", "--format", "json"]
    began = time.perf_counter()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)
    took = time.perf_counter() - began
    if not done.stdout.startswith(("{", "[")):
        raise RuntimeError(f"no report came (status {done.returncode}): {done.stderr}")
    return took


if __name__ == "__main__":
    sys.exit(main())
