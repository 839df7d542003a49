"""Lines of invoices and credit notes: read from a body, and summed up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from zoho_pipeline.sandbox.zoho.errors import invalid, missing, unknown_reference
from zoho_pipeline.sandbox.zoho.money import Charge, Totals, cents, totals
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Line
from zoho_pipeline.sandbox.zoho.values import Body, number, rows, text

_HUNDRED = Decimal(100)


def read(org: Organisation, body: Body, name: str) -> list[Line]:
    """The lines of a body; there must be at least one."""
    given = rows(body, name)
    if not given:
        raise missing(name)
    return [_line(org, row) for row in given]


def sums(org: Organisation, lines: Sequence[Line], inclusive: bool) -> Totals:
    """A document's totals."""
    return totals([charge(org, line.amount, line.tax_id) for line in lines], inclusive, org.behaviour)


def charge(org: Organisation, amount: Decimal, tax_id: str) -> Charge:
    """An amount with the percentage of its tax."""
    tax = org.tax(tax_id)
    return Charge(amount, tax_id, tax.percentage if tax else Decimal(0))


def _line(org: Organisation, row: Body) -> Line:
    product_id, code = _sold(org, row)
    # The OpenAPI names the price both ways.
    price = number(row, "price")
    price = number(row, "rate") if price is None else price
    if price is None:
        raise missing("price")
    quantity = number(row, "quantity")
    quantity = Decimal(1) if quantity is None else quantity
    if quantity <= 0:
        raise invalid("quantity")
    tax = org.tax(text(row, "tax_id"))
    full = price * quantity
    discount = _discount(row, full)
    return Line(
        id=org.new_id(),
        name=text(row, "name"),
        price=price,
        quantity=quantity,
        amount=cents(full - discount),
        description=text(row, "description"),
        product_id=product_id,
        code=code,
        discount=discount,
        tax_id=tax.id if tax else "",
    )


def _sold(org: Organisation, row: Body) -> tuple[str, str]:
    """The id of the product or item, and the plan's code, that a line names."""
    product_id = text(row, "product_id") or text(row, "item_id")
    if product_id and not (org.products.get(product_id) or org.items.get(product_id)):
        raise unknown_reference("Item")
    if org.behaviour.line_needs_product and not product_id:
        raise missing("product_id")
    code = text(row, "code")
    if not (text(row, "name") or product_id or code):
        raise missing("name")
    return product_id, code


def _discount(row: Body, full: Decimal) -> Decimal:
    """Documented: an amount, or a percentage such as 12.5%."""
    given = text(row, "discount")
    if not given:
        return Decimal(0)
    if given.endswith("%"):
        share = number({"discount": given[:-1]}, "discount") or Decimal(0)
        return cents(full * share / _HUNDRED)
    return number(row, "discount") or Decimal(0)
