"""Invoices: the rules. Applying payments and credits is in balances.py."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from zoho_pipeline.sandbox.zoho import balances, customfields, lines
from zoho_pipeline.sandbox.zoho.customers import terms_label
from zoho_pipeline.sandbox.zoho.errors import ZohoError, missing, refused
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Customer, Invoice, Line
from zoho_pipeline.sandbox.zoho.values import (
    Body,
    day,
    flag,
    number,
    required_day,
    required_text,
    text,
    texts,
    whole,
)

KIND = "invoices"
PLAIN_FIELDS = (
    "reference_number",
    "notes",
    "terms",
    "salesperson_name",
    "adjustment_description",
    "place_of_supply",
)


def create(org: Organisation, body: Body, *, send: bool, own_number: bool) -> Invoice:
    """A new invoice: a draft, unless it is sent at once (which opens and mails it)."""
    customer: Customer = org.referenced(org.customers, required_text(body, "customer_id"))
    dated = required_day(body, "date")
    read = lines.read(org, body, "invoice_items")
    now = org.clock.now()
    invoice = Invoice(
        org.new_id(),
        _number(org, body, own_number, ""),
        customer.id,
        dated,
        dated,
        read,
        now,
        now,
        payment_terms=customer.payment_terms,
    )
    _take_over(org, invoice, body)
    org.add(invoice)
    org.happened("invoice_created", KIND, invoice.id)
    if send:
        _open(org, invoice)
        mail(org, invoice, [customer.email], "send=true")
    return invoice


def update(org: Organisation, invoice_id: str, body: Body, *, own_number: bool) -> Invoice:
    """Change a draft; lines that the body leaves out of invoice_items are deleted (documented)."""
    invoice: Invoice = org.find(org.invoices, invoice_id)
    if org.behaviour.only_drafts_editable and invoice.state != "draft":
        raise refused("Only draft invoices can be edited.")
    if text(body, "customer_id"):
        invoice.customer_id = org.referenced(org.customers, text(body, "customer_id")).id
    if "invoice_items" in body:
        invoice.lines = lines.read(org, body, "invoice_items")
    if "date" in body:
        invoice.date = required_day(body, "date")
    if text(body, "invoice_number"):
        invoice.number = _number(org, body, own_number, invoice.number)
    _take_over(org, invoice, body)
    org.changed(invoice)
    return invoice


def raise_for_subscription(
    org: Organisation,
    customer_id: str,
    subscription_id: str,
    dated: date,
    charged: list[Line],
    inclusive: bool,
    transaction_type: str,
    payment_terms: int,
) -> Invoice:
    """An invoice that Zoho raises by itself: numbered by Zoho and open at once."""
    now = org.clock.now()
    due = dated + timedelta(days=payment_terms)
    invoice = Invoice(
        org.new_id(),
        _next_number(org),
        customer_id,
        dated,
        due,
        charged,
        now,
        now,
        inclusive=inclusive,
        payment_terms=payment_terms,
        payment_terms_label=terms_label(payment_terms),
        subscription_id=subscription_id,
        transaction_type=transaction_type,
    )
    _sum_up(org, invoice)
    org.add(invoice)
    _open(org, invoice)
    org.happened("invoice_created", KIND, invoice.id)
    if org.behaviour.mail_subscription_invoices:
        customer: Customer = org.find(org.customers, customer_id)
        mail(org, invoice, [customer.email], "invoices of subscriptions are mailed")
    return invoice


def delete(org: Organisation, invoice_id: str) -> Invoice:
    """Documented: not with payments or credits applied. Its number is free again."""
    invoice: Invoice = org.find(org.invoices, invoice_id)
    if invoice.payments or invoice.credits:
        raise refused("Invoices which have payments or credits applied cannot be deleted.")
    if org.behaviour.only_drafts_deletable and invoice.state != "draft":
        raise refused("Only draft invoices can be deleted.")
    org.remove(invoice)
    return invoice


def convert_to_open(org: Organisation, invoice_id: str) -> Invoice:
    """Issue a draft without mailing it."""
    invoice: Invoice = org.find(org.invoices, invoice_id)
    if invoice.state == "void" or (invoice.state == "open" and not org.behaviour.repeated_actions_succeed):
        raise refused("Only draft invoices can be converted to open.")
    if invoice.state == "draft":
        _open(org, invoice)
    return invoice


def void(org: Organisation, invoice_id: str) -> Invoice:
    """Documented: its payments and credits become the customer's credit."""
    invoice: Invoice = org.find(org.invoices, invoice_id)
    if invoice.state == "void" and not org.behaviour.repeated_actions_succeed:
        raise refused("The invoice is void already.")
    balances.release_invoice(org, invoice)
    invoice.state = "void"
    org.changed(invoice)
    org.happened("invoice_voided", KIND, invoice.id)
    return invoice


