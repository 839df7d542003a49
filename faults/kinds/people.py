"""People at work at the same time: they change, delete or take back rows in CircleTel, and meddle in Zoho."""

from faults.holds import PATIENT, release, until_held
from faults.kinds.kind import ANY, FEW, Kind
from faults.kinds.moments import (
    PERSON,
    all_go_on,
    all_wait_before_claiming,
    all_waiting,
    dies_in_doubt,
    held_create,
    in_hand,
    once_all_ended,
)
from faults.scene import Scene

_CHANGE = {
    "customers": "UPDATE customers SET last_name = 'Changed', phone = '0829990000' WHERE id = CAST(:id AS uuid)",
    "subscriptions": "UPDATE customer_services SET monthly_price = 1234.00 WHERE id = CAST(:id AS uuid)",
    "invoices": "UPDATE customer_invoices SET due_date = due_date + 14 WHERE id = CAST(:id AS uuid)",
    "payments": "UPDATE payment_transactions SET amount = amount + 1 WHERE id = CAST(:id AS uuid)",
}
_TAKE_BACK = {
    "customers": "UPDATE customers SET account_type = 'internal_test' WHERE id = CAST(:id AS uuid)",
    "subscriptions": "UPDATE customer_services SET status = 'suspended' WHERE id = CAST(:id AS uuid)",
    "invoices": "UPDATE customer_invoices SET status = 'voided' WHERE id = CAST(:id AS uuid)",
    "payments": "UPDATE payment_transactions SET status = 'refunded' WHERE id = CAST(:id AS uuid)",
}


def change(scene: Scene, row_id: str) -> None:
    """Somebody changes the row in CircleTel."""
    scene.execute(_CHANGE[scene.entity], id=row_id)


def delete(scene: Scene, row_id: str) -> None:
    """Somebody deletes the row in CircleTel."""
    scene.execute(f"DELETE FROM {scene.table} WHERE id = CAST(:id AS uuid)", id=row_id)  # noqa: S608
    scene.kept["deleted"] = row_id


def take_back(scene: Scene, row_id: str) -> None:
    """Somebody makes the row ineligible."""
    scene.execute(_TAKE_BACK[scene.entity], id=row_id)
    scene.kept["taken back"] = row_id


def change_waiting(scene: Scene) -> None:
    """Somebody changes rows between their decision and their claim."""
    scene.lay("changed in between")
    if all_waiting(scene):
        waiting = sorted(set(scene.unlinked()) - scene.world.there)
        for row_id in scene.dice.sample(waiting, min(2, len(waiting))):
            change(scene, row_id)
            scene.hit("changed in between")
    all_go_on(scene)


def merge_parent(scene: Scene) -> None:
    """Somebody merges a customer into another one in Zoho while a create is on its way."""
    scene.lay("merged")
    linked = sorted(zoho_id for zoho_id in scene.world.customers.values() if zoho_id)
    if until_held(scene):
        _merge(scene, scene.dice.choice(linked))
        release(scene)


def merge_made(scene: Scene) -> None:
    """Somebody merges a customer in Zoho that was just made."""
    scene.lay("merged")
    if scene.until(lambda: scene.scalar(_MADE, entity=scene.entity)):
        _merge(scene, str(scene.scalar(_MADE, entity=scene.entity)))


def _merge(scene: Scene, zoho_id: str) -> None:
    into = scene.zoho.customer(display_name="Merged Into", email="merged@example.co.za")
    scene.zoho.control.call("POST", "merge-customers", {"from": zoho_id, "into": into})
    scene.merged[zoho_id] = into
    scene.hit("merged")


def delete_parent(scene: Scene) -> None:
    """Somebody deletes a customer in Zoho that has nothing yet."""
    scene.lay("deleted")
    linked = sorted(zoho_id for zoho_id in scene.world.customers.values() if zoho_id)
    for zoho_id in scene.dice.sample(linked, len(linked)):
        if _deleted(scene, f"/customers/{zoho_id}"):
            scene.gone.add(zoho_id)
            scene.hit("deleted")
            return


def delete_made(scene: Scene) -> None:
    """Somebody deletes an object in Zoho that was just made; an invoice that has gone out is made void."""
    scene.lay("deleted")
    if not scene.until(lambda: scene.scalar(_MADE, entity=scene.entity)):
        return
    zoho_id = str(scene.scalar(_MADE, entity=scene.entity))
    if _deleted(scene, f"/{scene.entity}/{zoho_id}"):
        scene.hit("deleted")
    elif scene.entity == "invoices":
        scene.zoho.people.post(f"/invoices/{zoho_id}/void")
        scene.hit("deleted")
    elif scene.entity == "subscriptions":
        scene.zoho.people.post(f"/subscriptions/{zoho_id}/cancel", None, cancel_at_end="false")
        scene.hit("deleted")
    scene.gone.add(zoho_id)


def _deleted(scene: Scene, path: str) -> bool:
    """Whether Zoho let it be deleted; what has documents it keeps."""
    try:
        scene.zoho.people.delete(path)
    except AssertionError:
        return False
    return True


_MADE = """
    SELECT zoho_id FROM zoho_pipeline.attempts
    WHERE entity = :entity AND action = 'create' AND zoho_id IS NOT NULL ORDER BY id LIMIT 1
"""
CHILDREN = ("subscriptions", "invoices", "payments")


KINDS = (
    Kind("row changed in mid-send", held_create, in_hand(change), rests=PERSON, environ=PATIENT),
    Kind("row changed before its claim", all_wait_before_claiming, change_waiting, rests=PERSON, workers=FEW),
    Kind("row changed while in doubt", dies_in_doubt, once_all_ended(change), rests=PERSON, workers=(1,)),
    Kind("row deleted in mid-send", held_create, in_hand(delete), environ=PATIENT),
    Kind("row deleted while in doubt", dies_in_doubt, once_all_ended(delete), workers=(1,)),
    Kind("row made ineligible in mid-send", held_create, in_hand(take_back), environ=PATIENT),
    Kind("row made ineligible while in doubt", dies_in_doubt, once_all_ended(take_back), workers=(1,)),
    Kind("parent merged in Zoho", held_create, merge_parent, rests=PERSON | {"blocked"}, environ=PATIENT,
         entities=CHILDREN),
    Kind("parent deleted in Zoho", delete_parent, rests=PERSON | {"blocked"}, entities=CHILDREN),
    Kind("object merged in Zoho", act=merge_made, rests=PERSON | {"blocked"}, entities=("customers",)),
    Kind("object deleted in Zoho", act=delete_made, workers=ANY, rests=PERSON | {"blocked"}),
)  # fmt: skip
