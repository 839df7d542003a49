"""One object of Zoho as the mirror keeps it, by its id."""

from collections.abc import Callable

from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.objects import Extra, Listed, MirrorObject
from zoho_pipeline.mirror.reading import (
    mirror_credit_note,
    mirror_customer,
    mirror_invoice,
    mirror_payment,
    mirror_subscription,
)
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import NotInZoho
from zoho_pipeline.zoho.ports import About

LOOKS: dict[Listed, Callable[[ZohoBilling, str, About], MirrorObject]] = {
    Entity.CUSTOMERS: lambda client, zoho_id, about: mirror_customer(client.get_customer(zoho_id, about)),
    Entity.SUBSCRIPTIONS: lambda client, zoho_id, about: mirror_subscription(client.get_subscription(zoho_id, about)),
    Entity.INVOICES: lambda client, zoho_id, about: mirror_invoice(client.get_invoice(zoho_id, about)),
    Entity.PAYMENTS: lambda client, zoho_id, about: mirror_payment(client.get_payment(zoho_id, about)),
    Extra.CREDIT_NOTES: lambda client, zoho_id, about: mirror_credit_note(client.get_credit_note(zoho_id, about)),
}
"""The kinds that can be asked for by id: a refund cannot."""


def look(client: ZohoBilling, kind: Listed, zoho_id: str, about: About) -> MirrorObject | None:
    """The object as Zoho holds it now; None where it is not there."""
    try:
        return LOOKS[kind](client, zoho_id, about)
    except NotInZoho:
        return None
