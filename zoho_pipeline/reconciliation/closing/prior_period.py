"""Reading what signed months say now that they did not say when signed, for the open month that carries it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from zoho_pipeline.calendar import Month
from zoho_pipeline.reconciliation.closing import keeping
from zoho_pipeline.reconciliation.closing.prior import PriorPeriodItem, changes, state_of, with_taken_over
from zoho_pipeline.reconciliation.closing.snapshot import Snapshot, item_facts, tie_out_facts
from zoho_pipeline.reconciliation.closing.states import Standing, signed_before
from zoho_pipeline.reconciliation.closing.trail import read_trail
from zoho_pipeline.reconciliation.reading import Item, read_items
from zoho_pipeline.reconciliation.tie_out import read_tie_outs


def prior_period_items(connection: Connection, open_month: Month) -> list[PriorPeriodItem]:
    """The changes of the signed months right before it, oldest month first; none where it is signed itself.

    Raises:
        TrailAltered, SnapshotAltered: when nobody can tell what was signed.
    """
    months = read_trail(connection).months
    if (standing := months.get(open_month)) is not None and standing.signed:
        return []
    snapshots: dict[str, Snapshot] = {}

    def snapshot(of: Standing) -> Snapshot:
        named = of.snapshot or ""
        if named not in snapshots:
            snapshots[named] = keeping.read(connection, named)
        return snapshots[named]

    found: list[PriorPeriodItem] = []
    for signed in signed_before(months, open_month):
        known = state_of(snapshot(signed)["items"], snapshot(signed)["tie_outs"])
        later = [_taken_over(snapshot(each), signed.month) for each in _signed_after(months, signed)]
        known = with_taken_over(known, [change for changes in later for change in changes])
        items, tie_outs = read_items(connection, signed.month), read_tie_outs(connection, signed.month)
        now = state_of(map(item_facts, items), map(tie_out_facts, tie_outs))
        found.extend(changes(signed.month, known, now))
    return found


def carried_items(connection: Connection, prior: Sequence[PriorPeriodItem]) -> list[Item]:
    """The items themselves, of those that have appeared or changed."""
    keys = {(change.month, change.key) for change in prior if change.now is not None}
    months = sorted({month for month, _ in keys})
    return [item for month in months for item in read_items(connection, month) if (month, _key(item)) in keys]


def _signed_after(months: Mapping[Month, Standing], signed: Standing) -> list[Standing]:
    """Later months that were signed after it, in the order of their signing: each took changes over."""
    found = [each for each in months.values() if each.month > signed.month and _number(each) > _number(signed)]
    return sorted(found, key=_number)


def _number(standing: Standing) -> int:
    return standing.approved.number if standing.approved else 0


def _taken_over(snapshot: Snapshot, month: Month) -> list[PriorPeriodItem]:
    taken = map(PriorPeriodItem.read, snapshot["prior_period"])
    return [change for change in taken if change.month == month]


def _key(item: Item) -> tuple[str, ...]:
    return (item.entity.value, item.what.value, item.row_id, item.zoho_id, item.currency)
