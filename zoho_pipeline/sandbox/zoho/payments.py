"""Payments and their refunds: the rules."""

from __future__ import annotations

from decimal import Decimal

from zoho_pipeline.sandbox.zoho import balances, creditnotes, customfields
from zoho_pipeline.sandbox.zoho.errors import invalid, missing, refused
from zoho_pipeline.sandbox.zoho.money import cents
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Amounts, Customer, Payment, Refund
from zoho_pipeline.sandbox.zoho.values import Body, day, number, required_number, required_text, text

KIND = "payments"
MODES = ("check", "cash", "creditcard", "banktransfer", "bankremittance", "autotransaction", "others")


def create(org: Organisation, body: Body) -> Payment:
    """A new payment; what no invoice takes is the customer's credit. The same one twice makes two."""
    customer: Customer = org.referenced(org.customers, required_text(body, "customer_id"))
    mode, amount = _mode(required_text(body, "payment_mode")), _amount(body)
    reference = _reference(org, body)
    applications = balances.read_applications(org, body, customer.id)
    _within(applications, amount)
    now = org.clock.now()
    payment = Payment(
        org.new_id(),
        org.new_number("", 1),
        customer.id,
        mode,
        amount,
        day(body, "date") or org.clock.today(),
        now,
        now,
        reference_number=reference,
        description=text(body, "description"),
        bank_charges=number(body, "bank_charges") or Decimal(0),
        custom=customfields.read(body, KIND, {}, org.behaviour),
    )
    org.add(payment)
    balances.apply_payment(org, payment, applications)
    org.changed(payment)
    org.happened("payment_thankyou", KIND, payment.id)
    if org.behaviour.mail_payment_receipts:
        org.mail("payment receipt", [customer.email], KIND, payment.id, "payments are thanked for by mail")
    return payment


def update(org: Organisation, payment_id: str, body: Body) -> Payment:
    """Change the fields that the body carries; `invoices` replaces what the payment covers."""
    payment: Payment = org.find(org.payments, payment_id)
    for field in () if org.behaviour.partial_updates else ("customer_id", "payment_mode", "amount", "invoices"):
        if field not in body:
            raise missing(field)
    amount = _amount(body) if "amount" in body else payment.amount
    mode = _mode(required_text(body, "payment_mode")) if "payment_mode" in body else payment.mode
    reference = _reference(org, body) if "reference_number" in body else payment.reference_number
    applications = dict(payment.applied)
    if "invoices" in body:
        applications = balances.read_applications(org, body, payment.customer_id, payment.applied)
    _within(applications, amount - payment.refunded_unused)
    payment.amount, payment.mode, payment.reference_number = amount, mode, reference
    payment.date = day(body, "date") or payment.date
    payment.description = text(body, "description", payment.description)
    payment.custom = customfields.read(body, KIND, payment.custom, org.behaviour)
    balances.apply_payment(org, payment, applications)
    org.changed(payment)
    return payment


def delete(org: Organisation, payment_id: str) -> Payment:
    """Delete a payment; its invoices owe again."""
    payment: Payment = org.find(org.payments, payment_id)
    if payment.refunded and not org.behaviour.refunded_payment_deletable:
        raise refused("Payments that were refunded cannot be deleted.")
    balances.release_payment(org, payment)
    org.remove(payment)
    return payment


def refund(org: Organisation, payment_id: str, body: Body) -> Refund:
    """Documented: a credit note is made over the amount, and the refund is made against it.

    Assumed: unapplied excess is given back first; invoices stay as they are.
    """
    payment: Payment = org.find(org.payments, payment_id)
    amount = _amount(body)
    if amount > payment.amount - payment.refunded:
        raise refused("The refund is more than the amount of the payment.")
    from_excess = min(amount, payment.unused)
    note = creditnotes.raise_over(org, payment.customer_id, amount, f"Refund of payment {payment.number}")
    made = creditnotes.give_back(org, note, amount, text(body, "description"), payment.id)
    payment.refunded += amount
    payment.refunded_unused += from_excess
    org.changed(payment)
    return made


def _amount(body: Body) -> Decimal:
    amount = cents(required_number(body, "amount"))
    if amount <= 0:
        raise invalid("amount")
    return amount


def _mode(given: str) -> str:
    if given not in MODES:
        raise invalid("payment_mode")
    return given


def _reference(org: Organisation, body: Body) -> str:
    reference = text(body, "reference_number")
    if len(reference) > org.behaviour.reference_number_maximum:
        raise invalid("reference_number")
    return reference


def _within(applications: Amounts, amount: Decimal) -> None:
    if sum(applications.values()) > amount:
        raise refused("The amount applied to the invoices is more than the payment.")
