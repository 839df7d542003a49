"""Finds the truth of a world: the domain's rules, told a second time and in another way than the sync tells them.

What belongs here: customers and services. Invoices and payments are in `expect_documents.py`; both ask here
whether a parent can be in Zoho. Shares no code with the sync, since it judges it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from zoho_pipeline.sandbox.sample import days, money
from zoho_pipeline.sandbox.sample.packages import BY_SKU, Publication
from zoho_pipeline.sandbox.sample.rows import Customer, Row, Service
from zoho_pipeline.sandbox.sample.truth import IN_ZOHO, Expectation, Kind, Outcome
from zoho_pipeline.sandbox.sample.world import REACHED_ZOHO, HandmadeCustomer, World
from zoho_pipeline.sandbox.sample.zoho_side import ZohoSide

UNDECIDED = frozenset({Outcome.REFUSED, Outcome.PARKED})
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


def outcomes(*allowed: Outcome) -> frozenset[Outcome]:
    """A set of allowed outcomes."""
    return frozenset(allowed)


class Parents:
    """Customers and services: their expectations, and what their children ask of them."""

    def __init__(self, world: World, side: ZohoSide) -> None:
        self.world = world
        self.side = side
        self.invoiced_until = _invoiced_until(world)
        self._handmade: dict[str, list[HandmadeCustomer]] = defaultdict(list)
        for one in world.handmade_customers:
            self._handmade[one.email.strip().casefold()].append(one)
        self._email_uses = Counter(row.email.strip().casefold() for row in world.customers)
        self._skus = {row.id: row.sku for row in world.packages}
        self.customers = {row.id: row for row in world.customers}
        self.services = {row.id: row for row in world.services}
        self.of_customers = {row.id: self._customer(row) for row in world.customers}
        self.of_services = {row.id: self._service(row) for row in world.services}

    def reached(self, row_id: str) -> bool:
        """Whether the app's push of this row reached Zoho (and nobody deleted the object since)."""
        handling = self.world.handlings.get(row_id)
        return handling is not None and handling.fate in REACHED_ZOHO and handling.deleted_on is None

    def expected(self, kind: Kind, row: Row, link: str | None, allowed: frozenset[Outcome], reason: str) -> Expectation:
        """An expectation with what stood on the row and in Zoho before the sync."""
        object_id = self.side.objects.get(row.id) if self.reached(row.id) else None
        return Expectation(kind, row.id, allowed, reason, object_id, row.zoho_sync_status, link)

    def hanging_on(self, customer_id: str, own: frozenset[Outcome]) -> frozenset[Outcome]:
        """What a row may come to that hangs on this customer, and by itself would come to `own`."""
        parent = self.of_customers[customer_id]
        if parent.surely_in_zoho:
            return own
        if parent.maybe_in_zoho:
            return own | UNDECIDED | {Outcome.BLOCKED}
        return frozenset({Outcome.BLOCKED}) | (own - IN_ZOHO)

    def is_internal(self, customer_id: str | None) -> bool:
        """Whether this is one of CircleTel's own test accounts."""
        customer = self.customers.get(customer_id or "")
        return customer is not None and customer.account_type == "internal_test"

    def zoho_bills_from(self, service_id: str) -> date | None:
        """The day from which Zoho bills a service that the app pushed."""
        if not self.reached(service_id):
            return None
        return self.services[service_id].activation_date or self.world.handlings[service_id].day

    def _customer(self, row: Customer) -> Expectation:
        allowed, reason = self._judge_customer(row)
        found = self.expected(Kind.CUSTOMER, row, row.zoho_billing_customer_id, allowed, reason)
        if allowed == {Outcome.ALREADY} and found.object_id is None:
            handmade = self._handmade[row.email.strip().casefold()][0]
            return replace(found, object_id=self.side.objects.get(handmade.key))
        return found

    def _judge_customer(self, row: Customer) -> tuple[frozenset[Outcome], str]:
        handling = self.world.handlings.get(row.id)
        if row.account_type == "internal_test":
            return outcomes(Outcome.EXCLUDED), "an internal test account"
        if self.reached(row.id):
            return outcomes(Outcome.ALREADY), "the app pushed it"
        if handling and handling.deleted_on:
            return UNDECIDED | {Outcome.SYNCED, Outcome.EXCLUDED}, "its object was deleted in Zoho"
        if not _EMAIL.fullmatch(row.email.strip()):
            return outcomes(Outcome.REFUSED), "no usable e-mail address"
        return self._judge_by_content(row)

    def _judge_by_content(self, row: Customer) -> tuple[frozenset[Outcome], str]:
        email = row.email.strip().casefold()
        lookalikes = self._handmade[email]
        if len(lookalikes) > 1:
            return UNDECIDED, "several customers in Zoho could be this one"
        if lookalikes and (lookalikes[0].first_name, lookalikes[0].last_name) != (row.first_name, row.last_name):
            return UNDECIDED, "in Zoho the address is somebody else's"
        if lookalikes:
            return outcomes(Outcome.ALREADY), "typed into Zoho by hand, to be adopted"
        if self._email_uses[email] > 1:
            return outcomes(Outcome.SYNCED, Outcome.PARKED), "another CircleTel customer uses the same address"
        if row.email != row.email.strip():
            return outcomes(Outcome.SYNCED, Outcome.REFUSED), "blanks around the address"
        return outcomes(Outcome.SYNCED), "a customer"

    def _service(self, row: Service) -> Expectation:
        allowed, reason = self._judge_service(row)
        base = self.expected(Kind.SUBSCRIPTION, row, row.zoho_subscription_id, allowed, reason)
        return replace(base, starts_at=self._starts_at(row), monthly=self.world.fees.get(row.id))

    def _starts_at(self, row: Service) -> date | None:
        """The day after the last that CircleTel billed; the activation where it billed none."""
        last = self.invoiced_until.get(row.id)
        return last + days.ONE_DAY if last else row.activation_date

    def _judge_service(self, row: Service) -> tuple[frozenset[Outcome], str]:
        sku = self._skus.get(row.package_id or "")
        published = sku is not None and BY_SKU[sku].publication is Publication.PUBLISHED
        if self.is_internal(row.customer_id):
            return outcomes(Outcome.EXCLUDED), "hangs on an internal test account"
        if self.reached(row.id):
            return outcomes(Outcome.ALREADY), "the app pushed it"
        if row.status != "active":
            return outcomes(Outcome.EXCLUDED), f"the service is {row.status}"
        if sku is None or not published:
            return outcomes(Outcome.EXCLUDED, Outcome.BLOCKED), "its package has no published plan"
        own, reason = self._judge_terms(row, sku)
        return self.hanging_on(row.customer_id, own), reason

    def _judge_terms(self, row: Service, sku: str) -> tuple[frozenset[Outcome], str]:
        if self._starts_at(row) is None:
            return outcomes(Outcome.REFUSED), "neither activation nor invoice says when billing begins"
        offer, fee = BY_SKU[sku], self.world.fees[row.id]
        says = money.including(row.monthly_price) if offer.exclusive else row.monthly_price
        if says != fee:
            return outcomes(Outcome.REFUSED), "its price is not what CircleTel bills"
        if not offer.plan_inclusive and not _reachable(fee):
            return outcomes(Outcome.REFUSED), "no price excluding VAT comes to what CircleTel bills"
        if offer.fee != fee:
            return outcomes(Outcome.SYNCED, Outcome.REFUSED), "an old price: only by a price of its own in Zoho"
        return outcomes(Outcome.SYNCED), "a running service"


def _reachable(fee: Decimal) -> bool:
    near = money.subtotal(fee)
    return any(money.including(near + step * money.CENT) == fee for step in (-1, 0, 1))


def _invoiced_until(world: World) -> Mapping[str, date]:
    until: dict[str, date] = {}
    for row in world.invoices:
        counts = row.invoice_type == "recurring" and row.status not in ("voided", "cancelled")
        if counts and row.service_id and row.period_end:
            until[row.service_id] = max(row.period_end, until.get(row.service_id, date.min))
    return until
