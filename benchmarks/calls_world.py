"""A world in which a benchmark counts calls: copied, run kind by kind, read from the practice Zoho's ledger."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.practice import SEED, PracticeZoho, make_tables, opened, today, vacuum, variables
from benchmarks.report import say
from benchmarks.running import all_months, endpoints
from benchmarks.second_backfill import FAR_FROM_FRESH
from zoho_pipeline.actions.backfill import BackfillRequest, backfill
from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.sample.seed import seed_both
from zoho_pipeline.sandbox.sample.world import DEFAULT_SIZE
from zoho_pipeline.states import Outcome
from zoho_pipeline.sync.results import total

SEEDED = "seeded"
_OWN_MEMORY = (
    "sync_records", "attempts", "sync_results", "mirror_listings", *(f"mirror_{entity.value}" for entity in Entity),
)  # fmt: skip


@dataclass
class Tally:
    """The calls of one kind's runs by what they were, and what came of them."""

    calls: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    """What Zoho made or changed, even if its answer was lost, by the call."""
    lost: int = 0
    adopted: int = 0

    @property
    def records(self) -> int:
        """Objects made, and actions that a record's state needed."""
        return self.done.total()

    @property
    def lists(self) -> int:
        """Pages of whole lists."""
        return sum(count for call, count in self.calls.items() if call.startswith("GET ") and "{" not in call)

    def add(self, other: "Tally") -> None:
        """Count another run's too."""
        self.calls.update(other.calls)
        self.done.update(other.done)
        self.lost += other.lost
        self.adopted += other.adopted


Tallies = dict[Entity, Tally]


@dataclass(frozen=True)
class World:
    """Both sides of a copy of the seeded world."""

    environ: dict[str, str]
    zoho: PracticeZoho
    engine: Engine

    def backfill(self, run_id: str) -> Tallies:
        """All kinds, parents first, each in a run of its own, so that the ledger tells whose a call was."""
        return {entity: self._run(entity, run_id) for entity in PARENTS_FIRST}

    def _run(self, entity: Entity, run_id: str) -> Tally:
        self.zoho.drain()
        request = BackfillRequest(frozenset({entity}), all_months(self.environ), f"{run_id}: {entity}", "benchmark")
        counts = total(list(backfill(request, dict(self.environ), log=lambda _: None)))
        ledger = [entry for entry in self.zoho.drain() if entry["path"].startswith("/billing")]
        return Tally(
            endpoints(_with_filters(ledger)),
            endpoints(entry for entry in ledger if entry["committed"] and entry["method"] in ("POST", "PUT")),
            sum(1 for entry in ledger if entry["fault"]),
            counts[Outcome.ADOPTED],
        )

    def in_doubt(self) -> int:
        """Rows of which nobody knows yet what became of their send."""
        with self.engine.connect() as connection:
            query = "SELECT count(*) FROM zoho_pipeline.sync_records WHERE state IN ('in_doubt', 'sending')"
            return int(connection.execute(text(query)).scalar_one())

    def outdate_lists(self) -> None:
        """Zoho's lists have become too old to rest on."""
        with self.engine.begin() as connection:
            connection.execute(text(FAR_FROM_FRESH))

    def unlink(self) -> None:
        """CircleTel and the pipeline have forgotten whatever is in Zoho, and whatever they tried."""
        with self.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for entity in Entity:
                column, mirrored = ZOHO_ID[entity], f"SELECT zoho_id FROM zoho_pipeline.mirror_{entity.value}"  # noqa: S608
                connection.execute(
                    text(
                        f"UPDATE {TABLES[entity]} SET {column} = NULL, zoho_sync_status = 'pending' "  # noqa: S608
                        f"WHERE {column} IN ({mirrored} WHERE gone_at IS NULL) OR zoho_sync_status = 'failed'"
                    )
                )
            connection.execute(text(f"TRUNCATE {', '.join(f'zoho_pipeline.{table}' for table in _OWN_MEMORY)}"))


@dataclass(frozen=True)
class Kept:
    """The seeded world: what Zoho holds, and the pipeline's variables."""

    zoho: Mapping[str, Any]
    exclusive_skus: frozenset[str]


def seed(server: EmbeddedPostgres, zoho: PracticeZoho, times: int) -> Kept:
    """The sample world, so many times its default size; `copied` makes copies of it."""
    url = server.create_database(SEEDED)
    make_tables(url)
    say(f"Seeding {times} x the default size")
    size = replace(DEFAULT_SIZE, customers=DEFAULT_SIZE.customers * times)
    with opened(url) as engine:
        seeded = seed_both(engine, zoho.access, seed=SEED, today=today(), size=size)
    return Kept(zoho.state(), seeded.world.exclusive_skus)


@contextmanager
def copied(server: EmbeddedPostgres, zoho: PracticeZoho, kept: Kept, name: str) -> Iterator[World]:
    """A copy of the seeded world, on both sides."""
    url = server.create_database(name, template=SEEDED)
    vacuum(url)
    zoho.restore(kept.zoho)
    with opened(url) as engine:
        yield World(variables(url, zoho, kept.exclusive_skus), zoho, engine)


def _with_filters(ledger: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """A list narrowed to one subscription's invoices is no list of all: it is told apart by its path."""
    for entry in ledger:
        narrowed = entry["method"] == "GET" and "subscription_id=" in entry["query"]
        yield {**entry, "path": f"{entry['path']}?subscription_id={{id}}"} if narrowed else entry