def write_off(org: Organisation, invoice_id: str) -> Invoice:
    """Give up what is still owed."""
    invoice: Invoice = org.find(org.invoices, invoice_id)
    if invoice.state != "open" or invoice.balance <= 0:
        raise refused("Only invoices with a balance due can be written off.")
    invoice.write_off += invoice.balance
    org.changed(invoice)
    return invoice


def cancel_write_off(org: Organisation, invoice_id: str) -> Invoice:
    """Owe it again."""
    invoice: Invoice = org.find(org.invoices, invoice_id)
    if not invoice.write_off:
        raise refused("The invoice has not been written off.")
    invoice.write_off = Decimal("0.00")
    org.changed(invoice)
    return invoice


def email(org: Organisation, invoice_id: str, body: Body) -> Invoice:
    """Mail it to these addresses."""
    invoice: Invoice = org.find(org.invoices, invoice_id)
    to = body.get("to_mail_ids")
    if not isinstance(to, list) or not to:
        raise missing("to_mail_ids")
    required_text(body, "subject")
    required_text(body, "body")
    if invoice.state == "draft" and org.behaviour.emailing_opens_draft:
        _open(org, invoice)
    mail(org, invoice, [str(address) for address in to], "POST /email")
    return invoice


def set_custom_fields(org: Organisation, invoice_id: str, body: Body) -> Invoice:
    """Change custom fields, of issued invoices too."""
    invoice: Invoice = org.find(org.invoices, invoice_id)
    if "custom_fields" not in body:
        raise missing("custom_fields")
    invoice.custom = customfields.read(body, KIND, invoice.custom, org.behaviour)
    org.changed(invoice)
    return invoice


def status(org: Organisation, invoice: Invoice) -> str:
    """What Zoho shows. Documented: past its due date unpaid is overdue, partly paid stays partially_paid."""
    if invoice.state != "open":
        return invoice.state
    if invoice.balance <= 0:
        return "paid"
    if invoice.payments or invoice.credits:
        return "partially_paid"
    return "overdue" if invoice.due_date < org.clock.today() else "sent"


def mail(org: Organisation, invoice: Invoice, to: list[str], why: str) -> None:
    """Record that the invoice was mailed."""
    invoice.emailed = True
    org.changed(invoice)
    org.mail("invoice", to, KIND, invoice.id, why)


def _open(org: Organisation, invoice: Invoice) -> None:
    invoice.state = "open"
    org.changed(invoice)
    org.plan_for(invoice.due_date + timedelta(days=1), "overdue", invoice.id)


def _take_over(org: Organisation, invoice: Invoice, body: Body) -> None:
    invoice.payment_terms = whole(body, "payment_terms", invoice.payment_terms)
    invoice.payment_terms_label = text(body, "payment_terms_label") or terms_label(invoice.payment_terms)
    invoice.due_date = day(body, "due_date") or invoice.date + timedelta(days=invoice.payment_terms)
    invoice.inclusive = flag(body, "is_inclusive_tax", invoice.inclusive)
    given = number(body, "shipping_charge")
    invoice.shipping_charge = invoice.shipping_charge if given is None else given
    given = number(body, "adjustment")
    invoice.adjustment = invoice.adjustment if given is None else given
    invoice.texts.update(texts(body, PLAIN_FIELDS))
    invoice.custom = customfields.read(body, KIND, invoice.custom, org.behaviour)
    _sum_up(org, invoice)


def _sum_up(org: Organisation, invoice: Invoice) -> None:
    totals = lines.sums(org, invoice.lines, invoice.inclusive)
    total = totals.total + invoice.shipping_charge + invoice.adjustment
    if total < 0:
        raise refused("The total of an invoice cannot be negative.")
    invoice.sub_total, invoice.tax_total, invoice.taxes = totals.sub_total, totals.tax_total, totals.taxes
    invoice.total = total


def _number(org: Organisation, body: Body, own_number: bool, current: str) -> str:
    """The invoice's number: its own where that is wanted, otherwise Zoho's next."""
    own = text(body, "invoice_number")
    policy = org.behaviour.own_number_without_flag
    if own and not own_number and policy == "refused":
        raise refused("An own invoice number needs ignore_auto_number_generation.")
    if not own or not (own_number or policy == "kept"):
        return current or _next_number(org)
    if own != current and _taken(org, own):
        raise ZohoError(f"Invoice number {own} already exists.", 1001)
    return own


def _next_number(org: Organisation) -> str:
    number_ = org.new_number("INV-", 6)
    while _taken(org, number_):
        number_ = org.new_number("INV-", 6)
    return number_


def _taken(org: Organisation, number_: str) -> bool:
    return bool(org.invoices.where("number", number_.lower()))
