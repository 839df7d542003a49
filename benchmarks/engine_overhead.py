"""What the engine costs beside a bare loop of requests that makes the same writes to the same practice Zoho.

No limits and no latency, so that nothing hides the engine's own work. Several rounds, each from the same state; within
a round the backfill, the loop one by one, and the loop with as many threads as the backfill has. Its bounds are aims.
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
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.sample.seed import seed_both
from zoho_pipeline.sandbox.sample.world import DEFAULT_SIZE
from zoho_pipeline.states import Outcome

TIMES = 6
"""The sample world's size, in default sizes: some 2,000 writes."""
ROUNDS = 3
THREADS = 10
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
    _copies: Iterator[int] = field(default_factory=count)

    def backfill(self) -> Ran:
        """Bring everything into Zoho, from the beginning."""
        name = f"round_{next(self._copies)}"
        url = self.server.create_database(name, template="seeded")
        self.zoho.restore(self.state)
        return run_backfill(variables(url, self.zoho, self.exclusive_skus, ZOHO_CALLS_IN_FLIGHT=str(THREADS)), name)

    def loop(self, writes: list[Write], threads: int) -> float:
        """Seconds of the bare loop, from the beginning."""
        self.zoho.restore(self.state)
        return BareLoop(self.zoho.access, threads).run(writes)


def main() -> int:
    """Measure and print."""
    with postgres() as server, practice_zoho() as zoho:
        world = _seeded(server, zoho)
        with kept_writes() as writes, round_trips() as trips:
            counted = world.backfill()
        rounds = [(world.backfill().seconds, world.loop(writes, 1), world.loop(writes, THREADS)) for _ in range(ROUNDS)]
    status = show(f"The engine beside a bare loop, {len(writes):,} writes", _lines(writes, rounds, trips, counted))
    say(f"\n  what travels to PostgreSQL most often, per write ({counted.rows(Outcome.CREATED):,} rows created)")
    for kind, often in trips.by_kind.most_common(SHOWN):
        say(f"  {often / len(writes):6.2f}  {kind}")
    return status


def _seeded(server: EmbeddedPostgres, zoho: PracticeZoho) -> World:
    say(f"Seeding {TIMES} x the default size")
    url = server.create_database("seeded")
    make_tables(url)
    size = replace(DEFAULT_SIZE, customers=DEFAULT_SIZE.customers * TIMES, months=4, dirty=False)
    with opened(url) as engine:
        seeded = seed_both(engine, zoho.access, seed=SEED, today=today(), size=size)
    vacuum(url)
    return World(server, zoho, dict(zoho.state()), seeded.world.exclusive_skus)


def _lines(
    writes: list[Write], rounds: list[tuple[float, float, float]], trips: RoundTrips, counted: Ran
) -> Iterator[Line]:
    number = len(writes)
    engine, alone, together = (statistics.median(column) / number * 1000 for column in zip(*rounds, strict=True))
    yield Line("bare loop, one by one, per write", alone, "ms")
    yield Line(f"bare loop, {THREADS} threads, per write", together, "ms")
    yield Line(
        "engine, per write (ratio: to the loop one by one)",
        engine,
        "ms",
        WALL_RATIO * alone,
        engine / alone,
        is_aim=True,
    )
    yield Line("engine, per write (ratio: to the loop with threads)", engine, "ms", ratio=engine / together)
    records = number + counted.rows(Outcome.ADOPTED)
    yield Line(
        f"round trips to PostgreSQL per record ({records:,} records)",
        trips.total / records,
        "",
        ROUND_TRIPS,
        is_aim=True,
    )


if __name__ == "__main__":
    sys.exit(main())
