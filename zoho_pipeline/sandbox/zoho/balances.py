"""Money between documents: applying payments and credit notes to invoices, and taking that back."""

from __future__ import annotations

from decimal import Decimal

from zoho_pipeline.sandbox.zoho.errors import invalid, over_balance, refused
from zoho_pipeline.sandbox.zoho.money import cents
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Amounts, CreditNote, Invoice, Payment
from zoho_pipeline.sandbox.zoho.values import Body, required_number, required_text, rows


def read_applications(org: Organisation, body: Body, customer_id: str, freed: Amounts | None = None) -> Amounts:
    """Invoice id → amount of a body's `invoices`: the customer's own open ones, up to their balance.

    `freed` is what the same payment already covers, and would give back first.
    """
    wanted: Amounts = {}
    for row in rows(body, "invoices"):
        invoice_id = required_text(row, "invoice_id")
        amount = cents(required_number(row, "amount_applied"))
        if amount < 0:
            raise invalid("amount_applied")
        wanted[invoice_id] = wanted.get(invoice_id, Decimal("0.00")) + amount
    for invoice_id, amount in wanted.items():
        invoice: Invoice = org.referenced(org.invoices, invoice_id)
        _check(invoice, customer_id, amount, (freed or {}).get(invoice_id, Decimal("0.00")))
    return {invoice_id: amount for invoice_id, amount in wanted.items() if amount}


def _check(invoice: Invoice, customer_id: str, amount: Decimal, freed: Decimal) -> None:
    if invoice.customer_id != customer_id:
        raise refused("The invoice belongs to another customer.")
    if invoice.state != "open":
        raise refused(f"Amounts cannot be applied to an invoice that is {invoice.state}.")
    if amount > invoice.balance + freed:
        raise over_balance()


def apply_payment(org: Organisation, payment: Payment, applications: Amounts) -> None:
    """Cover invoices with a payment, in place of what it covered before."""
    release_payment(org, payment)
    for invoice_id, amount in applications.items():
        invoice: Invoice = org.find(org.invoices, invoice_id)
        invoice.payments[payment.id] = amount
        payment.applied[invoice_id] = amount
        org.changed(invoice)


def release_payment(org: Organisation, payment: Payment) -> None:
    """Take a payment off all its invoices."""
    for invoice_id in list(payment.applied):
        invoice: Invoice = org.find(org.invoices, invoice_id)
        del invoice.payments[payment.id], payment.applied[invoice_id]
        org.changed(invoice)


def apply_credit(org: Organisation, note: CreditNote, applications: Amounts) -> None:
    """Cover invoices with a credit note, beside what it covers already."""
    if sum(applications.values()) > note.balance:
        raise refused("The amount to be applied is more than the credits available.")
    for invoice_id, amount in applications.items():
        invoice: Invoice = org.find(org.invoices, invoice_id)
        invoice.credits[note.id] = invoice.credits.get(note.id, Decimal("0.00")) + amount
        note.applied[invoice_id] = note.applied.get(invoice_id, Decimal("0.00")) + amount
        org.changed(invoice)
    org.changed(note)


def release_invoice(org: Organisation, invoice: Invoice) -> None:
    """Take all payments and credits off an invoice; they become the customer's credit again."""
    for payment_id in list(invoice.payments):
        payment: Payment = org.find(org.payments, payment_id)
        del payment.applied[invoice.id], invoice.payments[payment_id]
        org.changed(payment)
    for note_id in list(invoice.credits):
        note: CreditNote = org.find(org.creditnotes, note_id)
        del note.applied[invoice.id], invoice.credits[note_id]
        org.changed(note)
