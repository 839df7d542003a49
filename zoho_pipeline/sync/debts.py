"""Which of Zoho's invoices does a payment pay? CircleTel's and Zoho's recurring ones are two papers for one debt."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zoho_pipeline.circletel.rows import PaidInvoice
from zoho_pipeline.mapping.payments import OpenInvoice
from zoho_pipeline.mirror.objects import MirrorInvoice, MirrorSubscription
from zoho_pipeline.money import ZERO
from zoho_pipeline.states import State
from zoho_pipeline.sync.decisions import Ask, HeldBack, Hold, Instead, Question
from zoho_pipeline.sync.raising import raised_by

RECURRING = "recurring"
WITHDRAWN = frozenset({"voided", "cancelled"})


@dataclass(frozen=True)
class Billed:
    """What Zoho's lists show of a customer."""

    invoices: Sequence[MirrorInvoice]
    subscriptions: Sequence[MirrorSubscription]
    asked: Collection[str] = frozenset()
    """Subscriptions whose invoices are all marked as theirs: Zoho was asked since it listed all invoices."""
    older: Collection[str] = frozenset()
    """Subscriptions that were there before that list was begun: what they raised by then is in it."""


def invoices_paid(
    paid: PaidInvoice | None, billed: Billed, subscription: MirrorSubscription | None
) -> list[OpenInvoice]:
    """Zoho's invoices that the payment goes to; none where it stays unapplied.

    `billed` is the customer's, `subscription` the service's.

    Raises:
        Instead: blocked, awaited, before Zoho, or ask which invoices the subscription raised.
    """
    if paid is None or paid.status in WITHDRAWN:
        return []
    if paid.invoice_type == RECURRING and paid.zoho_id is None:
        found = _recurring(paid, billed, subscription)
    else:
        found = [_one_off(paid, billed.invoices)]
    return [OpenInvoice(invoice.zoho_id, _payable(invoice)) for invoice in found]


def planned_debt(paid: PaidInvoice, zoho_id: str) -> list[OpenInvoice]:
    """In a dry run: the invoice that would be made, open with all of its total.

    Raises:
        HeldBack: when it would be made as a draft.
    """
    if paid.status == "draft":
        raise _still_a_draft(paid)
    return [OpenInvoice(zoho_id, paid.total_amount)]


def _one_off(paid: PaidInvoice, invoices: Sequence[MirrorInvoice]) -> MirrorInvoice:
    if paid.zoho_id is None:
        raise HeldBack(State.BLOCKED, f"invoice {paid.number} is not in Zoho yet")
    invoice = next((found for found in invoices if found.zoho_id == paid.zoho_id), None)
    if invoice is None:
        raise HeldBack(
            State.BLOCKED,
            f"invoice {paid.number} was deleted in Zoho, or belongs to another customer there",
            "Find out in Zoho what became of it, and link the invoice to the right one.",
        )
    if invoice.status == "draft":
        raise _still_a_draft(paid)
    return invoice


def _still_a_draft(paid: PaidInvoice) -> HeldBack:
    return HeldBack(
        State.BLOCKED,
        f"invoice {paid.number} is still a draft, and Zoho takes no money on a draft",
        "Send the invoice in CircleTel; the payment follows it.",
    )


def _recurring(paid: PaidInvoice, billed: Billed, subscription: MirrorSubscription | None) -> list[MirrorInvoice]:
    in_period = [
        found for found in billed.invoices if paid.period_start <= found.date <= paid.period_end and _raised(found)
    ]
    if paid.service_id is None:
        return _several_services(paid, in_period)
    if subscription is None or subscription.billed_from is None or paid.period_end < subscription.billed_from:
        raise HeldBack(State.BEFORE_ZOHO, f"invoice {paid.number} bills a period before Zoho billed the service")
    if own := [found for found in in_period if found.subscription_zoho_id == subscription.zoho_id]:
        return own
    if subscription.zoho_id not in billed.asked:
        told = raised_by(in_period, billed.subscriptions) if subscription in billed.subscriptions else None
        if told is not None and subscription.zoho_id in told:
            return [told[subscription.zoho_id]]
        if told is None or subscription.zoho_id not in billed.older:
            raise Instead(Ask(Question.INVOICES_OF_SUBSCRIPTION, subscription.zoho_id, _unknown(paid)))
    if paid.period_start < subscription.billed_from:
        raise HeldBack(State.BEFORE_ZOHO, f"invoice {paid.number} bills a period before Zoho billed the service")
    raise _not_raised(paid, subscription)


def _unknown(paid: PaidInvoice) -> Hold:
    reason = f"it is not known yet which of Zoho's invoices bills the period of {paid.number}"
    return Hold(State.BLOCKED, reason, "Nothing to do: a run that may send asks Zoho.")


def _several_services(paid: PaidInvoice, in_period: Sequence[MirrorInvoice]) -> list[MirrorInvoice]:
    if in_period and sum((found.total for found in in_period), ZERO) == paid.total_amount:
        return list(in_period)
    raise HeldBack(
        State.BLOCKED,
        f"invoice {paid.number} names no service, and the customer's invoices in Zoho of its period differ from it",
        "Enter the service on the invoice in CircleTel, or record the payment in Zoho by hand and link it.",
    )


def _not_raised(paid: PaidInvoice, subscription: MirrorSubscription) -> HeldBack:
    due = subscription.next_billing_on
    if subscription.live and due is not None and due <= paid.period_end:
        return HeldBack(State.AWAITED, f"Zoho raises its invoice for the period of {paid.number} on {due}")
    return HeldBack(
        State.BLOCKED,
        f"Zoho has raised no invoice for the period of {paid.number} and will raise none",
        "Finance may have the invoice sent as a one-off under CircleTel's number; the payment follows it.",
    )


def _raised(invoice: MirrorInvoice) -> bool:
    return invoice.status not in ("void", "draft") and not invoice.circletel_id


def _payable(invoice: MirrorInvoice) -> Decimal:
    return ZERO if invoice.status in ("void", "draft") else invoice.balance
