"""Customers as answers show them."""

from __future__ import annotations

from typing import Any

from zoho_pipeline.sandbox.zoho import customfields
from zoho_pipeline.sandbox.zoho.clock import timestamp
from zoho_pipeline.sandbox.zoho.customers import ADDRESS_FIELDS, KIND
from zoho_pipeline.sandbox.zoho.money import json_number
from zoho_pipeline.sandbox.zoho.organisation import CURRENCY_ID, CURRENCY_SYMBOL, Organisation
from zoho_pipeline.sandbox.zoho.records import Customer

_ROW_FIELDS = ("salutation", "first_name", "last_name", "company_name", "phone", "mobile", "website",
               "department", "designation")  # fmt: skip
_DETAIL_FIELDS = (*_ROW_FIELDS, "twitter", "facebook", "skype", "notes", "zcrm_account_id", "zcrm_contact_id")
_ONLY_IF_SET = ("gst_no", "gst_treatment", "tax_reg_no", "tds_tax_id", "tax_treatment", "tax_regime",
                "place_of_contact", "vat_treatment", "vat_reg_no")  # fmt: skip


def detail(org: Organisation, customer: Customer) -> dict[str, Any]:
    """One customer in full."""
    shown = {
        **_common(org, customer, _DETAIL_FIELDS),
        **{name: customer.texts[name] for name in _ONLY_IF_SET if name in customer.texts},
        "status": customer.status,
        "billing_address": address(customer.billing_address),
        "shipping_address": address(customer.shipping_address),
        "currency_id": CURRENCY_ID,
        "currency_symbol": CURRENCY_SYMBOL,
        "ach_supported": False,
        "is_portal_enabled": False,
        "price_precision": 2,
        "payment_terms": customer.payment_terms,
        "payment_terms_label": customer.payment_terms_label,
        "is_linked_with_zohocrm": False,
        "primary_contactperson_id": f"{int(customer.id) + 500_000_000_000}",
        "can_add_card": True,
        "can_add_bank_account": False,
        "source": "api",
        "tags": [],
        "default_templates": {"invoice_template_id": "", "creditnote_template_id": ""},
        "documents": [],
        "custom_fields": customfields.listed(customer.custom, KIND, org.behaviour),
    }
    if org.behaviour.has("customers.customer_number"):
        shown["customer_number"] = customer.number
    return shown


def row(org: Organisation, customer: Customer) -> dict[str, Any]:
    """One customer in a list: without addresses (seen live), custom fields flattened (seen live)."""
    shown = {
        **_common(org, customer, _ROW_FIELDS),
        "is_gapps_customer": False,
        "has_attachment": False,
        "tags": [],
        **customfields.flattened(customer.custom),
    }
    if org.behaviour.has("customers.rows.status"):
        shown["status"] = customer.status
    return shown


def address(given: dict[str, str]) -> dict[str, str]:
    """All parts of an address, blank where unknown."""
    return {name: given.get(name, "") for name in ADDRESS_FIELDS}


def _common(org: Organisation, customer: Customer, names: tuple[str, ...]) -> dict[str, Any]:
    outstanding, unused = org.position(customer.id)
    return {
        "customer_id": customer.id,
        "display_name": customer.display_name,
        "email": customer.email,
        **{name: customer.texts.get(name, "") for name in names},
        "currency_code": customer.currency_code,
        "outstanding": json_number(outstanding),
        "unused_credits": json_number(unused),
        "created_time": timestamp(customer.created),
        "updated_time": timestamp(customer.updated),
    }
