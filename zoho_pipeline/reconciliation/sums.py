"""A month's items added up, written with each comparison: a page of 100,000 items reads some hundred lines.

The workbook, the report and the signatures lean on the items themselves.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, text

from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.controls import CURRENCY
from zoho_pipeline.reconciliation.reading import BUCKETS, OLDEST_BUCKET, RolledForward
from zoho_pipeline.reconciliation.tie_out import Line, TieOut


@dataclass(frozen=True)
class Sum:
    """The open items of one kind, class and currency.

    Attributes:
        fresh: of them, those that the latest comparison was the first to find.
        cleared: those that the latest comparison no longer found.
        at_stake: what they are about, without signs.
    """

    entity: Entity
    what: Class
    currency: str
    items: int
    fresh: int
    cleared: int
    at_stake: Decimal
    count_effect: int
    amount_effect: Decimal


Totals = tuple[int, Decimal, int, Decimal]
"""CircleTel's count and amount, and Zoho's."""
Age = tuple[str, int, Decimal]
"""An ageing bucket, the items in it, and the rand that they are about."""


def write_sums(connection: Connection, entity: Entity, months: Collection[str]) -> None:
    """Add the kind's items of these months up anew, in the transaction that compared them."""
    given = {"entity": entity.value, "months": list(months)}
    connection.execute(text(_FORGET), given)
    connection.execute(text(_WRITE), given)


def read_sums(connection: Connection, month: Month) -> list[Sum]:
    """The month's, parents first."""
    rows = connection.execute(text(_READ), {"month": month.key})
    found = [Sum(Entity(row.entity), Class(row.what), *row[2:]) for row in rows]
    return sorted(found, key=lambda each: (PARENTS_FIRST.index(each.entity), each.currency != CURRENCY, each.what))


def read_ages(connection: Connection, month: Month, today: date) -> list[Age]:
    """The items that need somebody by age, youngest first; every bucket is there, money in rand alone."""
    unexpected = [each.value for each in Class if not each.meaning.expected]
    given = {"month": month.key, "today": today, "classes": unexpected, "bounds": [most + 1 for most, _ in BUCKETS]}
    found = {row.bucket: (row.items, row.at_stake) for row in connection.execute(text(_AGES), given)}
    names = (*(name for _, name in BUCKETS), OLDEST_BUCKET)
    return [(name, *found.get(place, (0, Decimal(0)))) for place, name in enumerate(names)]


def read_tie_outs_of(connection: Connection, month: Month, sums: Sequence[Sum]) -> list[TieOut]:
    """The tie-outs of the latest comparisons, by these sums."""
    rows = connection.execute(text(_TOTALS), {"month": month.key})
    totals: dict[tuple[Entity, str], Totals] = {
        (Entity(row[0]), row[1]): (row[2], row[3], row[4], row[5]) for row in rows
    }
    open_ones = [each for each in sums if each.items]
    keys = {*totals, *((each.entity, each.currency) for each in open_ones)}
    order = sorted(keys, key=lambda key: (PARENTS_FIRST.index(key[0]), key[1] != CURRENCY, key[1]))
    return [_tie_out(month, key, totals, [each for each in open_ones if (each.entity, each.currency) == key])
            for key in order]  # fmt: skip


def rolled_forward(sums: Sequence[Sum]) -> list[RolledForward]:
    """By class, from the comparison before to the latest one."""
    found: dict[Class, tuple[int, int, int]] = {}
    for each in sums:
        items, fresh, cleared = found.get(each.what, (0, 0, 0))
        found[each.what] = (items + each.items, fresh + each.fresh, cleared + each.cleared)
    return [
        RolledForward(what, items - fresh + cleared, fresh, cleared, items)
        for what, (items, fresh, cleared) in sorted(found.items())
    ]


def _tie_out(
    month: Month, key: tuple[Entity, str], totals: Mapping[tuple[Entity, str], Totals], sums: Sequence[Sum]
) -> TieOut:
    lines = tuple(Line(each.what, each.items, each.count_effect, each.amount_effect) for each in sums)
    circletel_count, circletel_amount, zoho_count, zoho_amount = totals.get(key, (0, Decimal(0), 0, Decimal(0)))
    return TieOut(key[0], month, key[1], circletel_count, circletel_amount, zoho_count, zoho_amount, lines)


_FORGET = "DELETE FROM zoho_pipeline.reconciliation_sums WHERE entity = :entity AND month = ANY(:months)"
_WRITE = """
    WITH before AS (
        SELECT c.month, max(c.compared_at) AS at FROM zoho_pipeline.reconciliation_comparisons c
        WHERE c.entity = :entity AND c.month = ANY(:months) AND EXISTS (
            SELECT FROM zoho_pipeline.reconciliation_comparisons later
            WHERE later.entity = c.entity AND later.month = c.month AND later.id > c.id)
        GROUP BY c.month
    )
    INSERT INTO zoho_pipeline.reconciliation_sums
        (month, entity, class, currency, day, items, fresh, cleared, at_stake, count_effect, amount_effect)
    SELECT i.month, i.entity, i.class, i.currency, coalesce(i.dated, (i.opened_at AT TIME ZONE 'UTC')::date),
           count(*) FILTER (WHERE i.cleared_at IS NULL),
           count(*) FILTER (WHERE i.cleared_at IS NULL AND i.opened_at > coalesce(b.at, '-infinity')),
           count(*) FILTER (WHERE i.cleared_at IS NOT NULL),
           coalesce(sum(abs(coalesce(i.difference, i.amount_effect))) FILTER (WHERE i.cleared_at IS NULL), 0),
           coalesce(sum(i.count_effect) FILTER (WHERE i.cleared_at IS NULL), 0),
           coalesce(sum(i.amount_effect) FILTER (WHERE i.cleared_at IS NULL), 0)
    FROM zoho_pipeline.reconciliation_items i LEFT JOIN before b ON b.month = i.month
    WHERE i.entity = :entity AND i.month = ANY(:months) AND (i.cleared_at IS NULL OR i.cleared_at > b.at)
    GROUP BY 1, 2, 3, 4, 5
"""
_READ = """
    SELECT entity, class AS what, currency, sum(items)::int, sum(fresh)::int, sum(cleared)::int, sum(at_stake),
           sum(count_effect)::int, sum(amount_effect)
    FROM zoho_pipeline.reconciliation_sums WHERE month = :month GROUP BY entity, class, currency
"""
_AGES = """
    SELECT width_bucket(greatest(0, CAST(:today AS date) - day), CAST(:bounds AS int[])) AS bucket,
           sum(items)::int AS items, coalesce(sum(at_stake) FILTER (WHERE currency = 'ZAR'), 0) AS at_stake
    FROM zoho_pipeline.reconciliation_sums WHERE month = :month AND class = ANY(:classes) GROUP BY 1
"""
_TOTALS = """
    SELECT c.entity, t.currency, t.circletel_count, t.circletel_amount, t.zoho_count, t.zoho_amount
    FROM (SELECT entity, max(id) AS id FROM zoho_pipeline.reconciliation_comparisons WHERE month = :month
          GROUP BY entity) c
    JOIN zoho_pipeline.reconciliation_totals t ON t.comparison_id = c.id
"""
