"""One-off invoices: made as a draft, compared to the cent, and only then opened."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from zoho_pipeline.circletel.rows import Invoice, Row
from zoho_pipeline.entities import Entity
from zoho_pipeline.mapping.invoices import has_gone_out, map_invoice
from zoho_pipeline.mapping.mapped import Mapped
from zoho_pipeline.mirror.lookup import customers_by_id, invoices_like
from zoho_pipeline.mirror.objects import MirrorInvoice
from zoho_pipeline.mirror.reading import mirror_invoice
from zoho_pipeline.money import ZERO, rand
from zoho_pipeline.states import State
from zoho_pipeline.sync.attempts import made_by_us
from zoho_pipeline.sync.deciding import decide_linked, decide_unlinked, unless_held
from zoho_pipeline.sync.decisions import (
    Adopt,
    Ask,
    Create,
    Decision,
    Hold,
    Instead,
    Open,
    Question,
    Record,
    Send,
)
from zoho_pipeline.sync.holders import holders_of
from zoho_pipeline.sync.kinds.kind import Desk, HalfDone, NotAsMapped, Sent
from zoho_pipeline.sync.kinds.parents import linked_customer
from zoho_pipeline.sync.matching import Match, Unclear, match_invoice
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import NotInZoho, ZohoError
from zoho_pipeline.zoho.models import ZohoInvoice
from zoho_pipeline.zoho.ports import About


class Invoices:
    """The kind of CircleTel's one-off invoices."""

    entity = Entity.INVOICES
    mirrors = (Entity.CUSTOMERS, Entity.INVOICES)

    def missing_parents(self, rows: Sequence[Row]) -> dict[Entity, list[str]]:
        missing = {row.customer_id for row in rows if isinstance(row, Invoice) and not row.customer_zoho_id}
        return {Entity.CUSTOMERS: sorted(missing)}

    def decide(self, desk: Desk, rows: Sequence[Row]) -> dict[str, Decision]:
        mine = [row for row in rows if isinstance(row, Invoice)]
        customer_ids = {row.customer_zoho_id for row in mine if row.customer_zoho_id}
        customers = customers_by_id(desk.connection, customer_ids)
        objects = invoices_like(desk.connection, [row.id for row in mine], [row.number for row in mine], customer_ids)
        holders = holders_of(desk.connection, self.entity, [found.zoho_id for found in objects])
        by_id = {found.zoho_id: found for found in objects}
        left_undone = made_by_us(desk.connection, self.entity, by_id)

        def mapped(row: Invoice) -> Mapped:
            return map_invoice(row, linked_customer(row.customer_zoho_id, customers), desk.catalogue.tax_ids)

        def plan(row: Invoice) -> Create:
            return Create(
                mapped(row),
                moves=row.total_amount,
                then_open=has_gone_out(row),
                total=row.total_amount,
                tax=row.tax_amount,
            )

        def find(row: Invoice) -> Match:
            match = match_invoice(row, [found for found in objects if _concerns(row, found)], holders)
            if isinstance(match, Unclear):
                raise Instead(_detail_of(match.zoho_id))
            return match

        def decide(row: Invoice) -> Decision:
            record = desk.record(row)
            if zoho_id := row.sync.zoho_id:
                held = by_id.get(zoho_id)
                broke_off = record.state is State.FAILED and zoho_id in left_undone
                return decide_linked(
                    row,
                    record,
                    lambda: _change(row, held, record, mapped(row), broke_off),
                    unfinished=held is not None and held.status == "draft" and (has_gone_out(row) or broke_off),
                )
            decision = decide_unlinked(row, record, desk.moment, find=lambda: find(row), plan=lambda: plan(row))
            if isinstance(decision, Adopt) and by_id[decision.zoho_id].status == "draft" and has_gone_out(row):
                zoho_id = decision.zoho_id
                return unless_held(lambda: _finish(row, zoho_id, mapped(row)))
            return decision

        return {row.id: decide(row) for row in mine}

    def send(self, client: ZohoBilling, row: Row, decision: Send, about: About) -> Sent:
        match decision:
            case Create(mapped):
                made = client.create_invoice(mapped.payload, about)
                if made.number != mapped.payload["invoice_number"]:
                    trouble = f"Zoho gave it the number {made.number}, so it was left a draft"
                    return Sent(mirror_invoice(made), key_kept=False, trouble=trouble)
                try:
                    _take_back_unless_equal(client, made, decision, about)
                    if decision.then_open:
                        client.open_invoice(made.id, about)
                except ZohoError as error:
                    raise HalfDone(mirror_invoice(made), error) from error
                return Sent(_as_it_stands(made, decision.then_open))
            case Open(zoho_id, _, _, tax):
                draft = client.get_invoice(zoho_id, about)
                if draft.status == "draft" and decision.ours:
                    _take_back_unless_equal(client, draft, decision, about)
                elif draft.tax_total not in (None, tax):
                    raise NotAsMapped(
                        f"the draft in Zoho has VAT {rand(draft.tax_total or ZERO)} and CircleTel's {rand(tax)}",
                        "Correct the draft in Zoho, and the next run opens it; or delete it there and clear the "
                        "row's Zoho id, and the next run makes it anew.",
                    )
                opens = draft.status == "draft" and decision.then_open
                if opens:
                    client.open_invoice(zoho_id, about)
                return Sent(_as_it_stands(draft, opens))
        raise AssertionError(f"an invoice is never sent by {type(decision).__name__}")


