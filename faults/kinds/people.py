"""CircleTel's app and people at work at the same time: in its tables, and in Zoho itself."""

from faults.kinds.kind import ANY, FEW, MANY, Kind, Step
from faults.misfortunes import ANSWERED, SEND, Misfortune
from faults.passing import let_pass
from faults.scene import Scene
from faults.small_world import LINK

HOUR = 3600.0
GRACE = {"CIRCLETEL_APP_GRACE_SECONDS": "300"}
PERSON = frozenset({"parked", "refused"})
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


def slow(kind: str = "delay_after_commit", **more: object) -> Step:
    """A create is on its way for a while."""

    def strike(scene: Scene) -> None:
        scene.befall(kind, **{"seconds": 0.5, **more})

    return strike


def being_sent(scene: Scene) -> str | None:
    """The row whose create is on its way."""
    scene.until(scene.fired)
    found = scene.scalar(
        "SELECT row_id::text FROM zoho_pipeline.attempts WHERE entity = :entity AND sent_at IS NOT NULL "
        "ORDER BY ended_at IS NOT NULL, sent_at DESC LIMIT 1",
        entity=scene.entity,
    )
    return str(found) if found else None


def change(scene: Scene) -> None:
    """Somebody changes the row in CircleTel."""
    if row_id := being_sent(scene):
        scene.execute(_CHANGE[scene.entity], id=row_id)


def change_waiting(scene: Scene) -> None:
    """Somebody changes a row between its decision and its claim, as near as can be hit."""
    for row_id in scene.dice.sample(scene.world.good, 2):
        scene.execute(_CHANGE[scene.entity], id=row_id)


def delete(scene: Scene) -> None:
    """Somebody deletes the row in CircleTel."""
    if row_id := being_sent(scene):
        scene.execute(f"DELETE FROM {scene.table} WHERE id = CAST(:id AS uuid)", id=row_id)  # noqa: S608
        scene.kept["deleted"] = row_id


def take_back(scene: Scene) -> None:
    """Somebody makes the row ineligible."""
    if row_id := being_sent(scene):
        scene.execute(_TAKE_BACK[scene.entity], id=row_id)
        scene.kept["taken back"] = row_id


def _a_parent(scene: Scene) -> tuple[str, str] | None:
    linked = sorted((row, zoho_id) for row, zoho_id in scene.world.customers.items() if zoho_id)
    return scene.dice.choice(linked) if linked else None


def merge_parent(scene: Scene) -> None:
    """Somebody merges a customer into another one in Zoho."""
    scene.until(scene.fired, 3)
    if parent := _a_parent(scene):
        into = scene.zoho.customer(display_name="Merged Into", email="merged@example.co.za")
        scene.zoho.control.call("POST", "merge-customers", {"from": parent[1], "into": into})
        scene.merged[parent[1]] = into


def delete_parent(scene: Scene) -> None:
    """Somebody deletes a customer in Zoho that has nothing yet."""
    linked = [zoho_id for zoho_id in scene.world.customers.values() if zoho_id]
    for zoho_id in scene.dice.sample(linked, len(linked)):
        try:
            scene.zoho.people.delete(f"/customers/{zoho_id}")
        except AssertionError:
            continue  # it has documents, and Zoho keeps it
        scene.gone.add(zoho_id)
        return


def delete_made(scene: Scene) -> None:
    """Somebody deletes a customer in Zoho that was just made."""
    query = "SELECT zoho_id FROM zoho_pipeline.attempts WHERE zoho_id IS NOT NULL ORDER BY id LIMIT 1"
    scene.until(lambda: scene.scalar(query))
    if zoho_id := scene.scalar(query):
        try:
            scene.zoho.people.delete(f"/{scene.entity}/{zoho_id}")
            scene.gone.add(str(zoho_id))
        except AssertionError:
            pass


def app_is_at_it(scene: Scene) -> None:
    """The app has two rows in its hands."""
    scene.kept["app"] = scene.dice.sample(sorted(set(scene.unlinked()) - scene.world.there), 2)
    let_pass(scene.engine, HOUR)
    for row_id in scene.kept["app"]:
        scene.circletel.change(scene.table, row_id, zoho_sync_status="syncing")


