"""Subscriptions: CircleTel's services. Changes of price and plan take effect at the end of the term."""

from collections.abc import Sequence
from decimal import Decimal

from zoho_pipeline.circletel.rows import Row, Service
from zoho_pipeline.entities import Change, Entity
from zoho_pipeline.mapping.mapped import Mapped, Unmappable
from zoho_pipeline.mapping.subscriptions import map_subscription, monthly_charge
from zoho_pipeline.mirror.lookup import customers_by_id, subscriptions_like
from zoho_pipeline.mirror.objects import ENDING, MirrorSubscription
from zoho_pipeline.mirror.reading import mirror_subscription
from zoho_pipeline.money import rand
from zoho_pipeline.states import State
from zoho_pipeline.sync.deciding import decide_linked, decide_unlinked, unless_switched_off
from zoho_pipeline.sync.decisions import Cancel, Create, Decision, HeldBack, Hold, Send, Update
from zoho_pipeline.sync.holders import holders_of
from zoho_pipeline.sync.kinds.kind import Desk, Sent
from zoho_pipeline.sync.kinds.parents import linked_customer
from zoho_pipeline.sync.matching import match_subscription
from zoho_pipeline.sync.shelf import Shelf
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.ports import About


class Subscriptions:
    """The kind of CircleTel's services."""

    entity = Entity.SUBSCRIPTIONS
    mirrors = (Entity.CUSTOMERS, Entity.SUBSCRIPTIONS)

    def missing_parents(self, rows: Sequence[Row]) -> dict[Entity, list[str]]:
        missing = {row.customer_id for row in rows if isinstance(row, Service) and not row.customer_zoho_id}
        return {Entity.CUSTOMERS: sorted(missing)}

    def decide(self, desk: Desk, rows: Sequence[Row]) -> dict[str, Decision]:
        mine = [row for row in rows if isinstance(row, Service)]
        customer_ids = {row.customer_zoho_id for row in mine if row.customer_zoho_id}
        customers = customers_by_id(desk.connection, customer_ids)
        objects = subscriptions_like(desk.connection, [row.id for row in mine], customer_ids)
        by_id = {found.zoho_id: found for found in objects}
        shelf = Shelf(objects, lambda found: (found.reference_id, found.circletel_id, found.customer_zoho_id))
        holders = holders_of(desk.connection, self.entity, by_id)

        def mapped(row: Service) -> Mapped:
            customer_id = linked_customer(row.customer_zoho_id, customers)
            terms = desk.catalogue.plan_terms(_plan_code(row))
            return map_subscription(row, customer_id, terms, desk.settings.price_includes_vat(_plan_code(row)))

        def decide(row: Service) -> Decision:
            record = desk.record(row)
            if zoho_id := row.sync.zoho_id:
                changed = decide_linked(
                    row, record, desk.moment, lambda: _over(by_id.get(zoho_id)) or Update(zoho_id, mapped(row))
                )
                return unless_switched_off(changed, Change.SUBSCRIPTIONS, desk.settings)
            charge = _charge(row, desk)
            return decide_unlinked(
                row,
                record,
                desk.moment,
                find=lambda: match_subscription(row, shelf.near(row.id, row.customer_zoho_id), holders, charge),
                plan=lambda: Create(mapped(row), moves=charge or Decimal(0), total=charge),
            )

        return {row.id: decide(row) for row in mine}

    def send(self, client: ZohoBilling, row: Row, decision: Send, about: About) -> Sent:
        match decision:
            case Create(mapped):
                made = client.create_subscription(mapped.payload, about)
                trouble = None
                if made.amount != decision.total:
                    trouble = (
                        f"Zoho charges {rand(made.amount)} a month, but CircleTel {rand(decision.total or made.amount)}"
                    )
                return Sent(mirror_subscription(made), key_kept=made.reference_id == row.id, trouble=trouble)
            case Cancel(zoho_id):
                return _ended(client, zoho_id, about)
            case Update(zoho_id, mapped):
                payload = {"plan": mapped.payload["plan"], "auto_collect": False, "end_of_term": True}
                customer_id = str(mapped.payload["customer_id"])
                changed = client.update_subscription(zoho_id, payload, about, customer_id=customer_id)
                return Sent(mirror_subscription(changed))
        raise AssertionError(f"a subscription is never sent by {type(decision).__name__}")


def _over(held: MirrorSubscription | None) -> Hold | None:
    """A service that runs although its subscription has ended: nothing that is sent could bring that back."""
    if held is None or held.live:
        return None
    return Hold(
        State.PARKED,
        f"the service is active, but its subscription {held.zoho_id} is {held.status} in Zoho, so nobody bills it",
        "Make a new subscription for it in Zoho, and link the service to that one; or cancel the service in CircleTel.",
    )


def _ended(client: ZohoBilling, zoho_id: str, about: About) -> Sent:
    """Cancel it now, unless it has ended or ends with its term already: then nothing is sent.

    Now, for CircleTel's service is over when it says so. Zoho bills in advance: what it has invoiced stands either way,
    and at the end of the term the subscription would go on for up to a year that nobody serves.
    """
    found = client.get_subscription(zoho_id, about)
    if found.status not in ENDING:
        found = client.cancel_subscription(zoho_id, about, at_end=False)
    trouble = None if found.status in ENDING else f"it was cancelled in Zoho, which still shows it {found.status}"
    return Sent(mirror_subscription(found), trouble=trouble)


def _plan_code(row: Service) -> str:
    """The package's sku: that is the plan's code (the published plan's id is Zoho's number, and no code).

    Raises:
        HeldBack: when the package is not published, and so the service not eligible yet.
    """
    if row.sku is None:
        raise HeldBack(State.NOT_ELIGIBLE, "the service has no package", "Choose the service's package in CircleTel.")
    if not row.plan_published:
        raise HeldBack(
            State.NOT_ELIGIBLE,
            f"its package {row.sku} has no published plan",
            "Publish the package from CircleTel's app; the service follows it.",
        )
    return row.sku


def _charge(row: Service, desk: Desk) -> Decimal | None:
    try:
        return monthly_charge(row, desk.settings.price_includes_vat(row.sku or ""))
    except Unmappable:
        return None
