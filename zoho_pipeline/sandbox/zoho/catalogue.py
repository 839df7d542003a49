"""Products, plans and items: the rules."""

from __future__ import annotations

from typing import TypeVar

from zoho_pipeline.sandbox.zoho.errors import invalid, refused
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Item, Plan, Product
from zoho_pipeline.sandbox.zoho.values import (
    Body,
    flag,
    number,
    required_number,
    required_text,
    text,
    texts,
    whole,
)

PRODUCT_FIELDS = ("description", "email_ids", "redirect_url")
PLAN_FIELDS = (
    "description",
    "store_markup_description",
    "unit",
    "product_type",
    "hsn_or_sac",
    "setup_fee_account_id",
)
ITEM_FIELDS = ("description", "sku", "product_type", "hsn_or_sac", "unit")
INTERVAL_UNITS = ("days", "weeks", "months", "years")

M = TypeVar("M", Product, Plan, Item)


def create_product(org: Organisation, body: Body) -> Product:
    """A new product."""
    now = org.clock.now()
    product = Product(org.new_id(), required_text(body, "name"), now, now, texts=texts(body, PRODUCT_FIELDS))
    org.add(product)
    return product


def update_product(org: Organisation, product_id: str, body: Body) -> Product:
    """Change the fields that the body carries."""
    product: Product = org.find(org.products, product_id)
    product.name = text(body, "name") or product.name
    product.texts.update(texts(body, PRODUCT_FIELDS))
    org.changed(product)
    return product


def delete_product(org: Organisation, product_id: str) -> Product:
    """Delete a product without plans."""
    product: Product = org.find(org.products, product_id)
    if org.plans.where("product", product.id):
        raise refused("Products with plans cannot be deleted.")
    org.remove(product)
    return product


def create_plan(org: Organisation, body: Body) -> Plan:
    """A new plan under a product; its plan_code must not exist yet."""
    code, name = required_text(body, "plan_code"), required_text(body, "name")
    price = required_number(body, "recurring_price")
    product: Product = org.referenced(org.products, required_text(body, "product_id"))
    if org.plans.get(code):
        raise refused(f"The plan code '{code}' already exists.")
    now = org.clock.now()
    plan = Plan(code, org.new_id(), product.id, name, price, 1, "months", now, now)
    _take_plan_over(org, plan, body)
    org.add(plan)
    return plan


def update_plan(org: Organisation, plan_code: str, body: Body) -> Plan:
    """Change the fields that the body carries; documented: subscriptions keep their price."""
    plan: Plan = org.find(org.plans, plan_code)
    _take_plan_over(org, plan, body)
    org.changed(plan)
    return plan


def delete_plan(org: Organisation, plan_code: str) -> Plan:
    """Documented: only without transactions."""
    plan: Plan = org.find(org.plans, plan_code)
    if org.subscriptions.where("plan", plan.id):
        raise refused("Plans with subscriptions cannot be deleted.")
    org.remove(plan)
    return plan


def _take_plan_over(org: Organisation, plan: Plan, body: Body) -> None:
    plan.name = text(body, "name") or plan.name
    plan.recurring_price = _or(number(body, "recurring_price"), plan.recurring_price)
    plan.setup_fee = _or(number(body, "setup_fee"), plan.setup_fee)
    if plan.recurring_price < 0:
        raise invalid("recurring_price")
    plan.interval = whole(body, "interval", plan.interval)
    plan.interval_unit = text(body, "interval_unit") or plan.interval_unit
    if plan.interval < 1 or plan.interval_unit not in INTERVAL_UNITS:
        raise invalid("interval")
    plan.billing_cycles = whole(body, "billing_cycles", plan.billing_cycles)
    plan.trial_period = whole(body, "trial_period", plan.trial_period)
    if "tax_id" in body:
        tax = org.tax(text(body, "tax_id"))
        plan.tax_id = tax.id if tax else ""
    if "is_tax_inclusive" in body:
        plan.tax_inclusive = flag(body, "is_tax_inclusive")
    plan.texts.update(texts(body, PLAN_FIELDS))


def create_item(org: Organisation, body: Body) -> Item:
    """A new item."""
    name, rate, now = required_text(body, "name"), required_number(body, "rate"), org.clock.now()
    item = Item(org.new_id(), name, rate, now, now)
    _take_item_over(org, item, body)
    org.add(item)
    return item


def update_item(org: Organisation, item_id: str, body: Body) -> Item:
    """Change the fields that the body carries."""
    item: Item = org.find(org.items, item_id)
    _take_item_over(org, item, body)
    org.changed(item)
    return item


def delete_item(org: Organisation, item_id: str) -> Item:
    """Documented: not while it is part of a transaction."""
    item: Item = org.find(org.items, item_id)
    if any(line.product_id == item.id for invoice in org.invoices for line in invoice.lines):
        raise refused("Items that are part of a transaction cannot be deleted.")
    org.remove(item)
    return item


def _take_item_over(org: Organisation, item: Item, body: Body) -> None:
    item.name = text(body, "name") or item.name
    item.rate = _or(number(body, "rate"), item.rate)
    if "tax_id" in body:
        tax = org.tax(text(body, "tax_id"))
        item.tax_id = tax.id if tax else ""
    item.texts.update(texts(body, ITEM_FIELDS))


def mark(org: Organisation, record: M, status: str) -> M:
    """Active or inactive."""
    record.status = status
    org.changed(record)
    return record


T = TypeVar("T")


def _or(given: T | None, otherwise: T) -> T:
    return otherwise if given is None else given
