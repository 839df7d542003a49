"""Comparing one kind in SQL, where both sides lie: from the tables to classified, stored items.

Both sides are joined whole, whatever months are wanted: a document may stand in another month on the other side. What
is the same on both sides never leaves the join.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from zoho_pipeline.reconciliation.kinds.kind import Branch, Group, Kind, Pairing

_MONTH = "least(greatest(to_char({0}, 'YYYY-MM'), CAST(:first AS text)), CAST(:last AS text))"
"""The open month that holds a day; the first one where there is no day, for both functions pass over NULL."""


@dataclass(frozen=True)
class Months:
    """Keys of the first and last open month, which also hold all that is earlier or later; and of those wanted."""

    first: str
    last: str
    wanted: Sequence[str]


def compare_sides(connection: Connection, kind: Kind, months: Months, values: dict[str, object]) -> None:
    """Fill the temporary table `met` with the pairs that differ and with what is left over on either side."""
    given = {"first": months.first, "last": months.last, **values}
    for statement in _statements(kind):
        wanted = {name: value for name, value in given.items() if f":{name}" in statement}
        connection.execute(text(statement), wanted)


def write_items(connection: Connection, kind: Kind, months: Months, comparisons: dict[str, int]) -> None:
    """Name what sets the sides apart, and keep it; what is no longer found is cleared.

    `comparisons` are the ids of this comparison by month.
    """
    given = {
        "entity": kind.entity.value,
        "months": list(comparisons),
        "ids": list(comparisons.values()),
    }
    connection.execute(text(_items(kind)), given)
    connection.execute(text(_CLEARED), given)


def write_totals(
    connection: Connection, kind: Kind, months: Months, comparisons: dict[str, int], values: dict[str, object]
) -> None:
    """What each side has, counted by itself."""
    statement = _totals(kind)
    given = {
        "first": months.first, "last": months.last, "months": list(comparisons), "ids": list(comparisons.values()),
        **values,
    }  # fmt: skip
    connection.execute(text(statement), {name: value for name, value in given.items() if f":{name}" in statement})


def _statements(kind: Kind) -> Iterator[str]:
    yield f"CREATE TEMP TABLE twice ON COMMIT DROP AS SELECT link FROM ({kind.circletel}) side WHERE link IS NOT NULL GROUP BY link HAVING count(*) > 1"  # noqa: E501, S608
    if kind.more is not None:
        yield f"CREATE TEMP TABLE closer ON COMMIT DROP AS WITH side AS ({kind.circletel}) {kind.more}"
    yield _met(kind)
    yield "CREATE INDEX ON met (c_row_id)"
    yield "ANALYZE met"
    yield _extra(kind)
    for pairing in kind.pairing:
        yield from _pairing(kind, pairing)
    yield from kind.steps
    yield "ANALYZE met"


def _met(kind: Kind) -> str:
    c = ", ".join(f"c.{name} AS c_{name}" for name in ("row_id", "link", *kind.c_columns))
    z = ", ".join(f"z.{name} AS z_{name}" for name in ("zoho_id", *kind.z_columns))
    z_day = "z.day" if kind.dated_by_both else "CASE WHEN c.row_id IS NULL THEN z.day ELSE c.day END"
    closer = "OR c.row_id IN (SELECT row_id FROM closer)" if kind.more is not None else ""
    return f"""
        CREATE TEMP TABLE met ON COMMIT DROP AS
        SELECT {c}, {z}, CASE WHEN c.row_id IS NOT NULL THEN {_MONTH.format("c.day")} END AS c_month,
               CASE WHEN z.zoho_id IS NOT NULL THEN {_MONTH.format(f"({z_day})")} END AS z_month,
               false AS c_extra, 'link' AS how, CAST(NULL AS uuid) AS split_of, CAST(NULL AS numeric) AS split_total,
               CAST(NULL AS boolean) AS split_evenly
        FROM ({kind.circletel}) c FULL JOIN ({kind.zoho}) z ON z.zoho_id = c.link
        WHERE c.row_id IS NULL OR z.zoho_id IS NULL OR {kind.differs} OR c.link IN (SELECT link FROM twice) {closer}
    """  # noqa: S608 - constants only


def _extra(kind: Kind) -> str:
    """Of several rows on one object, all but the one whose key it carries (or the first that counts)."""
    owns = " OR ".join(f"({pairing.when})" for pairing in kind.pairing if pairing.by_key)
    return f"""
        UPDATE met SET c_extra = true FROM (
            SELECT c.c_row_id,
                   row_number() OVER (PARTITION BY c.z_zoho_id ORDER BY c.c_counted DESC, ({owns}) IS TRUE DESC,
                                      c.c_row_id) AS place
            FROM met c JOIN met z ON z.c_row_id = c.c_row_id
            WHERE c.z_zoho_id IS NOT NULL AND c.c_link IN (SELECT link FROM twice)
        ) ranked WHERE met.c_row_id = ranked.c_row_id AND ranked.place > 1
    """  # noqa: S608 - constants only


def _pairing(kind: Kind, pairing: Pairing) -> Iterator[str]:
    """Two left over rows become one."""
    columns = ("zoho_id", *kind.z_columns)
    given = ", ".join(f"z_{name} = z.z_{name}" for name in columns)
    month = "z.z_month" if kind.dated_by_both else "m.c_month"
    quoted = pairing.how.replace("'", "''")
    unmistakable = "place = 1" if pairing.by_key else "of_c = 1"
    yield f"""
        CREATE TEMP TABLE paired ON COMMIT DROP AS
        SELECT row_id, zoho_id FROM (
            SELECT c.c_row_id AS row_id, z.z_zoho_id AS zoho_id, count(*) OVER (PARTITION BY c.c_row_id) AS of_c,
                   count(*) OVER (PARTITION BY z.z_zoho_id) AS of_z,
                   row_number() OVER (PARTITION BY c.c_row_id
                                      ORDER BY z.z_counted DESC, length(z.z_zoho_id), z.z_zoho_id) AS place
            FROM met c JOIN met z ON {pairing.when}
            WHERE c.z_zoho_id IS NULL AND c.c_row_id IS NOT NULL AND z.c_row_id IS NULL
        ) found WHERE {unmistakable} AND of_z = 1
    """  # noqa: S608 - constants only
    yield f"""
        UPDATE met m SET {given}, z_month = {month}, how = '{quoted}' FROM paired p, met z
        WHERE m.c_row_id = p.row_id AND z.z_zoho_id = p.zoho_id AND z.c_row_id IS NULL
    """  # noqa: S608 - constants only
    yield "DELETE FROM met z USING paired p WHERE z.z_zoho_id = p.zoho_id AND z.c_row_id IS NULL"
    yield "DROP TABLE paired"


def _items(kind: Kind) -> str:
    groups = [kind.explaining, *kind.fields]
    looked = ", ".join(f"g{number} AS MATERIALIZED ({_picked(group)})" for number, group in enumerate(groups))
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
        ), {looked}, found AS ({found})
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
    cases = " ".join(f"WHEN {branch.when} THEN {place}" for place, branch in enumerate(group))
    return f"SELECT *, CASE {cases} END AS pick FROM seen"  # noqa: S608 - constants only


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
        FROM g{number} WHERE pick = {place}
    """  # noqa: S608 - constants only


