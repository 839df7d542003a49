"""Credit notes and the refunds against them: the rules."""

from __future__ import annotations

from decimal import Decimal

from zoho_pipeline.sandbox.zoho import balances, customfields, lines
from zoho_pipeline.sandbox.zoho.errors import invalid, missing, refused
from zoho_pipeline.sandbox.zoho.money import cents
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Amounts, CreditNote, Customer, Invoice, Line, Refund
from zoho_pipeline.sandbox.zoho.values import (
    Body,
    flag,
    required_day,
    required_number,
    required_text,
    rows,
    text,
    texts,
)

KIND = "creditnotes"


def create(org: Organisation, body: Body) -> CreditNote:
    """A new credit note, open at once. Line prices exclude tax."""
    customer: Customer = org.referenced(org.customers, required_text(body, "customer_id"))
    dated = required_day(body, "date")
    read = lines.read(org, body, "creditnote_items")
    own = text(body, "creditnote_number") if flag(body, "ignore_auto_number_generation") else ""
    if own and org.creditnotes.where("number", own.lower()):
        raise refused(f"Credit note number {own} already exists.")
    now = org.clock.now()
    note = CreditNote(
        org.new_id(),
        own or org.new_number("CN-", 5),
        customer.id,
        dated,
        read,
        now,
        now,
        reference_number=text(body, "reference_number"),
        texts=texts(body, ("notes", "terms")),
        custom=customfields.read(body, KIND, {}, org.behaviour),
    )
    return _kept(org, note)


def raise_over(org: Organisation, customer_id: str, amount: Decimal, why: str) -> CreditNote:
    """A credit note that Zoho makes by itself, without tax."""
    now = org.clock.now()
    line = Line(org.new_id(), why, amount, Decimal(1), amount)
    note = CreditNote(org.new_id(), org.new_number("CN-", 5), customer_id, now.date(), [line], now, now)
    return _kept(org, note)


def _kept(org: Organisation, note: CreditNote) -> CreditNote:
    totals = lines.sums(org, note.lines, inclusive=False)
    note.sub_total, note.tax_total, note.taxes = totals.sub_total, totals.tax_total, totals.taxes
    note.total = totals.total
    org.add(note)
    org.happened("creditnote_created", KIND, note.id)
    return note


def delete(org: Organisation, note_id: str) -> CreditNote:
    """Delete a credit note that nothing was done with."""
    note: CreditNote = org.find(org.creditnotes, note_id)
    _untouched(note, "deleted")
    org.remove(note)
    return note


def void(org: Organisation, note_id: str) -> CreditNote:
    """Void a credit note that nothing was done with."""
    note: CreditNote = org.find(org.creditnotes, note_id)
    _untouched(note, "voided")
    note.state = "void"
    org.changed(note)
    return note


def convert_to_open(org: Organisation, note_id: str) -> CreditNote:
    """Open a void one again."""
    note: CreditNote = org.find(org.creditnotes, note_id)
    note.state = "open"
    org.changed(note)
    return note


def email(org: Organisation, note_id: str, body: Body) -> CreditNote:
    """Mail it to these addresses."""
    note: CreditNote = org.find(org.creditnotes, note_id)
    to = body.get("to_mail_ids")
    if not isinstance(to, list) or not to:
        raise missing("to_mail_ids")
    org.mail("credit note", [str(address) for address in to], KIND, note.id, "POST /email")
    return note


def apply(org: Organisation, note_id: str, body: Body) -> Amounts:
    """Cover invoices with it; the answer is what was applied."""
    note: CreditNote = org.find(org.creditnotes, note_id)
    if "invoices" not in body:
        raise missing("invoices")
    applications = balances.read_applications(org, body, note.customer_id)
    balances.apply_credit(org, note, applications)
    return applications


def apply_to_invoice(org: Organisation, invoice_id: str, body: Body) -> list[tuple[CreditNote, Decimal]]:
    """Cover one invoice with several credit notes."""
    invoice: Invoice = org.find(org.invoices, invoice_id)
    if "apply_creditnotes" not in body:
        raise missing("apply_creditnotes")
    wanted: list[tuple[CreditNote, Decimal]] = []
    for row in rows(body, "apply_creditnotes"):
        note: CreditNote = org.referenced(org.creditnotes, required_text(row, "creditnote_id"))
        wanted.append((note, cents(required_number(row, "amount_applied"))))
    # All or nothing: the whole is checked before the first is applied.
    together = [{"invoice_id": invoice.id, "amount_applied": amount} for _, amount in wanted]
    balances.read_applications(org, {"invoices": together}, invoice.customer_id)
    if any(note.customer_id != invoice.customer_id or amount > note.balance for note, amount in wanted):
        raise refused("The amount to be applied is more than the credits available.")
    for note, amount in wanted:
        balances.apply_credit(org, note, {invoice.id: amount})
    return wanted


def refund(org: Organisation, note_id: str, body: Body) -> Refund:
    """Give (part of) its balance back."""
    note: CreditNote = org.find(org.creditnotes, note_id)
    amount = cents(required_number(body, "amount"))
    if amount <= 0:
        raise invalid("amount")
    if amount > note.balance:
        raise refused("The refund is more than the balance of the credit note.")
    return give_back(org, note, amount, text(body, "description"), "")


def give_back(org: Organisation, note: CreditNote, amount: Decimal, description: str, payment_id: str) -> Refund:
    """Record a refund against a credit note."""
    now = org.clock.now()
    made = Refund(org.new_id(), note.customer_id, note.id, amount, now.date(), now, now, payment_id, description)
    note.refunded += amount
    org.add(made)
    org.changed(note)
    org.happened("payment_refunded", "refunds", made.id)
    return made


def _untouched(note: CreditNote, what: str) -> None:
    if note.applied or note.refunded:
        raise refused(f"Credit notes with credits applied or refunded cannot be {what}.")
