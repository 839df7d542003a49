"""Draft invoices in Zoho: made, changed and finished, each compared to the cent before it is opened."""

from contextlib import suppress
from dataclasses import replace

from zoho_pipeline.mirror.objects import MirrorInvoice
from zoho_pipeline.mirror.reading import mirror_invoice
from zoho_pipeline.money import ZERO, rand
from zoho_pipeline.sync.decisions import Create, Open, Update
from zoho_pipeline.sync.kinds.kind import HalfDone, NotAsMapped, Sent
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import NotInZoho, ZohoError
from zoho_pipeline.zoho.models import ZohoInvoice
from zoho_pipeline.zoho.ports import About


def make(client: ZohoBilling, wanted: Create, about: About) -> Sent:
    """Make the draft, and open it if CircleTel's invoice has gone out."""
    made = client.create_invoice(wanted.mapped.payload, about)
    if made.number != wanted.mapped.payload["invoice_number"]:
        trouble = f"Zoho gave it the number {made.number}, so it was left a draft"
        return Sent(mirror_invoice(made), key_kept=False, trouble=trouble)
    return _compared_and_opened(client, made, wanted, about)


def redraft(client: ZohoBilling, wanted: Update, about: About) -> Sent:
    """Give a draft of ours its new content; sent twice it ends the same.

    One that somebody has issued since it was listed is left as it is: that is corrected by a credit note.
    """
    found = client.get_invoice(wanted.zoho_id, about)
    if found.status != "draft":
        trouble = None
        if not _agrees(found, wanted):
            trouble = "its content changed in CircleTel, but by then it had been issued in Zoho"
        return Sent(mirror_invoice(found), trouble=trouble)
    changed = client.update_invoice(wanted.zoho_id, wanted.mapped.payload, about)
    return _compared_and_opened(client, changed, wanted, about)


def finish(client: ZohoBilling, wanted: Open, about: About) -> Sent:
    """See that a draft is right (a wrong one of ours is deleted), and open it if CircleTel's invoice has gone out."""
    draft = client.get_invoice(wanted.zoho_id, about)
    if draft.status == "draft" and wanted.ours:
        _take_back_unless_equal(client, draft, wanted, about)
    elif draft.tax_total not in (None, wanted.tax):
        raise NotAsMapped(
            f"the draft in Zoho has VAT {rand(draft.tax_total or ZERO)} and CircleTel's {rand(wanted.tax)}",
            "Correct the draft in Zoho, and the next run opens it; or delete it there and clear the "
            "row's Zoho id, and the next run makes it anew.",
        )
    opens = draft.status == "draft" and wanted.then_open
    if opens:
        client.open_invoice(wanted.zoho_id, about)
    return Sent(_as_it_stands(draft, opens))


def _compared_and_opened(client: ZohoBilling, made: ZohoInvoice, wanted: Create | Update, about: About) -> Sent:
    """Raises HalfDone: when what comes after making or changing it fails, so that the next run finishes it."""
    try:
        _take_back_unless_equal(client, made, wanted, about)
        if wanted.then_open:
            client.open_invoice(made.id, about)
    except ZohoError as error:
        raise HalfDone(mirror_invoice(made), error) from error
    return Sent(_as_it_stands(made, wanted.then_open))


def _take_back_unless_equal(
    client: ZohoBilling, made: ZohoInvoice, wanted: Create | Update | Open, about: About
) -> None:
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


def _agrees(found: ZohoInvoice, wanted: Update) -> bool:
    """Whether the invoice is CircleTel's as it is now: number, customer, dates, total and VAT."""
    of = wanted.mapped.payload
    return (found.number, found.customer_id, str(found.date), str(found.due_date), found.total, found.tax_total) == (
        of["invoice_number"], of["customer_id"], of["date"], of["due_date"], wanted.total, wanted.tax,
    )  # fmt: skip


def _as_it_stands(found: ZohoInvoice, opened: bool) -> MirrorInvoice:
    kept = mirror_invoice(found)
    return replace(kept, status="sent") if opened else kept
