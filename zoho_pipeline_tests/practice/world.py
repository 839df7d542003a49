"""Both sides together, and runs of the backfill between them as a person would start it."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import Engine

from zoho_pipeline.actions.backfill import BackfillRequest, backfill
from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline.sync.results import PartitionResult, Trouble
from zoho_pipeline_tests.practice.rows import ZOHO_ID, CircleTel, Standing
from zoho_pipeline_tests.practice.zoho import PracticeZoho
from zoho_pipeline_tests.zoho.practice import until

ONLY_MONTH = Month(2099, 1)
"""As the first open month and the last it holds everything: one partition for all that a test puts in."""

TABLE = {
    Entity.CUSTOMERS: "customers",
    Entity.SUBSCRIPTIONS: "customer_services",
    Entity.INVOICES: "customer_invoices",
    Entity.PAYMENTS: "payment_transactions",
}

_runs = count(1)


@dataclass(frozen=True)
class Done:
    """What a run reported."""

    results: Sequence[PartitionResult]
    log: Sequence[str]

    def counts(self, entity: Entity) -> Counter[Outcome]:
        """The counts of all months of a kind."""
        return sum((result.counts for result in self.results if result.entity is entity), Counter())

    @property
    def total(self) -> Counter[Outcome]:
        """The counts of all kinds together."""
        return sum((result.counts for result in self.results), Counter())

    @property
    def troubles(self) -> list[Trouble]:
        """The rows that did not go."""
        return [trouble for result in self.results for trouble in result.troubles]

    @property
    def reason(self) -> str:
        """Why the only row in trouble did not go."""
        (trouble,) = self.troubles
        return trouble.reason

    @property
    def interrupted(self) -> str | None:
        """Why the run ended early."""
        return next((result.interrupted for result in self.results if result.interrupted), None)

    @property
    def calls(self) -> int:
        """API calls of all months together."""
        return sum(result.api_calls for result in self.results)


@dataclass
class PracticeWorld:
    """CircleTel's database, Zoho, and the variables that lead to both."""

    engine: Engine
    zoho: PracticeZoho
    environ: dict[str, str]
    lacks: frozenset[str] = frozenset()
    circletel: CircleTel = field(init=False)

    def __post_init__(self) -> None:
        self.circletel = CircleTel(self.engine, self.lacks)

    def run(
        self,
        *entities: Entity,
        months: Sequence[Month] = (ONLY_MONTH,),
        env: Mapping[str, str] | None = None,
        log: list[str] | None = None,
        **request: Any,
    ) -> Done:
        """A backfill of these kinds (all four if none are named)."""
        told: list[str] = [] if log is None else log
        wanted = self.request(*entities, months=months, **request)
        return Done(list(backfill(wanted, self.environ | dict(env or {}), told.append)), told)

    def request(self, *entities: Entity, months: Iterable[Month] = (ONLY_MONTH,), **request: Any) -> BackfillRequest:
        """What a run is asked for."""
        kinds = frozenset(entities or PARENTS_FIRST)
        return BackfillRequest(kinds, tuple(months), f"run-{next(_runs)}", "a test", **request)

    def when(self, happens: str, do: str) -> None:
        """Have the database do something the moment the pipeline does: `happens` is an event on its attempts."""
        self.circletel.execute(
            f"""
            CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {do}; RETURN NULL; END $$;
            CREATE TRIGGER meddle AFTER {happens} ON zoho_pipeline.attempts FOR EACH ROW EXECUTE FUNCTION meddle()
            """
        )

    def meddle_no_more(self) -> None:
        """Take that back."""
        self.circletel.execute("DROP FUNCTION meddle CASCADE")

    def run_twice_at_once(self) -> list[BaseException]:
        """Two backfills of everything at the same time; what each failed with, if it did."""
        faults: list[BaseException] = []

        def one() -> None:
            try:
                self.run()
            except BaseException as error:  # noqa: BLE001 - told to the test
                faults.append(error)

        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return faults

    def await_budget(self) -> None:
        """Wait until the API budget has heard how all calls ended, which comes a moment after a run."""
        until(lambda: not self.circletel.query("SELECT FROM zoho_pipeline.api_calls WHERE ms IS NULL"))

    def change_budget(self, changes: str, **values: Any) -> None:
        """Change the API budget's row, once nobody else does."""
        self.await_budget()
        self.circletel.execute(f"UPDATE zoho_pipeline.api_budget SET {changes}", **values)

    def standing(self, entity: Entity, row_id: str) -> Standing:
        """How a row's sync stands in CircleTel."""
        return self.circletel.standing(TABLE[entity], row_id)

    def status(self, entity: Entity, row_id: str) -> str | None:
        """What zoho_sync_status says."""
        return self.standing(entity, row_id).status

    def link(self, entity: Entity, row_id: str, zoho_id: str, status: str | None = "synced") -> None:
        """As the app leaves a row that it has pushed."""
        table = TABLE[entity]
        self.circletel.change(table, row_id, **{ZOHO_ID[table]: zoho_id, "zoho_sync_status": status})

    def state(self, entity: Entity, row_id: str) -> str | None:
        """The pipeline's own state of a row; None where it has none."""
        found = self.circletel.query(
            "SELECT state FROM zoho_pipeline.sync_records WHERE entity = :entity AND row_id = :id",
            entity=entity.value,
            id=row_id,
        )
        return str(found[0].state) if found else None

    def age_everything(self, seconds: int) -> None:
        """As if so much time had passed since everything that the pipeline has noted."""
        for table, columns in _MOMENTS.items():
            changes = ", ".join(f"{name} = {name} - make_interval(secs => :seconds)" for name in columns)
            self.circletel.execute(f"UPDATE zoho_pipeline.{table} SET {changes}", seconds=seconds)

    @staticmethod
    def table(entity: Entity) -> str:
        """CircleTel's table of a kind."""
        return TABLE[entity]


_MOMENTS = {
    "sync_records": ("first_seen_at", "app_syncing_since", "doubt_since", "doubt_looked_at", "retry_at", "changed_at"),
    "attempts": ("started_at", "lease_until", "sent_at", "ended_at"),
    "mirror_listings": ("started_at", "completed_at"),
}
