"""What Zoho's lists do not say: tax, write-offs, and what was applied to which invoice.

A detail costs a call, so there is one for each new or changed document, and none for what has not changed since.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select

from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror import tables
from zoho_pipeline.mirror.objects import Extra, Listed
from zoho_pipeline.mirror.reading import mirror_credit_note, mirror_invoice
from zoho_pipeline.mirror.refresh import spoken
from zoho_pipeline.mirror.storing import forget, store
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import NotInZoho
from zoho_pipeline.zoho.models import ZohoInvoice
from zoho_pipeline.zoho.ports import About

DETAILED: tuple[Listed, ...] = (Entity.INVOICES, Extra.CREDIT_NOTES)
"""The kinds whose list rows do not say enough."""
AT_ONCE = 200


@dataclass(frozen=True)
class Wanted:
    """A document whose detail is not known, or is that of an older version."""

    kind: Listed
    zoho_id: str
    number: str


def count_wanted(connection: Connection) -> int:
    """How many calls `read_details` would make."""
    return sum(int(connection.execute(select(func.count()).where(_is_wanted(kind))).scalar_one()) for kind in DETAILED)


def read_details(engine: Engine, client: ZohoBilling, kind: Listed, about: About, log: Callable[[str], None]) -> int:
    """Ask for every detail of the kind that is wanted; how many were read.

    What is read is kept at once: where the calls end, it goes on another day with what is left.
    """
    wanted = _wanted(engine, kind)
    for done, each in enumerate(wanted, start=1):
        _read(engine, client, each, about)
        if done % AT_ONCE == 0 or done == len(wanted):
            log(f"Reading Zoho's {spoken(kind)}: {done} of {len(wanted)}.")
    return len(wanted)


def keep_applications(connection: Connection, found: ZohoInvoice) -> None:
    """Note what was applied to the invoice, as its detail shows it."""
    of = tables.applications
    paid = [("payment", each.payment_id, each.amount) for each in found.payments or ()]
    credited = [("credit_note", each.credit_note_id, each.amount) for each in found.credits or ()]
    connection.execute(delete(of).where(of.c.invoice_zoho_id == found.id))
    if rows := [*paid, *credited]:
        names = ("kind", "source_zoho_id", "amount")
        values = [{"invoice_zoho_id": found.id, **dict(zip(names, row, strict=True))} for row in rows]
        connection.execute(insert(of), values)


def _read(engine: Engine, client: ZohoBilling, wanted: Wanted, about: About) -> None:
    """One document; one that is gone by now is forgotten."""
    try:
        if wanted.kind is Entity.INVOICES:
            invoice = client.get_invoice(wanted.zoho_id, about)
            with engine.begin() as connection:
                store(connection, wanted.kind, [mirror_invoice(invoice)])
                keep_applications(connection, invoice)
        else:
            note = client.get_credit_note(wanted.zoho_id, about)
            with engine.begin() as connection:
                store(connection, wanted.kind, [mirror_credit_note(note)])
    except NotInZoho:
        with engine.begin() as connection:
            forget(connection, wanted.kind, wanted.zoho_id)


def _wanted(engine: Engine, kind: Listed) -> list[Wanted]:
    """Newest documents first: the months that people look at."""
    table = tables.OBJECTS[kind]
    query = select(table.c.zoho_id, table.c.number).where(_is_wanted(kind))
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(table.c.date.desc(), table.c.zoho_id)).all()
    return [Wanted(kind, row.zoho_id, row.number) for row in rows]


def _is_wanted(kind: Listed) -> ColumnElement[bool]:
    table = tables.OBJECTS[kind]
    return table.c.gone_at.is_(None) & table.c.detailed_version.is_distinct_from(table.c.version)
