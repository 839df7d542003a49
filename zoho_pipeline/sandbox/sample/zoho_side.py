"""Zoho's half of the sample world, as it stands after the app's part has been played, and the links that it leaves.

What belongs here: which object in Zoho is whose. What does not: making them (`replay.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from zoho_pipeline.sandbox.sample import days
from zoho_pipeline.sandbox.sample.packages import BY_SKU, Publication
from zoho_pipeline.sandbox.sample.rows import Integration, SyncLog
from zoho_pipeline.sandbox.sample.world import ID_KNOWN, REACHED_ZOHO, World


@dataclass(frozen=True)
class ZohoSide:
    """Ids of what Zoho holds."""

    objects: Mapping[str, str] = field(default_factory=dict)
    """CircleTel row id, or the key of something handmade → Zoho id."""
    raised: Mapping[str, Mapping[date, str]] = field(default_factory=dict)
    """Service id → day → id of the invoice that Zoho raised for its subscription on that day."""
    plan_ids: Mapping[str, str] = field(default_factory=dict)
    """sku → Zoho's numeric plan id (which is not the plan's code)."""
    seeded: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Kind → ids of everything that is there."""
    applied: Mapping[str, Decimal] = field(default_factory=dict)
    """Zoho invoice id → money that payments have covered."""


def linked(world: World, side: ZohoSide) -> World:
    """The world with Zoho's ids filled in, where the app came to write them down."""
    known = {id_ for id_, handling in world.handlings.items() if handling.fate in ID_KNOWN}
    links = {id_: zoho_id for id_, zoho_id in side.objects.items() if id_ in known}
    in_zoho = {one.payment_id: side.objects[one.payment_id] for one in world.zoho_payments}
    return replace(
        world,
        integrations=tuple(_integration(row, world, side) for row in world.integrations),
        customers=tuple(
            replace(row, zoho_billing_customer_id=links[row.id]) if row.id in links else row for row in world.customers
        ),
        services=tuple(
            replace(row, zoho_subscription_id=links[row.id]) if row.id in links else row for row in world.services
        ),
        invoices=tuple(
            replace(row, zoho_billing_invoice_id=links[row.id]) if row.id in links else row for row in world.invoices
        ),
        payments=tuple(
            replace(row, transaction_id=in_zoho[row.id])
            if row.id in in_zoho
            else (replace(row, zoho_payment_id=links[row.id]) if row.id in links else row)
            for row in world.payments
        ),
        sync_logs=tuple(_log(row, links) for row in world.sync_logs),
    )


def imagined(world: World) -> ZohoSide:
    """A Zoho side made up from the world alone, where no practice server is at hand: same shape, invented ids."""
    keys = [row_id for row_id, handling in world.handlings.items() if handling.fate in REACHED_ZOHO]
    keys += [one.key for one in world.handmade_customers] + [one.key for one in world.handmade_invoices]
    keys += [one.payment_id for one in world.zoho_payments]
    raised: dict[str, dict[date, str]] = {}
    number = len(keys)
    for service in world.services:
        handling = world.handlings.get(service.id)
        if handling and handling.fate in REACHED_ZOHO:
            start = service.activation_date or handling.day
            raised[service.id] = {}
            for day in days.anniversaries(start, world.today):
                raised[service.id][day] = _id(number := number + 1)
    return ZohoSide(
        objects={key: _id(place) for place, key in enumerate(keys)},
        raised=raised,
        plan_ids={plan.sku: _id(900_000 + place) for place, plan in enumerate(world.plans)},
    )


def _id(number: int) -> str:
    """A numeric string of 19 digits, as Zoho's ids are."""
    return str(5_000_000_000_000_000_000 + number)


def _integration(row: Integration, world: World, side: ZohoSide) -> Integration:
    sku = next(one.sku for one in world.packages if one.id == row.service_package_id)
    if sku is None or BY_SKU[sku].publication is not Publication.PUBLISHED:
        return row
    return replace(row, zoho_billing_plan_id=side.plan_ids[sku])


def _log(row: SyncLog, links: Mapping[str, str]) -> SyncLog:
    return replace(row, zoho_entity_id=links.get(row.entity_id))