def app_pushes(scene: Scene, row_id: str) -> str:
    """What the app makes of a row: its own keys, not ours."""
    row = scene.circletel.query(f"SELECT * FROM {scene.table} WHERE id = :id", id=row_id)[0]  # noqa: S608
    if scene.entity == "customers":
        name = f"{row.first_name} {row.last_name}"
        return scene.zoho.customer(row_id, display_name=name, email=row.email)
    customer = scene.scalar("SELECT zoho_billing_customer_id FROM customers WHERE id = :id", id=row.customer_id)
    if customer is None:
        return ""
    if scene.entity == "subscriptions":
        plan = {"price": float(row.monthly_price)}
        return scene.zoho.subscription(str(customer), row.activation_date, row_id, plan=plan)
    if scene.entity == "invoices":
        draft = row.status == "draft"
        dates = {"date": str(row.invoice_date), "due_date": str(row.due_date)}
        return scene.zoho.invoice(str(customer), None, str(row.total_amount), circletel_id=row_id, draft=draft, **dates)
    on = {"date": str(row.completed_at.date()), "reference_number": row_id[:8]}
    scene.kept.setdefault("unapplied", set()).add(row_id)
    return scene.zoho.payment(str(customer), str(row.amount), **on)


def _links(scene: Scene, row_id: str, zoho_id: str) -> None:
    if zoho_id:
        scene.circletel.change(scene.table, row_id, **{LINK[scene.entity]: zoho_id, "zoho_sync_status": "synced"})


def app_ends(scene: Scene) -> None:
    """The app finishes what it had in its hands."""
    for row_id in scene.kept["app"]:
        _links(scene, row_id, app_pushes(scene, row_id))


def app_made_it_and_died(scene: Scene) -> None:
    """The app made the objects, and never came to write that down."""
    for row_id in scene.kept["app"]:
        app_pushes(scene, row_id)


def app_races(scene: Scene) -> None:
    """The app pushes the row that is being sent."""
    if row_id := being_sent(scene):
        _links(scene, row_id, app_pushes(scene, row_id))


def app_races_unlinked(scene: Scene) -> None:
    """The app pushes the row that is being sent, and does not come to link it."""
    if row_id := being_sent(scene):
        app_pushes(scene, row_id)


def late_beyond_settling(scene: Scene) -> None:
    """Zoho carries a create out long after settling."""
    scene.befall("late_commit", seconds=6, times=1)


def late_has_come(scene: Scene) -> None:
    """The recovery comes before the late commit."""
    scene.kept["late"] = True


def dies_in_doubt() -> Step:
    """The worker dies while its first create is on its way."""

    def strike(scene: Scene) -> None:
        scene.misfortune = Misfortune(
            ANSWERED if scene.dice.random() < 0.7 else SEND, 1, f"POST /{scene.entity}$", "KILL"
        )

    return strike


def _after_the_end(then: Step) -> Step:
    def act(scene: Scene) -> None:
        scene.until(lambda: not any(worker.alive for worker in scene.workers), 20)
        then(scene)

    return act


KINDS = (
    Kind("row changed in mid-send", slow(), change, rests=PERSON),
    Kind("row changed before its claim", act=change_waiting, rests=PERSON, workers=MANY),
    Kind("row changed while in doubt", dies_in_doubt(), _after_the_end(change), rests=PERSON, workers=(1,)),
    Kind("row deleted in mid-send", slow(), delete, entities=("subscriptions", "invoices", "payments")),
    Kind("row deleted while in doubt", dies_in_doubt(), _after_the_end(delete), workers=(1,),
         entities=("subscriptions", "invoices", "payments")),
    Kind("row made ineligible in mid-send", slow(), take_back),
    Kind("row made ineligible while in doubt", dies_in_doubt(), _after_the_end(take_back), workers=(1,)),
    Kind("parent merged in Zoho", slow(), merge_parent, rests=PERSON | {"blocked"},
         entities=("subscriptions", "invoices", "payments")),
    Kind("parent deleted in Zoho", act=delete_parent, rests=PERSON | {"blocked"},
         entities=("subscriptions", "invoices", "payments")),
    Kind("object deleted in Zoho", act=delete_made, workers=ANY, rests=PERSON | {"blocked"}),
    Kind("app at work, grace respected", app_is_at_it, app_ends, environ=GRACE, workers=FEW),
    Kind("app died at work, object made", app_is_at_it, app_made_it_and_died, environ=GRACE, workers=FEW),
    Kind("app died at work, nothing made", app_is_at_it, environ=GRACE, workers=MANY),
    Kind("app races and links", slow(), app_races, rests=PERSON, within=False),
    Kind("app races", slow(), app_races_unlinked, rests=PERSON, within=False),
    Kind("commit later than settling", late_beyond_settling, late_has_come, rests=PERSON, within=False),
)  # fmt: skip
