"""Looking objects up by CircleTel's keys: what settles a write whose answer was lost.

Zoho's filters are partly undocumented, and an ignored filter answers with everything. So each look-up reads its list to
the end and compares for itself: an empty result means that the object is not in the list, not that nothing matched on a
first page. (Whether lists lag behind writes is unknown: an empty answer right after a write is no proof.)
"""

from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.models import AppliedPayment, ZohoCustomer, ZohoInvoice, ZohoPayment, ZohoSubscription
from zoho_pipeline.zoho.ports import About


def find_customers(
    zoho: ZohoBilling, circletel_customer_id: str, about: About, *, email: str | None
) -> tuple[ZohoCustomer, ...]:
    """The customers that carry CircleTel's id; the e-mail narrows the list where that filter works."""
    return tuple(
        customer
        for page in zoho.customers(about, email=email or None)
        for customer in page.rows
        if customer.circletel_customer_id == circletel_customer_id
    )


def find_subscriptions(
    zoho: ZohoBilling, service_id: str, about: About, *, customer_id: str | None = None
) -> tuple[ZohoSubscription, ...]:
    """The subscriptions that carry the service's id, as reference or in CircleTel's custom field.

    CircleTel's app sets no reference: its own are found only among the subscriptions of `customer_id`.
    """
    narrowed = (
        zoho.subscriptions(about, customer_id=customer_id)
        if customer_id
        else zoho.subscriptions(about, reference_contains=service_id)
    )
    return tuple(
        subscription
        for page in narrowed
        for subscription in page.rows
        if service_id in (subscription.reference_id, subscription.circletel_service_id)
    )


def find_invoices(zoho: ZohoBilling, invoice_number: str, about: About) -> tuple[ZohoInvoice, ...]:
    """The invoices of exactly that number."""
    return tuple(
        invoice
        for page in zoho.invoices(about, invoice_number=invoice_number)
        for invoice in page.rows
        if invoice.number == invoice_number
    )


def find_payments(
    zoho: ZohoBilling, payment_id: str, about: About, *, customer_id: str | None = None
) -> tuple[ZohoPayment, ...]:
    """The payments that carry CircleTel's row id, inside their reference or in CircleTel's custom field."""
    return tuple(
        payment
        for page in zoho.payments(about, customer_id=customer_id)
        for payment in page.rows
        if payment.circletel_payment_id == payment_id or payment_id in (payment.reference_number or "")
    )


def payments_of_invoice(zoho: ZohoBilling, invoice_id: str, about: About) -> tuple[AppliedPayment, ...]:
    """What was paid on the invoice, by its detail: one call."""
    return zoho.get_invoice(invoice_id, about).payments or ()
