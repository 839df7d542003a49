"""A service of CircleTel as a subscription of Zoho Billing."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from zoho_pipeline.circletel.rows import Service
from zoho_pipeline.mapping.lines import read_lines
from zoho_pipeline.mapping.mapped import Mapped, Unmappable, custom_fields, mapped
from zoho_pipeline.money import money, rand, vat_on_top

VAT_PERCENT = Decimal(15)
"""South Africa's standard rate, which every service carries."""


@dataclass(frozen=True)
class PlanTerms:
    """What Zoho does with a plan's price: the VAT it puts on top (0 where the price includes it)."""

    plan_code: str
    vat_on_top_percent: Decimal

    def charge(self, price: Decimal) -> Decimal:
        """What Zoho charges for a price, VAT included."""
        return price + vat_on_top(price, self.vat_on_top_percent)

    def price_for(self, charge: Decimal) -> Decimal | None:
        """The price of whole cents for which Zoho charges just that, or None where there is none."""
        price = money(charge * 100 / (100 + self.vat_on_top_percent))
        return price if self.charge(price) == charge else None


def map_subscription(row: Service, customer_zoho_id: str, plan: PlanTerms, price_includes_vat: bool) -> Mapped:
    """The subscription: offline, without trial and set-up fee, from the day after what CircleTel has invoiced.

    Raises:
        Unmappable: when nobody would know from when or how much to bill.
    """
    charge = monthly_charge(row, price_includes_vat)
    price = plan.price_for(charge)
    if price is None:
        raise Unmappable(
            f"no price in whole cents makes Zoho charge {rand(charge)} with {plan.vat_on_top_percent:f} % VAT on top",
            "Let the plan's price include VAT in Zoho Billing, or change the service's price in CircleTel.",
        )
    terms = {"plan_code": plan.plan_code, "price": price, "quantity": 1}
    payload = {
        "customer_id": customer_zoho_id,
        "plan": terms | {"exclude_trial": True, "exclude_setup_fee": True},
        "starts_at": billing_start(row).isoformat(),
        "auto_collect": False,
        "create_backdated_invoice": True,
        "reference_id": row.id,
        "custom_fields": custom_fields(cf_circletel_service_id=row.id),
    }
    return mapped(payload, terms)


def billing_start(row: Service) -> date:
    """The day after the last period that CircleTel invoiced, or the day of activation where it invoiced none.

    Raises:
        Unmappable: when there is neither.
    """
    if row.invoiced_until is not None:
        return row.invoiced_until + timedelta(days=1)
    if row.activation_date is not None:
        return row.activation_date
    raise Unmappable(
        "the service has neither an activation date nor an invoice, so nobody knows from when to bill it",
        "Enter the activation date in CircleTel.",
    )


def monthly_charge(row: Service, price_includes_vat: bool) -> Decimal:
    """What the customer pays a month, VAT included.

    Raises:
        Unmappable: when the service's price is not what its latest full recurring invoice charged for it.
    """
    charge = row.monthly_price
    if not price_includes_vat:
        charge += vat_on_top(row.monthly_price, VAT_PERCENT)
    if charge <= 0:
        raise Unmappable(f"its monthly price is {rand(row.monthly_price)}", "Enter the monthly price in CircleTel.")
    latest = row.latest_invoice
    if latest is not None and latest.total != charge and not _has_line_of(row, charge):
        raise Unmappable(
            f"its monthly price comes to {rand(charge)}, but invoice {latest.number}, the latest for a full month, "
            f"charged {rand(latest.total)}",
            "Find out which is right, correct the other in CircleTel, and run again.",
        )
    return charge


def _has_line_of(row: Service, charge: Decimal) -> bool:
    """Whether one of several lines of the latest invoice is the fee: others are catch-ups and extras."""
    latest = row.latest_invoice
    if latest is None:
        return False
    lines = read_lines(latest.line_items, row.package_name, latest.total)
    if sum(line.amount for line in lines) == latest.total:
        amounts = [line.amount for line in lines]
    else:
        amounts = [line.amount + vat_on_top(line.amount, VAT_PERCENT) for line in lines]
    return len(lines) > 1 and charge in amounts
