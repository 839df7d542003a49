"""A backfill that does what a test tells it, and a Dagster without processes to run it in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from zoho_pipeline.actions.backfill import BackfillRequest, Log
from zoho_pipeline.calendar import Month
from zoho_pipeline.definitions import build_defs
from zoho_pipeline.defs.zoho import STEP, key_of
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline.sync.results import PartitionResult, Trouble

FIRST_MONTH = Month(2025, 1)
MONTHS = ["2025-02", "2025-03", "2025-04", "2025-05"]


def refused(entity: Entity, number: int) -> Trouble:
    """A row that cannot be sent as it is."""
    return Trouble(
        entity, f"id-{number}", f"INV-2025-{number:05d}", Outcome.REFUSED, "the total differs by 0.01", "mend the lines"
    )


@dataclass
class PracticeBackfill:
    """Creates three rows a month, and refuses as many as the test asks for in a month."""

    refusals: Mapping[tuple[Entity, str], int] = field(default_factory=dict)
    skipped: frozenset[tuple[Entity, str]] = frozenset()
    stops_with: Exception | None = None
    writes_off: bool = False
    """As with ZOHO_WRITES off: every run is a dry run, whatever was asked."""
    interrupted: Mapping[tuple[Entity, str], str] = field(default_factory=dict)
    requests: list[BackfillRequest] = field(default_factory=list)

    def __call__(
        self, request: BackfillRequest, environ: Mapping[str, str] | None, log: Log
    ) -> Iterator[PartitionResult]:
        self.requests.append(request)
        for entity in PARENTS_FIRST:
            for month in request.months:
                if entity in request.entities and (entity, month.key) not in self.skipped:
                    log(f"{entity} {month} begins")
                    yield self._result(entity, month, dry_run=request.dry_run or self.writes_off)
        if self.stops_with:
            raise self.stops_with

    def _result(self, entity: Entity, month: Month, *, dry_run: bool) -> PartitionResult:
        bad = self.refusals.get((entity, month.key), 0)
        counts = Counter({Outcome.CREATED: 3, Outcome.UNCHANGED: 2, Outcome.REFUSED: bad})
        result = PartitionResult(entity, month, dry_run, counts, api_calls=7, seconds=1.234)
        result.interrupted = self.interrupted.get((entity, month.key))
        for number in range(bad):
            result.tell(refused(entity, number))
        return result


@dataclass
class PracticeDagster:
    """Runs ranges of months as the daemon would, and tells each month's colour."""

    instance: dg.DagsterInstance

    def run(
        self,
        backfill: PracticeBackfill,
        *,
        months: list[str] = MONTHS,
        entities: Iterable[Entity] = PARENTS_FIRST,
        config: Mapping[str, Any] | None = None,
    ) -> dg.ExecuteInProcessResult:
        """One run over the months, from the first to the last of them; of a single month as the launchpad does it."""
        job = build_defs(first_month=FIRST_MONTH, backfill=backfill).resolve_implicit_global_asset_job_def()
        span = {"dagster/asset_partition_range_start": months[0], "dagster/asset_partition_range_end": months[-1]}
        return job.execute_in_process(
            instance=self.instance,
            asset_selection=[key_of(entity) for entity in entities],
            partition_key=months[0] if len(months) == 1 else None,
            tags=span if len(months) > 1 else None,
            run_config={"ops": {STEP: {"config": dict(config or {})}}},
            raise_on_error=False,
        )

    def colours(self, entity: Entity, months: Sequence[str] = MONTHS) -> dict[str, str]:
        """`green`, `red` or `grey` by month, as the asset's page shows them."""
        definitions = build_defs(first_month=FIRST_MONTH, backfill=PracticeBackfill())
        partitions = definitions.resolve_asset_graph().get(key_of(entity)).partitions_def
        assert partitions is not None
        statuses = self.instance.get_status_by_partition(key_of(entity), months, partitions) or {}
        return {month: _COLOUR[status.name if (status := statuses.get(month)) else "NONE"] for month in months}

    def materializations(self, entity: Entity) -> dict[str, dg.AssetMaterialization]:
        """The last materialization of each month."""
        records = self.instance.fetch_materializations(key_of(entity), limit=100, ascending=True).records
        found = {record.partition_key: record.asset_materialization for record in records}
        return {month: event for month, event in found.items() if month and event}

    def observations(self, entity: Entity) -> dict[str, dg.AssetObservation]:
        """The last observation of each month."""
        records = self.instance.fetch_observations(key_of(entity), limit=100, ascending=True).records
        found = {record.partition_key: record.event_log_entry.asset_observation for record in records}
        return {month: event for month, event in found.items() if month and event}


_COLOUR = {"MATERIALIZED": "green", "FAILED": "red", "IN_PROGRESS": "blue", "NONE": "grey"}


def failure_of(result: dg.ExecuteInProcessResult, step: str = STEP) -> str:
    """The sentence with which the run failed."""
    data = result.failure_data_for_node(step)
    assert data is not None
    assert data.user_failure_data is not None, "the run failed with a traceback, not with a Failure"
    return data.user_failure_data.description or ""
