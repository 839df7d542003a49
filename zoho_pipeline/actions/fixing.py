"""Mending what a comparison found, as far as the sync may: send again, adopt, update. The next comparison proves it."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert

from zoho_pipeline.actions.backfill import BackfillRequest, Log, backfill
from zoho_pipeline.actions.opening import Environ, named, opened
from zoho_pipeline.actions.reconcile import ReconcileRequest, reconcile
from zoho_pipeline.actions.tables import actions
from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.reconciliation.classes import Class, Fix
from zoho_pipeline.reconciliation.reading import Item, MonthBooks, read_items
from zoho_pipeline.sync.results import PartitionResult

BY_SYNC = frozenset(what for what in Class if what.meaning.fix is Fix.SYNC)
"""The classes that the sync mends by itself."""


class NotByTheSync(Foreseen):
    """A class of items that a person has to mend, or to approve one by one."""


@dataclass(frozen=True)
class FixRequest:
    """Which items: of one month, of these classes (none given: all that the sync may mend)."""

    month: Month
    by: str
    classes: Collection[Class] = ()
    dry_run: bool = False


@dataclass(frozen=True)
class Fixed:
    """What was tried.

    Attributes:
        tried: the items that were handed to the sync.
        approvable: those that it carries out once a person has approved each.
        results: the run's.
        after: the month compared anew; None after a dry run.
    """

    tried: Sequence[Item]
    approvable: Sequence[Item]
    results: Sequence[PartitionResult] = ()
    after: MonthBooks | None = field(default=None, repr=False)

    @property
    def cleared(self) -> int:
        """How many of them the new comparison no longer finds."""
        left = {item.id for item in self.after.items} if self.after else {item.id for item in self.tried}
        return sum(item.id not in left for item in self.tried)


def fix(request: FixRequest, environ: Environ, log: Log) -> Fixed:
    """Hand the rows to the sync, before bulk work, and compare their month anew.

    Raises:
        NotByTheSync: naming the class.
        Foreseen: as a backfill and a comparison do.
    """
    if wrong := sorted(set(request.classes) - BY_SYNC):
        raise NotByTheSync(_not_by_sync(wrong[0]))
    by, wanted = named(request.by), request.classes or BY_SYNC
    with opened("fix what a comparison found", environ) as at, at.engine.connect() as connection:
        items = read_items(connection, request.month)
        tried = [item for item in items if item.what in wanted and item.row_id]
        approvable = [item for item in items if item.what.meaning.fix is Fix.APPROVED]
    if not tried:
        return Fixed(tried, approvable)
    if not request.dry_run:
        _note(tried, by, environ)
    results = list(backfill(_run_of(tried, by, dry_run=request.dry_run), environ, log))
    if request.dry_run or any(result.dry_run for result in results):
        return Fixed(tried, approvable, results)
    (after,) = reconcile(ReconcileRequest([request.month], str(uuid.uuid4())), environ, log)
    return Fixed(tried, approvable, results, after)


def _run_of(items: Sequence[Item], by: str, *, dry_run: bool) -> BackfillRequest:
    only: defaultdict[Entity, set[str]] = defaultdict(set)
    for item in items:
        only[item.entity].add(item.row_id)
    ids = {entity: frozenset(found) for entity, found in only.items()}
    return BackfillRequest(frozenset(ids), (), str(uuid.uuid4()), by, dry_run=dry_run, urgent=True, only=ids)


def _note(items: Sequence[Item], by: str, environ: Environ) -> None:
    """Who had it done, row by row."""
    rows = [
        {
            "by": by,
            "action": "fix",
            "entity": item.entity.value,
            "row_id": item.row_id,
            "details": {"class": item.what.value, "month": item.month},
        }
        for item in items
    ]
    with opened("fix what a comparison found", environ) as at, at.engine.begin() as connection:
        connection.execute(insert(actions), rows)


def _not_by_sync(what: Class) -> str:
    able = ", ".join(sorted(BY_SYNC))
    if what.meaning.fix is Fix.APPROVED:
        return f"Items of class {what} are carried out once a person has approved each of them. {what.meaning.advice}"
    return f"The sync cannot mend items of class {what}: {what.meaning.advice} It mends {able}."
