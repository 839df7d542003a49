"""What the engine costs beside a bare loop of requests that makes the same writes to the same practice Zoho.

Without limits. Once with the practice server as fast as it can be, which answers within a millisecond and hides nothing
of the engine's own work; and once with answers that take as long as those of a quick real API. Each round begins from
the same state: the backfill, the loop one by one, and the loop with as many threads as the backfill has lanes.
"""

import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from benchmarks.bare_loop import BareLoop, Write, kept_writes
from benchmarks.counting import RoundTrips, round_trips
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
from benchmarks.running import Ran, run_backfill
from zoho_pipeline.budget.shares import shares
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.sample.seed import seed_both
from zoho_pipeline.sandbox.sample.world import DEFAULT_SIZE
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.states import Outcome

TIMES = 6
"""The sample world's size, in default sizes, of few months without its dirty cases: some 3,000 writes."""
MONTHS = 4
ROUNDS = 3
IN_FLIGHT = 10
LATENCY_MS = 50.0
"""Quicker than Zoho's API was seen to answer; the slower it is, the less the engine shows."""
WALL_RATIO = 2.0
ROUND_TRIPS = 4.0
SHOWN = 12


@dataclass
class World:
    """Both sides as they were before the first backfill, to begin from again and again."""

    server: EmbeddedPostgres
    zoho: PracticeZoho
    state: dict[str, object]
    exclusive_skus: frozenset[str]
    latency_ms: float = 0.0
    _copies: Iterator[int] = field(default_factory=count)

    def backfill(self) -> Ran:
        """Bring everything into Zoho, from the beginning."""
        name = f"round_{next(self._copies)}"
        url = self.server.create_database(name, template="seeded")
        self._begin_anew()
        return run_backfill(variables(url, self.zoho, self.exclusive_skus, ZOHO_CALLS_IN_FLIGHT=str(IN_FLIGHT)), name)

    def loop(self, writes: list[Write], threads: int) -> float:
        """Seconds of the bare loop, from the beginning."""
        self._begin_anew()
        return BareLoop(self.zoho.access, threads).run(writes)

    def _begin_anew(self) -> None:
        self.zoho.restore(self.state)
        self.zoho.answer_after(self.latency_ms)


def main() -> int:
    """Measure and print."""
    lanes = shares(ZohoSettings.model_construct(calls_in_flight=IN_FLIGHT)).bulk.in_flight
    with postgres() as server, practice_zoho() as zoho:
        world = _seeded(server, zoho)
        with kept_writes() as writes, round_trips() as trips:
            counted = world.backfill()
        rounds = [(world.backfill().seconds, world.loop(writes, 1), world.loop(writes, lanes)) for _ in range(ROUNDS)]
        at_once = tuple(statistics.median(column) / len(writes) * 1000 for column in zip(*rounds, strict=True))
        world.latency_ms = LATENCY_MS
        later = (world.backfill().seconds / len(writes) * 1000, world.loop(writes, lanes) / len(writes) * 1000)
    records = len(writes) + counted.rows(Outcome.ADOPTED)
    lines = [*_at_once(lanes, *at_once), *_later(lanes, *later), _round_trips(records, trips)]
    status = show(f"The engine beside a bare loop, {len(writes):,} writes", lines)
    say(f"\n  what travels to PostgreSQL most often, per write ({counted.rows(Outcome.CREATED):,} rows created)")
    for kind, often in trips.by_kind.most_common(SHOWN):
        say(f"  {often / len(writes):6.2f}  {kind}")
    return status


def _seeded(server: EmbeddedPostgres, zoho: PracticeZoho) -> World:
    say(f"Seeding {TIMES} x the default size")
    url = server.create_database("seeded")
    make_tables(url)
    size = replace(DEFAULT_SIZE, customers=DEFAULT_SIZE.customers * TIMES, months=MONTHS, dirty=False)
    with opened(url) as engine:
        seeded = seed_both(engine, zoho.access, seed=SEED, today=today(), size=size)
    vacuum(url)
    return World(server, zoho, dict(zoho.state()), seeded.world.exclusive_skus)


def _at_once(lanes: int, engine: float, alone: float, together: float) -> Iterator[Line]:
    yield Line("answers at once: bare loop, one by one, per write", alone, "ms")
    yield Line(f"answers at once: bare loop, {lanes} threads, per write", together, "ms")
    yield Line(
        "answers at once: engine, per write (ratio: to the loop one by one)",
        engine,
        "ms",
        WALL_RATIO * alone,
        engine / alone,
        is_aim=True,
    )


def _later(lanes: int, engine: float, together: float) -> Iterator[Line]:
    yield Line(f"answers after {LATENCY_MS:.0f} ms: bare loop, {lanes} threads, per write", together, "ms")
    yield Line(
        f"answers after {LATENCY_MS:.0f} ms: engine, per write (ratio: to that loop)",
        engine,
        "ms",
        WALL_RATIO * together,
        engine / together,
    )


def _round_trips(records: int, trips: RoundTrips) -> Line:
    return Line(f"round trips to PostgreSQL per record ({records:,} records)", trips.total / records, "", ROUND_TRIPS)


if __name__ == "__main__":
    sys.exit(main())