_CLEARED = """
    UPDATE zoho_pipeline.reconciliation_items i SET cleared_at = now()
    FROM unnest(CAST(:months AS text[]), CAST(:ids AS bigint[])) AS given(month, id)
    WHERE i.entity = :entity AND i.month = given.month AND i.comparison_id <> given.id AND i.cleared_at IS NULL
"""


def _totals(kind: Kind) -> str:
    days = "SELECT day, currency, count(*) AS n, sum(amount) AS amount FROM ({0}) side WHERE counted GROUP BY 1, 2"
    zoho = days.format(kind.zoho) if kind.dated_by_both else _placed(kind)
    return f"""
        WITH c AS (
            SELECT {_MONTH.format("day")} AS month, currency, sum(n) AS n, sum(amount) AS amount
            FROM ({days.format(kind.circletel)}) d GROUP BY 1, 2
        ), z AS (
            SELECT {_MONTH.format("day")} AS month, currency, sum(n) AS n, sum(amount) AS amount
            FROM ({zoho}) d GROUP BY 1, 2
        ), sides AS (
            SELECT month, currency, coalesce(c.n, 0) AS c_n, coalesce(c.amount, 0) AS c_amount, coalesce(z.n, 0) AS z_n,
                   coalesce(z.amount, 0) AS z_amount
            FROM c FULL JOIN z USING (month, currency)
        )
        INSERT INTO zoho_pipeline.reconciliation_totals
            (comparison_id, currency, circletel_count, circletel_amount, zoho_count, zoho_amount)
        SELECT given.id, coalesce(currency, 'ZAR'), coalesce(c_n, 0), coalesce(c_amount, 0), coalesce(z_n, 0),
               coalesce(z_amount, 0)
        FROM unnest(CAST(:months AS text[]), CAST(:ids AS bigint[])) AS given(month, id)
        LEFT JOIN sides ON sides.month = given.month
    """  # noqa: S608 - constants only


def _placed(kind: Kind) -> str:
    """Zoho's objects that have no day of their own in CircleTel's sense: they stand where their row does."""
    return f"""
        SELECT CASE WHEN p.z_zoho_id IS NOT NULL THEN p.day WHEN c.row_id IS NOT NULL THEN c.day ELSE z.day END AS day,
               z.currency, count(*) AS n, sum(z.amount) AS amount
        FROM ({kind.zoho}) z
        LEFT JOIN (
            SELECT z_zoho_id, c_day AS day FROM met WHERE c_row_id IS NOT NULL AND z_zoho_id IS NOT NULL AND NOT c_extra
        ) p ON p.z_zoho_id = z.zoho_id
        LEFT JOIN ({kind.circletel}) c ON c.link = z.zoho_id AND p.z_zoho_id IS NULL
        WHERE z.counted GROUP BY 1, 2
    """  # noqa: S608 - constants only
