"""Rows that stand in Zoho although CircleTel has withdrawn them since: what a person should do there. Reads only.

Nothing of this is done by the pipeline: what was issued is corrected by a credit note, refunds are paid by people, and
what CircleTel has deleted may have been deleted by mistake. From the mirror, so as of Zoho's last lists. A credit note
on an invoice that had been paid already shows in Zoho only in the customer's balance, and a refund in no list at all:
such a payment stays on the list.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.money import rand
from zoho_pipeline.sync import withdrawn_queries as queries
from zoho_pipeline.sync.withdrawn_queries import ACTIVE, CREDITED, DELETED, INTERNAL_TEST, Found


@dataclass(frozen=True)
class Withdrawn:
    """One row: what happened to it in CircleTel, what stands in Zoho, and what to do. Names no person."""

    entity: Entity
    row_id: str
    label: str
    """Invoice number, account number, or gateway's id; Zoho's where CircleTel's row is gone."""
    happened: str
    zoho_id: str
    in_zoho: str
    advice: str


def read_withdrawn(connection: Connection, shape: Shape) -> list[Withdrawn]:
    """All of them, parents first. Costs no call."""
    return [_told(entity, found) for entity, found in _found(connection, shape)]


def _found(connection: Connection, shape: Shape) -> Iterator[tuple[Entity, Found]]:
    for entity in PARENTS_FIRST:
        for found in queries.withdrawn(connection, entity, shape):
            yield entity, found
        if entity is Entity.INVOICES:
            for found in queries.credited(connection):
                yield entity, found
        for found in queries.deleted(connection, entity):
            yield entity, found


def _told(entity: Entity, found: Found) -> Withdrawn:
    return Withdrawn(
        entity=entity,
        row_id=found.row_id,
        label=found.label,
        happened=_happened(entity, found),
        zoho_id=found.zoho_id,
        in_zoho=_in_zoho(found),
        advice=_advice(entity, found),
    )


def _happened(entity: Entity, found: Found) -> str:
    match found.happened:
        case "internal_test":
            return "its customer is an internal test account now"
        case "deleted":
            return f"the {entity.singular} was deleted in CircleTel"
        case "credited":
            return f"CircleTel wrote credit note {found.by} over {rand(found.credited)}"
        case "active":
            return "the service is active in CircleTel"
    return f"it is {found.happened} in CircleTel"


def _in_zoho(found: Found) -> str:
    parts = [found.status or "there"]
    if found.total is not None:
        parts.append(rand(found.total))
    if found.balance is not None:
        parts.append(f"{rand(found.balance)} open")
    return ", ".join(parts)


def _advice(entity: Entity, found: Found) -> str:
    match entity:
        case Entity.CUSTOMERS:
            return "Mark the customer inactive in Zoho; what was invoiced stays."
        case Entity.SUBSCRIPTIONS:
            return _advice_on_subscription(found)
        case Entity.INVOICES:
            return _advice_on_invoice(found)
        case Entity.PAYMENTS:
            return _advice_on_payment(found)


def _advice_on_subscription(found: Found) -> str:
    if found.happened == ACTIVE:
        return "Nobody bills it: make a new subscription for it in Zoho and link the service to that one, or cancel it."
    if found.happened == "cancelled" and not found.shared:
        return "Approve its cancellation: zoho-pipeline cancellations list."
    if found.shared:
        return "Another service runs on the same subscription: find out whose it is, and link each to its own."
    if found.happened in (INTERNAL_TEST, DELETED):
        return "Cancel the subscription in Zoho, if nobody is to be billed for it."
    return "Find out whether the service is to run: activate it in CircleTel, or cancel it there."


def _advice_on_invoice(found: Found) -> str:
    if found.happened == CREDITED:
        return "Enter the credit note in Zoho under the same number, and apply it to the invoice."
    if found.status == "draft":
        return "Delete the draft in Zoho."
    if found.balance is not None and found.total is not None and found.balance < found.total:
        return (
            "It was issued, and something was paid or credited on it: correct it by a credit note in Zoho. Voiding it "
            "would turn the payments into the customer's credit."
        )
    return "It was issued: correct it by a credit note in Zoho, or void it there if it never reached the customer."


def _advice_on_payment(found: Found) -> str:
    if found.happened == "refunded":
        return (
            "Ask the payment provider for day and amount (CircleTel stores neither), and enter the refund in Zoho at "
            "this payment."
        )
    return "If the money never came, or came for nobody, delete the payment in Zoho: its invoices are open again then."
