"""Products, plans, items, taxes and the organisation itself as answers show them."""

from __future__ import annotations

from typing import Any

from zoho_pipeline.sandbox.zoho.catalogue import ITEM_FIELDS, PLAN_FIELDS, PRODUCT_FIELDS
from zoho_pipeline.sandbox.zoho.clock import timestamp
from zoho_pipeline.sandbox.zoho.money import json_number
from zoho_pipeline.sandbox.zoho.organisation import CURRENCY_ID, CURRENCY_SYMBOL, Organisation, Tax
from zoho_pipeline.sandbox.zoho.records import Item, Plan, Product


def organisation(org: Organisation) -> dict[str, Any]:
    """The organisation; shape as in Zoho Books (assumed)."""
    return {
        "organization_id": org.id,
        "name": org.name,
        "is_default_org": True,
        "time_zone": "Africa/Johannesburg",
        "language_code": "en",
        "currency_id": CURRENCY_ID,
        "currency_code": "ZAR",
        "currency_symbol": CURRENCY_SYMBOL,
        "country": "South Africa",
    }


def tax(shown: Tax) -> dict[str, Any]:
    """A tax; shape as in Zoho Books (assumed)."""
    return {
        "tax_id": shown.id,
        "tax_name": shown.name,
        "tax_percentage": json_number(shown.percentage),
        "tax_type": "tax",
        "tax_specific_type": "",
        "is_default_tax": False,
        "is_value_added": True,
        "is_editable": True,
    }


def product(org: Organisation, shown: Product) -> dict[str, Any]:
    """A product, alike in detail and list."""
    return {
        "product_id": shown.id,
        "name": shown.name,
        **{name: shown.texts.get(name, "") for name in PRODUCT_FIELDS},
        "status": shown.status,
        "created_time": timestamp(shown.created),
        "updated_time": timestamp(shown.updated),
    }


def plan_row(org: Organisation, shown: Plan) -> dict[str, Any]:
    """A plan in a list."""
    row = {
        "plan_code": shown.id,
        "name": shown.name,
        "recurring_price": json_number(shown.recurring_price),
        "interval": shown.interval,
        "interval_unit": shown.interval_unit,
        "billing_cycles": shown.billing_cycles,
        "trial_period": shown.trial_period,
        "setup_fee": json_number(shown.setup_fee),
        "setup_fee_account_name": "",
        "product_id": shown.product_id,
        "tax_id": shown.tax_id,
        "status": shown.status,
        **{name: shown.texts.get(name, "") for name in PLAN_FIELDS},
        "item_tax_preferences": [],
        "addons": [],
        "created_time": timestamp(shown.created),
        "updated_time": timestamp(shown.updated),
    }
    if shown.tax_inclusive is not None:
        row["is_tax_inclusive"] = shown.tax_inclusive
    if org.behaviour.has("plans.plan_id"):
        row["plan_id"] = shown.plan_id
    return row


def plan(org: Organisation, shown: Plan) -> dict[str, Any]:
    """A plan in full."""
    return {
        **plan_row(org, shown),
        "account_id": "",
        "account_name": "Sales",
        "tags": [],
        "custom_fields": [],
        "url": f"https://billing.zoho.com/subscribe/{shown.plan_id}/{shown.id}",
    }


def item(org: Organisation, shown: Item) -> dict[str, Any]:
    """An item, alike in detail and list."""
    tax_of = org.tax(shown.tax_id)
    return {
        "item_id": shown.id,
        "name": shown.name,
        "status": shown.status,
        "rate": json_number(shown.rate),
        "tax_id": shown.tax_id,
        "tax_name": tax_of.name if tax_of else "",
        "tax_percentage": f"{tax_of.percentage}%" if tax_of else "",
        "tax_type": "tax" if tax_of else "",
        **{name: shown.texts.get(name, "") for name in ITEM_FIELDS},
        "item_tax_preferences": [],
        "custom_fields": [],
    }
