"""What Zoho Billing holds, as far as we use it: frozen values read from list rows and from details.

None means that the row does not say; list rows say less than details (no tax, no lines, no applied invoices). Personal
fields are left out of every repr. Reading fails with UnexpectedAnswer that names the object where a documented field is
missing or malformed.
"""

from zoho_pipeline.zoho.models.catalogue import ZohoOrganisation, ZohoPlan, ZohoTax
from zoho_pipeline.zoho.models.credit_notes import ZohoCreditNote
from zoho_pipeline.zoho.models.customers import ZohoCustomer
from zoho_pipeline.zoho.models.invoices import AppliedCredit, AppliedPayment, ZohoInvoice
from zoho_pipeline.zoho.models.payments import ZohoPayment, ZohoTransaction
from zoho_pipeline.zoho.models.subscriptions import ZohoSubscription

__all__ = [
    "AppliedCredit",
    "AppliedPayment",
    "ZohoCreditNote",
    "ZohoCustomer",
    "ZohoInvoice",
    "ZohoOrganisation",
    "ZohoPayment",
    "ZohoPlan",
    "ZohoSubscription",
    "ZohoTax",
    "ZohoTransaction",
]
