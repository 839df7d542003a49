"""Naming what sets the two sides of a kind apart: one item for each branch that holds, stored by month."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from zoho_pipeline.reconciliation.kinds.kind import Branch, Group, Kind
from zoho_pipeline.reconciliation.sums import write_sums


def write_items(connection: Connection, kind: Kind, comparisons: dict[str, int]) -> None:
    """Name what sets the sides of `met` apart, and keep it; what is no longer found is cleared.

    `comparisons` are the ids of this comparison by month.
    """
    given = {
        "entity": kind.entity.value,
        "months": list(comparisons),
        "ids": list(comparisons.values()),
    }
    connection.execute(text(_items(kind)), given)
    connection.execute(text(_CLEARED), given)
    write_sums(connection, kind.entity, comparisons)


def _items(kind: Kind) -> str:
    groups = [kind.explaining, *kind.fields]
    picked = ", ".join(f"{_picked(group)} AS pick{number}" for number, group in enumerate(groups))
    found = " UNION ALL ".join(
        line
        for number, group in enumerate(groups)
        for place, branch in enumerate(group)
        for line in _lines(number, place, branch)
    )
    return f"""
        WITH seen AS MATERIALIZED (
            SELECT met.*, r.state AS r_state, r.reason AS r_reason FROM met
            LEFT JOIN zoho_pipeline.sync_records r
                ON r.entity = :entity AND r.row_id = met.c_row_id AND met.z_zoho_id IS NULL
            WHERE met.c_month = ANY(:months) OR met.z_month = ANY(:months)
        ), named AS MATERIALIZED (SELECT *, {picked} FROM seen), found AS ({found})
        INSERT INTO zoho_pipeline.reconciliation_items AS i
            (entity, month, class, row_id, zoho_id, currency, label, circletel, zoho, difference, count_effect,
             amount_effect, dated, cause, comparison_id)
        SELECT :entity, f.month, f.class, f.row_id, f.zoho_id, f.currency, f.label, f.circletel, f.zoho, f.difference,
               f.count_effect, f.amount_effect, f.dated, f.cause, given.id
        FROM found f
        JOIN unnest(CAST(:months AS text[]), CAST(:ids AS bigint[])) AS given(month, id) ON given.month = f.month
        ON CONFLICT ON CONSTRAINT reconciliation_items_what DO UPDATE SET
            label = excluded.label, circletel = excluded.circletel, zoho = excluded.zoho,
            difference = excluded.difference, count_effect = excluded.count_effect,
            amount_effect = excluded.amount_effect, dated = excluded.dated, cause = excluded.cause,
            comparison_id = excluded.comparison_id, cleared_at = NULL,
            opened_at = CASE WHEN i.cleared_at IS NULL THEN i.opened_at ELSE now() END
    """  # noqa: S608 - constants only


def _picked(group: Group) -> str:
    """The place of the first branch that holds."""
    cases = " ".join(f"WHEN {branch.when} THEN {place}" for place, branch in enumerate(group))
    return f"CASE {cases} END"


def _lines(number: int, place: int, branch: Branch) -> Iterator[str]:
    if branch.of == "both":
        yield _line(
            number, place, branch, "c", ("-(c_counted::int)", "-(CASE WHEN c_counted THEN c_amount ELSE 0 END)")
        )
        yield _line(number, place, branch, "z", ("z_counted::int", "CASE WHEN z_counted THEN z_amount ELSE 0 END"))
    else:
        yield _line(number, place, branch, branch.of, branch.effects)


def _line(number: int, place: int, branch: Branch, side: str, effects: tuple[str, str]) -> str:
    count, amount = effects
    return f"""
        SELECT {side}_month AS month, '{branch.what.value}' AS class, coalesce(c_row_id::text, '') AS row_id,
               coalesce(z_zoho_id, '') AS zoho_id, {side}_currency AS currency, coalesce(c_label, z_label) AS label,
               CAST({branch.circletel} AS text) AS circletel, CAST({branch.zoho} AS text) AS zoho,
               CAST({branch.difference} AS numeric(18, 2)) AS difference, {count} AS count_effect,
               CAST({amount} AS numeric(18, 2)) AS amount_effect, {side}_day AS dated,
               CAST({branch.cause} AS text) AS cause
        FROM named WHERE pick{number} = {place}
    """  # noqa: S608 - constants only


_CLEARED = """
    UPDATE zoho_pipeline.reconciliation_items i SET cleared_at = now()
    FROM unnest(CAST(:months AS text[]), CAST(:ids AS bigint[])) AS given(month, id)
    WHERE i.entity = :entity AND i.month = given.month AND i.comparison_id <> given.id AND i.cleared_at IS NULL
"""
