"""From Zoho's answers to what the mirror keeps of them."""

from zoho_pipeline.mirror.objects import MirrorCustomer, MirrorInvoice, MirrorPayment, MirrorSubscription
from zoho_pipeline.zoho.models import ZohoCustomer, ZohoInvoice, ZohoPayment, ZohoSubscription

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
    )
