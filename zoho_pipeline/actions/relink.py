"""Linking a row to the object in Zoho that a person has found to be its own. One call; audited."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection, text

from zoho_pipeline.actions.backfill import Paused
from zoho_pipeline.actions.opening import Done, Environ, Opened, named, note, opened, row_of
from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.circletel.links import lock_row, unlink
from zoho_pipeline.circletel.rows import Customer, Row
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import guard_zoho
from zoho_pipeline.mirror.objects import ENDED, MirrorCustomer, MirrorPayment, MirrorSubscription, SyncedObject
from zoho_pipeline.mirror.reading import mirror_customer, mirror_invoice, mirror_payment, mirror_subscription
from zoho_pipeline.mirror.storing import store
from zoho_pipeline.recovery.standing import standing_of
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.states import State
from zoho_pipeline.sync.holders import holders_of
from zoho_pipeline.sync.matching import row_id_in
from zoho_pipeline.sync.outcomes import LOG_REFUSED, Conclusion, write_conclusions
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import NotInZoho
from zoho_pipeline.zoho.ports import About, Purpose

BY_HAND = "linked by a person"
_HOLD_OBJECT = text("SELECT pg_advisory_xact_lock(hashtextextended('relink ' || :object, 0))")
"""Until the transaction ends: two people never link two rows to one object."""


class NotLinked(Foreseen):
    """The object cannot be the row's, or the row cannot be linked now."""


def relink(entity: Entity, row_id: str, zoho_id: str, by: str, environ: Environ) -> str | None:
    """Link the row to that object, and take it as synced with its present content; nothing is sent to Zoho.

    Returns the object that the row was linked to before, if any.

    Raises:
        NobodyNamed, NoSuchRow: when nobody is named, or there is no such row.
        NotLinked: when the object is not in Zoho, has ended, is another customer's, carries the key of another row or
            is held by one, or when the row is being sent.
        Foreseen: when the settings, the database or Zoho do not allow to look; nothing was changed then.
    """
    by = named(by)
    with opened("link a row", environ) as at:
        if at.sync.paused:
            raise Paused("The pipeline is paused (ZOHO_PAUSED is on): nothing was linked. Switch it off to go on.")
        with at.engine.connect() as connection:
            row = row_of(connection, entity, at.shape, row_id)
        zoho = ZohoSettings.load(environ)
        guard_zoho(at.sync, zoho)
        found = _look(billing_client(zoho, at.engine, SystemClock()), row, zoho_id)
        try:
            return _link(at, row, found, by, log=True)
        except LOG_REFUSED:
            return _link(at, row, found, by, log=False)


_LOOKS: dict[Entity, Callable[[ZohoBilling, str, About], SyncedObject]] = {
    Entity.CUSTOMERS: lambda client, zoho_id, about: mirror_customer(client.get_customer(zoho_id, about)),
    Entity.SUBSCRIPTIONS: lambda client, zoho_id, about: mirror_subscription(client.get_subscription(zoho_id, about)),
    Entity.INVOICES: lambda client, zoho_id, about: mirror_invoice(client.get_invoice(zoho_id, about)),
    Entity.PAYMENTS: lambda client, zoho_id, about: mirror_payment(client.get_payment(zoho_id, about)),
}


def _look(client: ZohoBilling, row: Row, zoho_id: str) -> SyncedObject:
    name = f"{row.entity.singular} {row.label}"
    about = About(entity=row.entity.value, record_id=row.id, name=name, purpose=Purpose.URGENT)
    try:
        return _LOOKS[row.entity](client, zoho_id, about)
    except NotInZoho:
        raise _refusal(row, f"Zoho has no {row.entity.singular} {zoho_id}. Look up its id in Zoho") from None


def _link(at: Opened, row: Row, found: SyncedObject, by: str, *, log: bool) -> str | None:
    """Row, link, log, record, mirror and audit, all or nothing."""
    with at.engine.begin() as connection:
        connection.execute(_HOLD_OBJECT, {"object": f"{row.entity} {found.zoho_id}"})
        lock_row(connection, row.entity, row.id)
        before, row = row.sync.zoho_id, row_of(connection, row.entity, at.shape, row.id)
        if row.sync.zoho_id != before:
            raise _refusal(
                row, f"it was linked to {row.sync.zoho_id or 'nothing'} meanwhile. See by whom, and look again"
            )
        if reason := _why_not(connection, at, row, found):
            raise _refusal(row, reason)
        if row.sync.zoho_id != found.zoho_id:
            unlink(connection, row.entity, row.id)
        conclusion = Conclusion.of(
            row, State.SYNCED, made=found.zoho_id, reason=BY_HAND, outcome="linked", request={"linked": BY_HAND}
        )
        write_conclusions(connection, row.entity, at.shape, [replace(conclusion, held=None)], "by hand", log=log)
        store(connection, row.entity, [found])
        details = {"zoho_id": found.zoho_id} | ({"before": row.sync.zoho_id} if row.sync.zoho_id else {})
        note(connection, "relink", by, row.entity, [Done(row.id, details)])
        return row.sync.zoho_id


def _why_not(connection: Connection, at: Opened, row: Row, found: SyncedObject) -> str | None:
    """Why the object cannot be the row's, with what to do; None where it can."""
    (standing,) = standing_of(connection, row.entity, at.shape, [row.id])
    if standing.being_sent:
        return "it is being sent at this moment. See how that ends, then try again"
    other = holders_of(connection, row.entity, [found.zoho_id]).other_than(row.id, found)
    if other is not None:
        return f"{row.entity.singular} {other} holds object {found.zoho_id}. Link that one to its own object first"
    return _of_another(row, found)


def _of_another(row: Row, found: SyncedObject) -> str | None:
    """Pure: whether customer, key and status of the object speak against it."""
    if isinstance(found, MirrorSubscription) and found.status in ENDED:
        return f"subscription {found.zoho_id} is {found.status} in Zoho. Link the row to one that runs"
    if not isinstance(row, Customer) and not isinstance(found, MirrorCustomer):
        if row.customer_zoho_id is None:
            return "its customer is not linked to Zoho. Link the customer first"
        if found.customer_zoho_id != row.customer_zoho_id:
            return (
                f"object {found.zoho_id} is of customer {found.customer_zoho_id} in Zoho, but the row's customer is "
                f"{row.customer_zoho_id} there. See whose it is"
            )
    if keys := _keys(found) - {row.id}:
        return (
            f"object {found.zoho_id} carries the key of {row.entity.singular} {min(keys)}. If it is this row's all the "
            "same, correct the key in Zoho first"
        )
    return None


def _keys(found: SyncedObject) -> set[str]:
    """CircleTel's ids that the object carries; people may use a reference for something else."""
    keys = {found.circletel_id}
    if isinstance(found, MirrorSubscription):
        keys.add(found.reference_id)
    if isinstance(found, MirrorPayment):
        keys.add(row_id_in(found))
    return {key for key in keys if key and _is_uuid(key)}


def _is_uuid(key: str) -> bool:
    try:
        return str(UUID(key)) == key
    except ValueError:
        return False


def _refusal(row: Row, reason: str) -> NotLinked:
    return NotLinked(f"{row.entity.singular.capitalize()} {row.label} was not linked: {reason}.")
