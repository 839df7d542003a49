"""Comparing one kind in SQL, where both sides lie: which pairs differ, what is left over, and what each side has.

Both sides are joined whole, whatever months are wanted: a document may stand in another month on the other side. What
is the same on both sides never leaves the join.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from zoho_pipeline.reconciliation.kinds.kind import Kind, Pairing

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


def write_totals(
    connection: Connection, kind: Kind, months: Months, comparisons: dict[str, int], values: dict[str, object]
) -> None:
    """What each side has, counted by itself."""
    given = {
        "first": months.first, "last": months.last, "months": list(comparisons), "ids": list(comparisons.values()),
        **values,
    }  # fmt: skip
    for statement in _totals(kind):
        connection.execute(text(statement), {name: value for name, value in given.items() if f":{name}" in statement})


def _statements(kind: Kind) -> Iterator[str]:
    yield _days("c_days", kind.circletel)
    if kind.dated_by_both:
        yield _days("z_days", kind.zoho)
    yield from _apart(kind)
    yield _met(kind)
    yield "CREATE INDEX ON met (c_row_id)"
    yield "ANALYZE met"
    yield _extra(kind)
    for pairing in kind.pairing:
        yield from _pairing(kind, pairing)
    yield from kind.steps


def _days(name: str, side: str) -> str:
    """What a side has, counted by itself, by its days."""
    return f"""
        CREATE TEMP TABLE {name} ON COMMIT DROP AS
        SELECT day, currency, counted, count(*) AS n, sum(amount) AS amount FROM ({side}) side GROUP BY 1, 2, 3
    """  # noqa: S608 - constants only


def _apart(kind: Kind) -> Iterator[str]:
    """Which rows and objects are to be looked at, in `apart`.

    The statements that read everything name no temporary table and insert nothing, so that PostgreSQL may share them
    among several processes, and the join takes along no column that is not compared. Links that stand twice are looked
    for only where more rows than objects were paired, and along the index (or a sort): a hash takes four times as long.
    """
    uneven = f"WHERE {_UNEVEN}" if kind.dated_by_both else ""
    sides = f"({kind.circletel}) c FULL JOIN ({kind.zoho}) z ON z.zoho_id = c.link"
    yield f"""
        CREATE TEMP TABLE apart ON COMMIT DROP AS SELECT c.row_id, z.zoho_id FROM {sides}
        WHERE c.row_id IS NULL OR z.zoho_id IS NULL OR {kind.differs}
    """  # noqa: S608 - constants only
    yield "SET LOCAL enable_hashagg = off"
    yield f"""
        CREATE TEMP TABLE twice ON COMMIT DROP AS
        SELECT link FROM ({kind.links}) side {uneven} GROUP BY link HAVING count(*) > 1
    """  # noqa: S608 - constants only
    yield "SET LOCAL enable_hashagg = on"
    yield _also(kind, "c.link IN (SELECT link FROM twice)")
    if kind.more is not None:
        yield f"CREATE TEMP TABLE closer ON COMMIT DROP AS WITH side AS ({kind.circletel}) {kind.more}"
        yield _also(kind, "c.row_id IN (SELECT row_id FROM closer)")
    yield "ANALYZE apart"


_UNEVEN = """(
    SELECT (SELECT sum(n) FROM c_days) - count(*) FILTER (WHERE zoho_id IS NULL)
        <> (SELECT sum(n) FROM z_days) - count(*) FILTER (WHERE row_id IS NULL)
    FROM apart
)"""


def _also(kind: Kind, condition: str) -> str:
    """Linked pairs that are to be looked at too."""
    return f"""
        INSERT INTO apart SELECT c.row_id, z.zoho_id FROM ({kind.circletel}) c
        JOIN ({kind.zoho}) z ON z.zoho_id = c.link WHERE {condition}
        AND c.row_id NOT IN (SELECT row_id FROM apart WHERE row_id IS NOT NULL)
    """  # noqa: S608 - constants only


def _met(kind: Kind) -> str:
    c = ", ".join(f"c.{name} AS c_{name}" for name in ("row_id", "link", *kind.c_columns))
    z = ", ".join(f"z.{name} AS z_{name}" for name in ("zoho_id", *kind.z_columns))
    z_day = "z.day" if kind.dated_by_both else "CASE WHEN c.row_id IS NULL THEN z.day ELSE c.day END"
    return f"""
        CREATE TEMP TABLE met ON COMMIT DROP AS
        SELECT {c}, {z}, CASE WHEN c.row_id IS NOT NULL THEN {_MONTH.format("c.day")} END AS c_month,
               CASE WHEN z.zoho_id IS NOT NULL THEN {_MONTH.format(f"({z_day})")} END AS z_month,
               false AS c_extra, 'link' AS how, CAST(NULL AS uuid) AS split_of, CAST(NULL AS numeric) AS split_total,
               CAST(NULL AS boolean) AS split_evenly
        FROM apart LEFT JOIN ({kind.circletel}) c ON c.row_id = apart.row_id
        LEFT JOIN ({kind.zoho}) z ON z.zoho_id = apart.zoho_id
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


def _totals(kind: Kind) -> Iterator[str]:
    if not kind.dated_by_both:
        yield _days("z_days", _placed(kind))
    month = _MONTH.format("day")
    sums = f"SELECT {month} AS month, currency, sum(n) AS n, sum(amount) AS amount FROM"
    yield f"""
        WITH c AS ({sums} c_days WHERE counted GROUP BY 1, 2),
        z AS ({sums} z_days WHERE counted GROUP BY 1, 2),
        sides AS (
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
               z.currency, z.counted, z.amount
        FROM ({kind.zoho}) z
        LEFT JOIN (
            SELECT z_zoho_id, c_day AS day FROM met WHERE c_row_id IS NOT NULL AND z_zoho_id IS NOT NULL AND NOT c_extra
        ) p ON p.z_zoho_id = z.zoho_id
        LEFT JOIN ({kind.circletel}) c ON c.link = z.zoho_id AND p.z_zoho_id IS NULL
    """  # noqa: S608 - constants only
