"""Customers: the rules."""

from __future__ import annotations

from zoho_pipeline.sandbox.zoho import customfields
from zoho_pipeline.sandbox.zoho.errors import ZohoError, does_not_exist, refused
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Customer
from zoho_pipeline.sandbox.zoho.values import Body, email, nested, required_text, text, texts, whole

KIND = "customers"
PLAIN_FIELDS = (
    "salutation", "first_name", "last_name", "company_name", "phone", "mobile", "website", "department",
    "designation", "twitter", "facebook", "skype", "notes", "gst_no", "gst_treatment", "tax_reg_no",
    "tds_tax_id", "tax_treatment", "tax_regime", "place_of_contact", "vat_treatment", "vat_reg_no",
    "zcrm_account_id", "zcrm_contact_id",
)  # fmt: skip
ADDRESS_FIELDS = ("attention", "street", "city", "state", "zip", "country", "state_code", "fax")
LIVING = ("live", "trial", "future", "non_renewing", "dunning", "unpaid", "paused")


def create(org: Organisation, body: Body) -> Customer:
    """A new customer. Names and addresses may repeat unless the organisation forbids duplicate names."""
    name, address = required_text(body, "display_name"), email(body)
    _refuse_duplicate_name(org, name, "")
    now = org.clock.now()
    customer = Customer(org.new_id(), org.new_number("CUS-", 5), name, address, now, now)
    _take_over(org, customer, body)
    org.add(customer)
    org.happened("customer_created", KIND, customer.id)
    return customer


def update(org: Organisation, customer_id: str, body: Body) -> Customer:
    """Change the fields that the body carries."""
    customer: Customer = org.find(org.customers, customer_id)
    whole_body = not org.behaviour.partial_updates
    if whole_body or "display_name" in body:
        name = required_text(body, "display_name")
        _refuse_duplicate_name(org, name, customer.id)
        customer.display_name = name
    if whole_body or "email" in body:
        customer.email = email(body)
    _take_over(org, customer, body)
    org.changed(customer)
    return customer


def delete(org: Organisation, customer_id: str) -> Customer:
    """Delete a customer without subscriptions, invoices or payments."""
    customer: Customer = org.find(org.customers, customer_id)
    owned = (org.subscriptions, org.invoices, org.payments, org.creditnotes)
    if any(collection.where("customer", customer.id) for collection in owned):
        raise refused("Customers with transactions cannot be deleted.")
    org.remove(customer)
    return customer


def mark(org: Organisation, customer_id: str, status: str) -> Customer:
    """Active or inactive; documented: inactive only without an active subscription."""
    customer: Customer = org.find(org.customers, customer_id)
    subscriptions = org.subscriptions.where("customer", customer.id)
    if status == "inactive" and any(subscription.status in LIVING for subscription in subscriptions):
        raise refused("A customer with active subscriptions cannot be marked as inactive.")
    customer.status = status
    org.changed(customer)
    return customer


def by_reference(org: Organisation, reference_id: str) -> Customer:
    """The customer linked to this contact or account of Zoho CRM."""
    for customer in org.customers:
        if reference_id in (customer.texts.get("zcrm_account_id"), customer.texts.get("zcrm_contact_id")):
            return customer
    raise does_not_exist("Customer")


def merge(org: Organisation, from_id: str, into_id: str) -> Customer:
    """As a person does in Zoho's page: the first one's documents move to the second; the first vanishes."""
    gone: Customer = org.find(org.customers, from_id)
    kept: Customer = org.find(org.customers, into_id)
    for collection in (org.subscriptions, org.invoices, org.payments, org.creditnotes, org.refunds):
        for record in collection.where("customer", gone.id):
            record.customer_id = kept.id
            org.changed(record)
    org.remove(gone)
    org.changed(kept)
    return kept


def _take_over(org: Organisation, customer: Customer, body: Body) -> None:
    customer.texts.update(texts(body, PLAIN_FIELDS))
    for kind in ("billing_address", "shipping_address"):
        if kind in body:
            setattr(customer, kind, texts(nested(body, kind), ADDRESS_FIELDS))
    customer.currency_code = text(body, "currency_code") or customer.currency_code
    customer.payment_terms = whole(body, "payment_terms", customer.payment_terms)
    customer.payment_terms_label = text(body, "payment_terms_label") or terms_label(customer.payment_terms)
    customer.custom = customfields.read(body, KIND, customer.custom, org.behaviour)


def terms_label(days: int) -> str:
    """Zoho's words for payment terms."""
    return f"Net {days}" if days else "Due on receipt"


def _refuse_duplicate_name(org: Organisation, name: str, own_id: str) -> None:
    if not org.behaviour.forbids_duplicate_names:
        return
    if any(other.id != own_id for other in org.customers.where("name", name.lower())):
        raise ZohoError(f'The customer "{name}" already exists. Please specify a different name.', 3062)
