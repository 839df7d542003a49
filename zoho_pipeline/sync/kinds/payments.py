"""Payments: applied to the invoices that they pay, up to their balances; the rest stays unapplied."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection

from zoho_pipeline.circletel.rows import Payment, Row
from zoho_pipeline.entities import Entity
from zoho_pipeline.mapping.mapped import Unmappable
from zoho_pipeline.mapping.payments import map_payment
from zoho_pipeline.mirror.lookup import (
    customers_by_id,
    invoices_like,
    listed_subscriptions,
    older_subscriptions,
    payments_like,
    subscriptions_by_id,
    subscriptions_like,
)
from zoho_pipeline.mirror.objects import MirrorInvoice, MirrorSubscription
from zoho_pipeline.mirror.reading import mirror_payment
from zoho_pipeline.money import ZERO, rand
from zoho_pipeline.states import State
from zoho_pipeline.sync.debts import RECURRING, WITHDRAWN, Billed, invoices_paid, planned_debt
from zoho_pipeline.sync.deciding import decide_linked, decide_unlinked
from zoho_pipeline.sync.decisions import After, Create, Decision, HeldBack, Hold, Instead, Send
from zoho_pipeline.sync.doubts import invoices_being_paid
from zoho_pipeline.sync.holders import holders_of
from zoho_pipeline.sync.kinds.kind import Desk, Sent
from zoho_pipeline.sync.kinds.parents import PLANNED, linked_customer
from zoho_pipeline.sync.matching import match_payment, row_id_in
from zoho_pipeline.sync.shelf import Shelf
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.ports import About


class Payments:
    """The kind of CircleTel's payments."""

    entity = Entity.PAYMENTS
    mirrors = (Entity.CUSTOMERS, Entity.SUBSCRIPTIONS, Entity.INVOICES, Entity.PAYMENTS)

    def missing_parents(self, rows: Sequence[Row]) -> dict[Entity, list[str]]:
        mine = [row for row in rows if isinstance(row, Payment)]
        customers = {row.customer_id for row in mine if row.customer_id and not row.customer_zoho_id}
        invoices = {row.invoice.id for row in mine if row.invoice and _wants_invoice(row)}
        return {Entity.CUSTOMERS: sorted(customers), Entity.INVOICES: sorted(invoices)}

    def decide(self, desk: Desk, rows: Sequence[Row]) -> dict[str, Decision]:
        mine = [row for row in rows if isinstance(row, Payment)]
        customer_ids = {row.customer_zoho_id for row in mine if row.customer_zoho_id}
        subscription_ids = {
            row.invoice.subscription_zoho_id for row in mine if row.invoice and row.invoice.subscription_zoho_id
        }
        customers = customers_by_id(desk.connection, customer_ids)
        subscriptions = subscriptions_by_id(desk.connection, subscription_ids)
        billed = _billed(desk.connection, customer_ids, subscription_ids)
        objects = payments_like(desk.connection, [row.id for row in mine], customer_ids)
        shelf = Shelf(objects, lambda found: (found.circletel_id, row_id_in(found), found.customer_zoho_id))
        holders = holders_of(desk.connection, self.entity, [found.zoho_id for found in objects])

        being_paid = invoices_being_paid(desk.connection)
        in_batch = {row.id for row in mine}
        spoken_for: set[str] = set()

        def plan(row: Payment) -> Create:
            _must_have_one_customer(row)
            customer_id = linked_customer(row.customer_zoho_id, customers)
            if row.invoice is not None and row.invoice.zoho_id == PLANNED:
                targets = planned_debt(row.invoice, PLANNED)
            else:
                subscription_id = row.invoice.subscription_zoho_id if row.invoice else None
                targets = invoices_paid(row.invoice, billed(customer_id), subscriptions.get(subscription_id or ""))
            paying = {other for target in targets for other in being_paid.get(target.zoho_id, ())} - {row.id}
            if not spoken_for.isdisjoint(target.zoho_id for target in targets) or not in_batch.isdisjoint(paying):
                raise Instead(After())
            if paying:
                raise _balance_unknown(min(paying))
            mapped = map_payment(row, customer_id, targets)
            applied = {part["invoice_id"] for part in mapped.payload.get("invoices", [])}
            spoken_for.update(applied - {PLANNED})
            return Create(mapped, moves=row.amount, total=row.amount)

        def decide(row: Payment) -> Decision:
            record = desk.record(row)
            if row.sync.zoho_id:
                return decide_linked(row, record, desk.moment, lambda: _changed(row))
            return decide_unlinked(
                row,
                record,
                desk.moment,
                find=lambda: match_payment(row, shelf.near(row.id, row.customer_zoho_id), holders),
                plan=lambda: plan(row),
            )

        return {row.id: decide(row) for row in mine}

    def send(self, client: ZohoBilling, row: Row, decision: Send, about: About) -> Sent:
        if not isinstance(decision, Create):
            raise AssertionError(f"a payment is never sent by {type(decision).__name__}")
        made = client.create_payment(decision.mapped.payload, about)
        trouble = None
        if made.amount != decision.total:
            trouble = f"Zoho recorded {rand(made.amount)} of {rand(decision.total or ZERO)}"
        return Sent(
            mirror_payment(made),
            key_kept=(made.reference_number or "").startswith(row.id),
            applied=dict(made.invoices or ()),
            trouble=trouble,
        )


def _billed(
    connection: Connection, customer_ids: Collection[str], subscription_ids: Collection[str]
) -> Callable[[str], Billed]:
    """What Zoho's lists show of each of these customers."""
    invoices: dict[str, list[MirrorInvoice]] = defaultdict(list)
    for invoice in invoices_like(connection, [], [], customer_ids):
        invoices[invoice.customer_zoho_id].append(invoice)
    subscriptions: dict[str, list[MirrorSubscription]] = defaultdict(list)
    for subscription in subscriptions_like(connection, [], customer_ids):
        subscriptions[subscription.customer_zoho_id].append(subscription)
    asked = listed_subscriptions(connection, subscription_ids)
    older = older_subscriptions(connection, subscription_ids)
    return lambda customer_id: Billed(invoices[customer_id], subscriptions[customer_id], asked, older)


def _wants_invoice(row: Payment) -> bool:
    """Whether the payment waits for its invoice to be sent: Zoho raises the recurring ones itself."""
    paid = row.invoice
    return paid is not None and paid.zoho_id is None and paid.invoice_type != RECURRING and paid.status not in WITHDRAWN


def _must_have_one_customer(row: Payment) -> None:
    """Raises Unmappable when nobody knows whose payment it is."""
    if row.customer_id is None:
        raise Unmappable(
            "neither its customer nor its invoice exists in CircleTel, so nobody knows whose payment it is",
            "Enter the customer of the payment in CircleTel.",
        )
    if row.invoice is not None and row.invoice.customer_id != row.customer_id:
        raise Unmappable(
            f"it names invoice {row.invoice.number}, which is another customer's",
            "Correct the payment's customer or invoice in CircleTel.",
        )


def _balance_unknown(other: str) -> HeldBack:
    return HeldBack(
        State.BLOCKED,
        f"payment {other} of the same invoice is on its way, or in doubt",
        "Nothing to do: a later backfill sends it, once that payment is settled.",
    )


def _changed(row: Payment) -> Hold:
    return Hold(
        State.PARKED,
        "its content changed in CircleTel after it was sent",
        "Compare both; a payment that was recorded wrongly is corrected in Zoho by a person.",
    )
