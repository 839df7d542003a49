"""What reading Zoho for the books costs in calls: all lists and the details that they do not give, then both once more.

The practice Zoho's ledger is the judge. A list of N objects takes N/200 pages; its last page may be a short one, which
is one call more than the division says. Zoho holds the sample world after a whole backfill; the mirror begins empty.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil

from sqlalchemy import text

from benchmarks.practice import PracticeZoho, opened, postgres, practice_zoho
from benchmarks.report import Line, say, show
from benchmarks.running import endpoints
from benchmarks.second_backfill import first_backfill
from zoho_pipeline.actions.mirror import BOOKS, refresh_mirror
from zoho_pipeline.mirror.details import DETAILED
from zoho_pipeline.sandbox.sample.zoho_http import Control

TIMES = 10
PER_PAGE = 200
MARGIN = 1.01
FORGET = """
    TRUNCATE zoho_pipeline.mirror_listings, zoho_pipeline.mirror_customers, zoho_pipeline.mirror_subscriptions,
        zoho_pipeline.mirror_invoices, zoho_pipeline.mirror_payments, zoho_pipeline.mirror_credit_notes,
        zoho_pipeline.mirror_refunds, zoho_pipeline.mirror_applications
"""


def main() -> int:
    """Measure; 1 if a claim fails."""
    with postgres() as server, practice_zoho() as zoho:
        _, environ, _ = first_backfill(server, zoho, TIMES)
        with opened(environ["CIRCLETEL_DATABASE_URL"]) as engine, engine.begin() as connection:
            connection.execute(text(FORGET))
        say("Reading all of Zoho, twice")
        first, second = (read(zoho, environ, run_id) for run_id in ("first", "second"))
        held = {kind.value: _in_zoho(zoho, kind.value) for kind in BOOKS}
        return show("Reading Zoho for the books", list(_lines(held, first, second)))


def read(zoho: PracticeZoho, environ: Mapping[str, str], run_id: str) -> Counter[str]:
    """Refresh the mirror as a person would; the calls that Zoho saw."""
    zoho.drain()
    for done in refresh_mirror(dict(environ), lambda line: None, run_id=run_id):
        assert done.stopped is None, done.stopped
    return endpoints(zoho.drain())


def _in_zoho(zoho: PracticeZoho, kind: str) -> int:
    with Control(zoho.access.url) as control:
        held = control.call("GET", f"objects?kind={_in_paths(kind)}")
    return sum(not shown["deleted"] for shown in held.get(_in_paths(kind), ()))


def _lines(held: Mapping[str, int], first: Counter[str], second: Counter[str]) -> Iterator[Line]:
    pages = {kind: max(ceil(count / PER_PAGE), 1) for kind, count in held.items()}
    for kind, count in held.items():
        listed = sum(calls for what, calls in first.items() if _is_list(what, kind))
        yield Line(f"list calls for {count:,} {kind.replace('_', ' ')}", listed, "", ceil(pages[kind] * MARGIN))
    detailed = sum(held[kind.value] for kind in DETAILED)
    yield Line(f"detail calls for {detailed:,} documents of kinds that need them", _details(first), "", detailed)
    yield Line("second reading: list calls", _lists(second), "", _lists(first))
    yield Line("second reading: detail calls", _details(second), "", 0)


def _is_list(what: str, kind: str) -> bool:
    return what.split("/")[-1] == _in_paths(kind) and "{id}" not in what


def _in_paths(kind: str) -> str:
    return kind.replace("_", "")


def _lists(calls: Counter[str]) -> int:
    return sum(count for what, count in calls.items() if "{id}" not in what)


def _details(calls: Counter[str]) -> int:
    return sum(count for what, count in calls.items() if "{id}" in what)


if __name__ == "__main__":
    sys.exit(main())
