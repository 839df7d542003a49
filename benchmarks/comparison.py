"""A million invoices against a million: from the tables to classified, stored items.

Beside it, in the same run: a bare full join of the two tables, and datacompy and reladiff where they are installed.
They are no part of the project's environment; put them into one of their own (pip 25.1 or newer knows groups) and name
its Python:

    python -m venv /tmp/rivals && /tmp/rivals/bin/pip install --upgrade pip
    /tmp/rivals/bin/pip install --group rivals
    python -m benchmarks.comparison --rivals /tmp/rivals/bin/python
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.comparison_world import FIRST_MONTH, INVOICES, fill
from benchmarks.practice import in_a_process, make_tables, opened, postgres
from benchmarks.report import Line, say, show
from zoho_pipeline.sandbox.circletel import marker_token
from zoho_pipeline.settings import SANDBOX

TIMES_THE_JOIN = 2.0
SHARE_OF_RELADIFF = 0.2
MEMORY_MB = 1000.0
ROUNDS = 5

Found = dict[str, Any]


def main() -> int:
    """Measure all, print the table; 1 if a claim fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invoices", type=int, default=INVOICES)
    parser.add_argument("--rivals", help="the Python of an environment with datacompy, polars and reladiff")
    given = parser.parse_args()
    with postgres() as server:
        url = server.create_database("million")
        make_tables(url)
        say(f"Making {given.invoices:,} invoices on each side")
        with opened(url) as engine:
            fill(engine, given.invoices)
            environ = {SANDBOX: marker_token(engine), "CIRCLETEL_DATABASE_URL": url}
        environ["CIRCLETEL_FIRST_MONTH"] = FIRST_MONTH
        lines = list(_lines(environ, url, given.rivals))
    return show(f"{given.invoices:,} invoices on each side, all months; medians of {ROUNDS} rounds in turn", lines)


def _lines(environ: dict[str, str], url: str, rivals: str | None) -> Iterator[Line]:
    joined, compared = [], []
    for _ in range(ROUNDS):
        joined.append(in_a_process("benchmarks.comparison_once", environ, "bare"))
        compared.append(in_a_process("benchmarks.comparison_once", environ, "compare"))
    bare, ours = (statistics.median(each["seconds"] for each in found) for found in (joined, compared))
    yield Line("a bare full join", bare, "s")
    yield Line("    rows that differ", joined[0]["items"])
    yield Line("the comparison, stored", ours, "s", TIMES_THE_JOIN * bare, ours / bare)
    yield Line("    items", compared[-1]["items"])
    yield Line("    the first one", compared[0]["seconds"], "s")
    yield Line("    most memory of the process", max(each["peak_mb"] for each in compared), "MB", MEMORY_MB)
    if rivals is not None:
        yield from _beside(ours, rivals, url)


def _beside(ours: float, python: str, url: str) -> Iterator[Line]:
    for name, share in (("datacompy", 1.0), ("reladiff", SHARE_OF_RELADIFF)):
        found = _rival(python, name, url)
        yield Line(f"{name}", found["seconds"], "s")
        yield Line("    differences that it finds", found["items"])
        yield Line("    most memory of its process", found["peak_mb"], "MB")
        yield Line("    the comparison's share of its time", ours / found["seconds"], "", share)


def _rival(python: str, name: str, url: str) -> Found:
    command = [python, "-m", "benchmarks.comparison_rivals", name, url]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    answer: Found = json.loads(done.stdout.splitlines()[-1])
    return answer


if __name__ == "__main__":
    sys.exit(main())
