"""What a backfill costs in calls, and that a second one of the same months costs next to none.

The sample world in its default size and ten times as large, everything selected; the practice Zoho's ledger is the
judge. The second backfill is measured twice: at once, and when the lists that the first one read have grown too old.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import text

from benchmarks.practice import (
    SEED,
    PracticeZoho,
    make_tables,
    opened,
    postgres,
    practice_zoho,
    today,
    vacuum,
    variables,
)
from benchmarks.report import Line, say, show
from benchmarks.running import Ran, actions, creates, endpoints, run_backfill
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.sample.judge import judge
from zoho_pipeline.sandbox.sample.seed import Seeded, seed_both
from zoho_pipeline.sandbox.sample.world import DEFAULT_SIZE
from zoho_pipeline.states import Outcome

TIMES = (1, 10)
RECORDS_PER_CALL = 200
CALLS_BESIDE = 10
FAR_FROM_FRESH = "UPDATE zoho_pipeline.mirror_listings SET started_at = started_at - interval '1 day'"


@dataclass(frozen=True)
class Costs:
    """One backfill: what it did, and the calls that the practice Zoho saw."""

    ran: Ran
    calls: Counter[str]

    @property
    def allowed(self) -> int:
        """Calls that a backfill may cost in which nothing has changed."""
        return self.ran.looked_at // RECORDS_PER_CALL + CALLS_BESIDE


def main() -> int:
    """Measure both sizes; 1 if a claim fails."""
    status = 0
    for times in TIMES:
        with postgres() as server, practice_zoho() as zoho:
            status |= show(
                f"Two backfills of the sample world, {times} x its default size", _lines(server, zoho, times)
            )
    return status


def first_backfill(server: EmbeddedPostgres, zoho: PracticeZoho, times: int) -> tuple[Seeded, dict[str, str], Costs]:
    """Seed both sides, then bring everything into Zoho; also the variables for going on in that world."""
    url = server.create_database(f"sample_{times}")
    make_tables(url)
    say(f"Seeding {times} x the default size")
    with opened(url) as engine:
        seeded = seed_both(
            engine,
            zoho.access,
            seed=SEED,
            today=today(),
            size=replace(DEFAULT_SIZE, customers=DEFAULT_SIZE.customers * times),
        )
    vacuum(url)
    environ = variables(url, zoho, seeded.world.exclusive_skus)
    return seeded, environ, costs(zoho, environ, "first")


def costs(zoho: PracticeZoho, environ: dict[str, str], run_id: str) -> Costs:
    """Run a backfill and read the ledger of it."""
    zoho.drain()
    ran = run_backfill(environ, run_id)
    return Costs(ran, endpoints(zoho.drain()))


def _lines(server: EmbeddedPostgres, zoho: PracticeZoho, times: int) -> Iterator[Line]:
    seeded, environ, first = first_backfill(server, zoho, times)
    yield from _first(first)
    yield from _nothing_new("second", costs(zoho, environ, "second"))
    with opened(environ["CIRCLETEL_DATABASE_URL"]) as engine:
        with engine.begin() as connection:
            connection.execute(text(FAR_FROM_FRESH))
        yield from _nothing_new("with old lists", costs(zoho, environ, "third"))
        yield Line(
            "faults that the judge of the sample world finds",
            len(judge(engine, zoho.access.url, seeded.truth).faults),
            "",
            0,
        )


def _first(first: Costs) -> Iterator[Line]:
    made = creates(first.calls)
    opened_too = actions(first.calls)
    for entity in PARENTS_FIRST:
        records = made[entity] + (opened_too if entity == "invoices" else 0)
        calls = first.ran.by_kind[entity]
        adopted = first.ran.counts[entity][Outcome.ADOPTED]
        what = f"first: calls for {entity} ({records:,} sent or opened, {adopted:,} adopted)"
        yield Line(what, calls, "", ratio=calls / max(records, 1))
    records, calls = sum(made.values()) + opened_too, first.calls.total()
    yield Line(f"first: all calls in the ledger ({records:,} records)", calls, "", ratio=calls / max(records, 1))
    yield Line("first: seconds at no limits", first.ran.seconds, "s")


def _nothing_new(title: str, again: Costs) -> Iterator[Line]:
    yield Line(f"{title}: creates", sum(creates(again.calls).values()), "", 0)
    rows = again.ran.looked_at
    yield Line(f"{title}: calls for {rows:,} rows", again.calls.total(), "", again.allowed)
    yield Line(f"{title}: seconds", again.ran.seconds, "s")


if __name__ == "__main__":
    sys.exit(main())
