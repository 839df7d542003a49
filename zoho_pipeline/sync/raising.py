"""Which subscription raised which invoice, where Zoho's lists leave one answer only.

A list row does not say (documented), and asking costs a call for each subscription. But a subscription bills its amount
on one day of every term: an invoice of that day and amount is its own if no other subscription of the customer can have
raised it, and it has no second one like it. Where one invoice of the period is not accounted for, nothing is told, and
Zoho is asked.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from zoho_pipeline.mirror.objects import MirrorInvoice, MirrorSubscription
from zoho_pipeline.mirror.reading import NOT_OF_A_SUBSCRIPTION


def raised_by(
    invoices: Sequence[MirrorInvoice], subscriptions: Sequence[MirrorSubscription]
) -> dict[str, MirrorInvoice] | None:
    """The invoice of each subscription that raised one, by the subscription's id; None where the lists do not tell.

    `invoices` are all of a customer's in one period that a subscription may have raised, `subscriptions` all of the
    customer's. Each invoice must be one subscription's and nobody else's, and each must be another one's.
    """
    marked = [found for found in invoices if found.subscription_zoho_id not in (None, NOT_OF_A_SUBSCRIPTION)]
    days = {(found.subscription_zoho_id, found.date) for found in marked}
    told: dict[str, MirrorInvoice] = {}
    for found in invoices:
        if found.subscription_zoho_id == NOT_OF_A_SUBSCRIPTION:
            continue
        able = [one.zoho_id for one in subscriptions if _bills(one, found)]
        if found in marked:
            able = [zoho_id for zoho_id in able if zoho_id == found.subscription_zoho_id]
        else:
            able = [zoho_id for zoho_id in able if (zoho_id, found.date) not in days]
        if len(able) != 1 or able[0] in told:
            return None
        told[able[0]] = found
    return told


def _bills(subscription: MirrorSubscription, invoice: MirrorInvoice) -> bool:
    """Whether the subscription bills that amount, and a term of it has begun on that day."""
    since, until = subscription.billed_from, subscription.next_billing_on
    if since is None or invoice.date < since or (until is not None and invoice.date >= until):
        return False
    return invoice.total == subscription.amount and invoice.date == _same_day(since, invoice.date)


def _same_day(since: date, month: date) -> date:
    """The day of that month on which a term begins that first began on `since`; its last where it has no such day."""
    return month.replace(day=min(since.day, monthrange(month.year, month.month)[1]))