def _detail_of(zoho_id: str) -> Ask:
    return Ask(
        Question.DETAIL_OF_INVOICE,
        zoho_id,
        otherwise=Hold(
            State.PARKED,
            f"invoice {zoho_id} in Zoho has the same customer, date and total",
            "See in Zoho whether it is the same debt: link the row to it, or delete it there.",
        ),
    )


def _change(
    row: Invoice, found: MirrorInvoice | None, record: Record, content: Mapped, broke_off: bool
) -> Open | Hold | None:
    """What to do about a linked invoice that changed or is unfinished: an issued one is never changed, only opened."""
    if found is None:
        return Hold(
            State.PARKED,
            f"its invoice {row.sync.zoho_id} is no longer in Zoho",
            "Find out there what became of it: link the row to the right one, or clear its Zoho id to make it anew.",
        )
    same_content = record.fingerprint in (None, content.fingerprint)
    if found.status == "draft" and broke_off and same_content:
        return _finish(row, found.zoho_id, content, ours=True)
    same_money = found.total == row.total_amount
    if found.status == "draft" and same_money and has_gone_out(row):
        return _finish(row, found.zoho_id, content)
    if same_money and same_content:
        return None
    return Hold(
        State.PARKED,
        "its content changed in CircleTel after it was sent",
        "Compare both; what was issued is corrected by a credit note, never by changing the invoice.",
    )


def _finish(row: Invoice, zoho_id: str, content: Mapped, *, ours: bool = False) -> Open:
    return Open(zoho_id, content, row.total_amount, row.tax_amount, then_open=has_gone_out(row), ours=ours)


def _concerns(row: Invoice, found: MirrorInvoice) -> bool:
    same_customer = found.customer_zoho_id == row.customer_zoho_id
    return same_customer or found.circletel_id == row.id or found.number == row.number


def _take_back_unless_equal(client: ZohoBilling, made: ZohoInvoice, wanted: Create | Open, about: About) -> None:
    """Delete the draft again if its total or VAT is not CircleTel's.

    Raises:
        NotAsMapped: after it was deleted.
    """
    tax = made.tax_total
    if tax is None:
        tax = client.get_invoice(made.id, about).tax_total
    if made.total == wanted.total and tax == wanted.tax:
        return
    with suppress(NotInZoho):
        client.delete_invoice(made.id, about)
    zohos = f"{rand(made.total)} with VAT {'unknown' if tax is None else rand(tax)}"
    ours = f"{rand(wanted.total or ZERO)} with VAT {rand(wanted.tax or ZERO)}"
    raise NotAsMapped(
        f"Zoho made {zohos} of CircleTel's {ours}; the draft was deleted again",
        "Correct the invoice's lines or VAT in CircleTel, or the tax in Zoho's settings.",
        taken_back=made.id,
    )


def _as_it_stands(found: ZohoInvoice, opened: bool) -> MirrorInvoice:
    kept = mirror_invoice(found)
    return replace(kept, status="sent") if opened else kept
