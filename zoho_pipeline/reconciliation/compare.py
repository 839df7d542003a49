"""One comparison of one kind, for any months: refused where the mirror cannot bear it, else stored as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, text

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.shape import Shape, read_shape
from zoho_pipeline.clock import shown
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.mirror.details import count_wanted
from zoho_pipeline.mirror.objects import Extra, Listed
from zoho_pipeline.mirror.refresh import spoken
from zoho_pipeline.mirror.tables import listings
from zoho_pipeline.reconciliation import tables
from zoho_pipeline.reconciliation.comparing import Months, compare_sides, write_totals
from zoho_pipeline.reconciliation.kinds.customers import customers
from zoho_pipeline.reconciliation.kinds.invoices import invoices
from zoho_pipeline.reconciliation.kinds.kind import Kind
from zoho_pipeline.reconciliation.kinds.payments import payments
from zoho_pipeline.reconciliation.kinds.subscriptions import subscriptions
from zoho_pipeline.reconciliation.naming import write_items

REFRESH = "zoho-pipeline reconcile --refresh reads Zoho's lists first."
NEEDS: dict[Entity, tuple[Listed, ...]] = {
    Entity.CUSTOMERS: (Entity.CUSTOMERS,),
    Entity.SUBSCRIPTIONS: (Entity.CUSTOMERS, Entity.SUBSCRIPTIONS),
    Entity.INVOICES: (Entity.CUSTOMERS, Entity.SUBSCRIPTIONS, Entity.INVOICES, Extra.CREDIT_NOTES),
    Entity.PAYMENTS: (Entity.CUSTOMERS, Entity.SUBSCRIPTIONS, Entity.INVOICES, Entity.PAYMENTS, Extra.REFUNDS),
}
"""The lists that a comparison rests on."""
DETAILED = frozenset({Entity.INVOICES, Entity.PAYMENTS})
_TERMS = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "LOCK TABLE zoho_pipeline.reconciliation_items IN SHARE ROW EXCLUSIVE MODE",
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL parallel_tuple_cost = 0.001",
    "SET LOCAL random_page_cost = 1.1",
)
"""One moment, by itself; and what lets PostgreSQL join a million by a million in memory, shared among processes, and
fetch the few that differ along their indexes: for this transaction only.
"""


class MirrorNotReady(Foreseen):
    """A list of Zoho's is missing, incomplete or too old, so a comparison would be wrong."""


@dataclass(frozen=True)
class Terms:
    """What a comparison rests on beside the tables.

    Attributes:
        months: the open months.
        max_age: how old the oldest list may be.
        prices_include_vat, vat_exceptions: how to read CircleTel's monthly prices.
    """

    months: OpenMonths
    max_age: timedelta
    prices_include_vat: bool = True
    vat_exceptions: frozenset[str] = frozenset()


def compare(
    connection: Connection, entity: Entity, wanted: Sequence[Month], terms: Terms, run_id: str
) -> dict[Month, int]:
    """Compare and store, in the caller's transaction; the ids of the comparisons by month.

    All of it sees one moment of the database, whatever the app writes meanwhile, so the transaction must not have read
    anything yet; one comparison waits for another.

    Raises:
        MirrorNotReady: nothing was compared.
        NoSuchMonth: a month is not open.
    """
    for month in wanted:
        terms.months.between(month, month)
    if not wanted:
        return {}
    for statement in _TERMS:
        connection.execute(text(statement))
    as_of = require_ready(connection, entity, terms.max_age)
    kind = kind_of(connection, entity, read_shape(connection))
    ids = _begun(connection, entity, wanted, as_of, run_id)
    months = Months(terms.months.first.key, terms.months.last.key, list(ids))
    values = {"prices_include_vat": terms.prices_include_vat, "vat_exceptions": sorted(terms.vat_exceptions)}
    compare_sides(connection, kind, months, values)
    write_items(connection, kind, ids)
    write_totals(connection, kind, months, ids, values)
    return {month: ids[month.key] for month in wanted}


def kind_of(connection: Connection, entity: Entity, shape: Shape) -> Kind:
    """The comparison of the kind, for a database of this shape."""
    if entity is Entity.CUSTOMERS:
        return customers(shape)
    if entity is Entity.SUBSCRIPTIONS:
        return subscriptions(shape)
    if entity is Entity.PAYMENTS:
        return payments(shape)
    has_credit_notes = connection.execute(text("SELECT to_regclass('public.credit_notes') IS NOT NULL")).scalar_one()
    return invoices(shape, bool(has_credit_notes))


def require_ready(connection: Connection, entity: Entity, max_age: timedelta) -> datetime:
    """As of when Zoho is known: the start of the oldest of the lists (UTC).

    Raises:
        MirrorNotReady: naming what is missing, or too old.
    """
    listed = _listed(connection)
    for needed in NEEDS[entity]:
        if needed.value not in listed:
            raise MirrorNotReady(
                f"Zoho's {spoken(needed)} were never listed completely, so {entity} cannot be compared. {REFRESH}"
            )
    oldest = min(listed[needed.value] for needed in NEEDS[entity])
    now: datetime = connection.execute(select(func.now())).scalar_one()
    if now - oldest > max_age:
        raise MirrorNotReady(
            f"Zoho's lists are of {shown(oldest)}, which is too long ago to compare {entity} with them. {REFRESH}"
        )
    if entity in DETAILED and (missing := count_wanted(connection)):
        raise MirrorNotReady(f"Of {missing} documents in Zoho the details are still to be read. {REFRESH}")
    return oldest


def _listed(connection: Connection) -> Mapping[str, datetime]:
    query = (
        select(listings.c.entity, func.max(listings.c.started_at))
        .where(listings.c.completed_at.is_not(None))
        .group_by(listings.c.entity)
    )
    return dict(connection.execute(query).all())


def _begun(
    connection: Connection, entity: Entity, wanted: Sequence[Month], as_of: datetime, run_id: str
) -> dict[str, int]:
    rows = [
        {"entity": entity.value, "month": month.key, "as_of": as_of, "run_id": run_id} for month in sorted(set(wanted))
    ]
    statement = insert(tables.comparisons).returning(tables.comparisons.c.month, tables.comparisons.c.id)
    return dict(connection.execute(statement, rows).all())
