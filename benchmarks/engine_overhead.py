"""What the engine costs beside a bare loop of requests that makes the same writes to the same practice Zoho.

First with the practice server as fast as it can be, which answers within a millisecond and hides nothing of the
engine's own work: with no limit in force, and with as few calls in flight as Zoho allows at the most. Then with answers
that take as long as those of a quick real API, and those few calls in flight. Each round begins from the same state:
the backfill, the loop one by one, and the loop with as many threads as the backfill has lanes.
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
FEW, UNLIMITED = 10, 40
"""Calls in flight: as many as Zoho's dearest plan allows, and more than one process ever has use for."""
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

    def backfill(self, in_flight: int) -> Ran:
        """Bring everything into Zoho, from the beginning, with at most so many calls at one time."""
        name = f"round_{next(self._copies)}"
        url = self.server.create_database(name, template="seeded")
        self._begin_anew()
        return run_backfill(variables(url, self.zoho, self.exclusive_skus, ZOHO_CALLS_IN_FLIGHT=str(in_flight)), name)

    def loop(self, writes: list[Write], threads: int) -> float:
        """Seconds of the bare loop, from the beginning."""
        self._begin_anew()
        return BareLoop(self.zoho.access, threads).run(writes)

    def _begin_anew(self) -> None:
        self.zoho.restore(self.state)
        self.zoho.answer_after(self.latency_ms)


def main() -> int:
    """Measure and print."""
    lanes = shares(ZohoSettings.model_construct(calls_in_flight=FEW)).bulk.in_flight
    with postgres() as server, practice_zoho() as zoho:
        world = _seeded(server, zoho)
        with kept_writes() as writes, round_trips() as trips:
            counted = world.backfill(FEW)
        at_once = _medians(len(writes), [_round(world, writes) for _ in range(ROUNDS)])
        world.latency_ms = LATENCY_MS
        later = _medians(len(writes), [(world.backfill(FEW).seconds, world.loop(writes, lanes))])
    records = len(writes) + counted.rows(Outcome.ADOPTED)
    lines = [*_at_once(*at_once), *_later(lanes, *later), _round_trips(records, trips)]
    status = show(f"The engine beside a bare loop, {len(writes):,} writes", lines)
    say(f"\n  what travels to PostgreSQL most often, per write ({counted.rows(Outcome.CREATED):,} rows created)")
    for kind, often in trips.by_kind.most_common(SHOWN):
        say(f"  {often / len(writes):6.2f}  {kind}")
    return status


def _round(world: World, writes: list[Write]) -> tuple[float, ...]:
    """Seconds of the backfill without limits, of the one with few calls in flight, and of the loop one by one."""
    return world.backfill(UNLIMITED).seconds, world.backfill(FEW).seconds, world.loop(writes, 1)


def _medians(writes: int, rounds: list[tuple[float, ...]]) -> tuple[float, ...]:
    """Milliseconds per write."""
    return tuple(statistics.median(column) / writes * 1000 for column in zip(*rounds, strict=True))


def _seeded(server: EmbeddedPostgres, zoho: PracticeZoho) -> World:
    say(f"Seeding {TIMES} x the default size")
    url = server.create_database("seeded")
    make_tables(url)
    size = replace(DEFAULT_SIZE, customers=DEFAULT_SIZE.customers * TIMES, months=MONTHS, dirty=False)
    with opened(url) as engine:
        seeded = seed_both(engine, zoho.access, seed=SEED, today=today(), size=size)
    vacuum(url)
    return World(server, zoho, dict(zoho.state()), seeded.world.exclusive_skus)


def _at_once(unlimited: float, few: float, alone: float) -> Iterator[Line]:
    yield Line("answers at once: bare loop, one by one, per write", alone, "ms")
    yield Line(
        "answers at once: engine, no limits, per write (ratio: to that loop)",
        unlimited,
        "ms",
        WALL_RATIO * alone,
        unlimited / alone,
    )
    yield Line(f"answers at once: engine, {FEW} calls in flight, per write", few, "ms", ratio=few / alone)


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
