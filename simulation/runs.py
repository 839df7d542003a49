"""Runs as Dagster would carry them out, and what it would remember of them: how they ended, and which months are red.

Where defs/ adds something to the functions behind a run (what it was to bring, why it failed, its checks), that is done
here as it is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from simulation.stage import Stage
from zoho_pipeline.actions.backfill import BackfillRequest, backfill, open_months
from zoho_pipeline.actions.duplicates import look_for_duplicates
from zoho_pipeline.alerts.runs import EndedRun
from zoho_pipeline.alerts.symptoms import Sign, Symptom
from zoho_pipeline.calendar import Month
from zoho_pipeline.causes import Cause
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.recovery.due import Due
from zoho_pipeline.recovery.months import Cell
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.store.database import DatabaseRefused, DatabaseUnreachable
from zoho_pipeline.sync.results import PartitionResult
from zoho_pipeline.zoho.errors import ZohoError

ASSET_JOB, URGENT_JOB = "__ASSET_JOB", "sync_urgently"
CHECK = "nothing_stands_twice"


@dataclass
class Runs:
    """Carries out runs, one after another."""

    stage: Stage
    started: int = 0
    failed: int = 0
    ended: list[EndedRun] = field(default_factory=list)
    """Those that no sensor has noted yet."""
    red: dict[Cell, str] = field(default_factory=dict)
    """Months that a failed run left red, and which."""
    _twice: dict[Entity, str | None] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def materialise(self, entities: Iterable[Entity], months: Sequence[Month]) -> None:
        """A run of the assets, as a person launches it, with their checks."""
        kinds = [kind for kind in PARENTS_FIRST if kind in set(entities)]
        request = BackfillRequest(frozenset(kinds), tuple(months), self.run_id(), "simulation")
        results, error = self._run(request)
        reached = {(result.entity, result.month) for result in results}
        missing = [(kind, month) for kind in kinds for month in months if (kind, month) not in reached]
        bad = [result for result in results if not (result.green or result.goes_on_by_itself)]
        self._check(kinds)
        planned = {(kind, month) for kind in kinds for month in months}
        brought = {(result.entity, result.month) for result in results if result.green}
        reason = "" if error or not (bad or missing) else f"{len(bad) + len(missing)} months are not green"
        failed = bool(error or reason)
        for cell in planned:
            self.red.pop(cell, None)
        self.red |= {cell: request.run_id for cell in planned - brought if failed}
        span = " to ".join(dict.fromkeys((months[0].key, months[-1].key)))
        self.end(
            request.run_id,
            ASSET_JOB,
            f"{', '.join(sorted(f'zoho/{kind}' for kind in kinds))} {span}",
            error,
            reason,
            rows=sum(result.in_trouble for result in bad),
            rows_alone=bool(reason) and not missing and not any(result.interrupted for result in bad),
            planned=frozenset(_name(*cell) for cell in planned),
            brought=frozenset(_name(*cell) for cell in brought),
        )

    def materialise_all(self) -> None:
        """The same of all kinds and open months."""
        months = open_months(SyncSettings.load(self.stage.environ))
        self.materialise(PARENTS_FIRST, months.between(months.first, months.last))

    def urgently(self, due: Due) -> None:
        """A run of the job for rows by name."""
        only = {entity: frozenset(ids) for entity, ids in due.only.items()}
        request = BackfillRequest(frozenset(only), (), self.run_id(), "dagster", urgent=True, only=only)
        _, error = self._run(request)
        asked = {entity.value: ids for entity, ids in only.items()}
        self.end(request.run_id, URGENT_JOB, URGENT_JOB, error, asked=asked)

    def run_id(self) -> str:
        """The next one."""
        return f"simulated-{next(self._numbers):05d}"

    def end(
        self,
        run_id: str,
        job: str,
        what: str,
        error: Foreseen | None,
        reason: str = "",
        *,
        rows: int = 0,
        rows_alone: bool = False,
        asked: Mapping[str, frozenset[str]] | None = None,
        planned: frozenset[str] = frozenset(),
        brought: frozenset[str] = frozenset(),
    ) -> None:
        """Remember how it ended: by an error that was foreseen, with a reason, or well."""
        said = str(error) if error else reason
        self.failed += bool(said)
        self.ended.append(
            EndedRun(
                id=run_id,
                job=job,
                what=what,
                ended_at=self.stage.clock.now(),
                succeeded=not said,
                reason=said,
                rows=rows,
                cause=_cause(error),
                rows_alone=rows_alone,
                asked=asked or {},
                planned=planned,
                brought=brought,
            )
        )

    def _check(self, kinds: Sequence[Entity]) -> None:
        """The asset check at the end of a run; one that could not look has failed."""
        try:
            looked = look_for_duplicates(self.stage.environ, kinds)
        except Foreseen as error:
            self._twice |= dict.fromkeys(kinds, f"It could not look: {error}")
            return
        for kind in kinds:
            found = looked.of(kind)
            certain = any(duplicate.certain for duplicate in found)
            self._twice[kind] = f"{len(found)} stand twice: see the table." if certain else None

    def failed_checks(self) -> list[Symptom]:
        """The symptoms of checks whose latest look failed."""
        return [
            Symptom(
                key=f"zoho/{kind}: {CHECK}",
                title=f"The check {CHECK} of zoho/{kind} has failed",
                cause=said,
                advice="See the tab Checks in Dagster.",
                signs=frozenset({Sign.DATA_INTEGRITY}),
            )
            for kind, said in self._twice.items()
            if said
        ]

    def _run(self, request: BackfillRequest) -> tuple[list[PartitionResult], Foreseen | None]:
        """What it brought, and why it failed, if it did."""
        results: list[PartitionResult] = []
        failure = None
        self.started += 1
        try:
            results.extend(backfill(request, self.stage.environ, lambda sentence: None))
        except Foreseen as error:
            failure = error
        return results, failure


def _cause(error: Foreseen | None) -> Cause | None:
    if isinstance(error, ZohoError):
        return error.cause
    return Cause.DATABASE if isinstance(error, DatabaseUnreachable | DatabaseRefused) else None


def _name(kind: Entity, month: Month) -> str:
    return f"zoho/{kind} {month}"
