"""From Zoho's answers to what the mirror keeps of them."""

from datetime import UTC

from zoho_pipeline.clock import local_date
from zoho_pipeline.mirror.objects import (
    MirrorCreditNote,
    MirrorCustomer,
    MirrorInvoice,
    MirrorPayment,
    MirrorRefund,
    MirrorSubscription,
)
from zoho_pipeline.zoho.errors import UnexpectedAnswer
from zoho_pipeline.zoho.models import (
    ZohoCreditNote,
    ZohoCustomer,
    ZohoInvoice,
    ZohoPayment,
    ZohoSubscription,
    ZohoTransaction,
)

NOT_OF_A_SUBSCRIPTION = ""


def mirror_customer(found: ZohoCustomer) -> MirrorCustomer:
    """A customer, from a list row or a detail."""
    return MirrorCustomer(
        zoho_id=found.id,
        display_name=found.display_name,
        email=found.email,
        status=found.status,
        currency_code=found.currency_code,
        circletel_id=found.circletel_customer_id,
        account_number=found.account_number,
        outstanding=found.outstanding,
        unused_credits=found.unused_credits,
        created_on=None if found.created_time is None else local_date(found.created_time),
    )


def mirror_subscription(found: ZohoSubscription) -> MirrorSubscription:
    """A subscription, from a list row or a detail.

    Zoho bills from its start; where a row shows no start (list rows do not), from its activation or its first term.
    """
    return MirrorSubscription(
        zoho_id=found.id,
        customer_zoho_id=found.customer_id,
        status=found.status,
        plan_code=found.plan_code,
        amount=found.amount,
        reference_id=found.reference_id,
        circletel_id=found.circletel_service_id,
        billed_from=found.starts_at or found.activated_at or found.current_term_starts_at or found.next_billing_at,
        next_billing_on=found.next_billing_at,
        currency_code=found.currency_code,
        created_on=None if found.created_time is None else local_date(found.created_time),
    )


def mirror_invoice(found: ZohoInvoice) -> MirrorInvoice:
    """An invoice, from a list row or a detail; only a detail says which subscription raised it."""
    subscription = None
    if found.subscription_ids is not None or found.has_detail:
        subscription = next(iter(found.subscription_ids or ()), NOT_OF_A_SUBSCRIPTION)
    return MirrorInvoice(
        zoho_id=found.id,
        number=found.number,
        customer_zoho_id=found.customer_id,
        status=found.status,
        date=found.date,
        total=found.total,
        balance=found.balance,
        currency_code=found.currency_code,
        reference_number=found.reference_number,
        circletel_id=found.circletel_invoice_id,
        subscription_zoho_id=subscription,
        version=_version(found),
        detailed_version=_version(found) if found.has_detail else None,
        tax_total=found.tax_total,
        credits_applied=found.credits_applied,
        write_off=found.write_off,
    )


def mirror_payment(found: ZohoPayment) -> MirrorPayment:
    """A payment, from a list row or a detail."""
    return MirrorPayment(
        zoho_id=found.id,
        customer_zoho_id=found.customer_id,
        amount=found.amount,
        date=found.date,
        reference_number=found.reference_number,
        circletel_id=found.circletel_payment_id,
        currency_code=found.currency_code,
        unapplied=found.unapplied,
        refunded=found.amount_refunded,
    )


def mirror_credit_note(found: ZohoCreditNote) -> MirrorCreditNote:
    """A credit note, from a list row or a detail."""
    version = _version(found)
    return MirrorCreditNote(
        zoho_id=found.id,
        number=found.number,
        customer_zoho_id=found.customer_id,
        date=found.date,
        status=found.status,
        total=found.total,
        balance=found.balance,
        currency_code=found.currency_code,
        version=version,
        detailed_version=version if found.has_detail else None,
        tax_total=found.tax_total,
    )


def mirror_refund(found: ZohoTransaction) -> MirrorRefund:
    """A refund, from the list of transactions.

    Raises:
        UnexpectedAnswer: it has no date.
    """
    if found.date is None:
        raise UnexpectedAnswer(f"reading refund {found.transaction_id} from Zoho's answer", "date is missing")
    return MirrorRefund(found.transaction_id, found.customer_id, found.date, found.amount)


def _version(found: ZohoInvoice | ZohoCreditNote) -> str:
    """The moment of the last change; where a row does not say it, what it does say.

    The balance is part of it: whether money that is put on a document counts as a change of it is not documented.
    """
    if found.updated_time is None:
        return f"{found.status} {found.total} {found.balance}"
    return f"{found.updated_time.astimezone(UTC):%Y-%m-%dT%H:%M:%S} {found.total} {found.balance}"
