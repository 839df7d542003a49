"""What a row is called on the pages: by number, never by a person's name or email."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, text

from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID
from zoho_pipeline.entities import Entity

_LABEL = {
    Entity.CUSTOMERS: "t.account_number",
    Entity.SUBSCRIPTIONS: "t.package_name || ' ' || left(t.id::text, 8)",
    Entity.INVOICES: "t.invoice_number",
    Entity.PAYMENTS: "t.transaction_id",
}
SHORT = 8
"""Characters of an id that stand for it."""


def labels(connection: Connection, rows: Iterable[tuple[Entity, str]]) -> dict[tuple[Entity, str], str]:
    """By kind and id; of a row that CircleTel has no more there is none."""
    wanted: dict[Entity, set[str]] = defaultdict(set)
    for entity, row_id in rows:
        wanted[entity].add(row_id)
    found = {}
    for entity, ids in wanted.items():
        for row in connection.execute(_STATEMENTS[entity], {"ids": sorted(ids)}):
            found[entity, row.id] = row.label or row.id[:SHORT]
    return found


def find(connection: Connection, sought: str) -> list[tuple[Entity, str]]:
    """The rows of an id, a number, an email, or an id of Zoho's: all that fit, 20 of each kind at most."""
    plain = sought.strip()
    values = {"id": _uuid(plain), "sought": plain, "email": plain.lower() if "@" in plain else None}
    return [
        (entity, row_id)
        for entity, statement in _SOUGHT.items()
        for row_id in connection.execute(statement, values).scalars()
    ]


def _uuid(sought: str) -> str | None:
    try:
        return str(UUID(sought))
    except ValueError:
        return None


_STATEMENTS = {
    entity: text(f"""
        SELECT t.id::text AS id, {label} AS label FROM public.{TABLES[entity]} t WHERE t.id = ANY(CAST(:ids AS uuid[]))
    """)  # noqa: S608 - constants only
    for entity, label in _LABEL.items()
}
_NUMBERS = {
    Entity.CUSTOMERS: "t.account_number = :sought OR lower(t.email) = CAST(:email AS text)",
    Entity.SUBSCRIPTIONS: "false",
    Entity.INVOICES: "t.invoice_number = :sought",
    Entity.PAYMENTS: "t.transaction_id = :sought",
}
_SOUGHT = {
    entity: text(f"""
        SELECT t.id::text FROM public.{TABLES[entity]} t
        WHERE t.id = CAST(:id AS uuid) OR t.{ZOHO_ID[entity]} = :sought OR {numbers} ORDER BY t.id LIMIT 20
    """)  # noqa: S608 - constants only
    for entity, numbers in _NUMBERS.items()
}
