"""CircleTel's app at work at the same time: rows in its hands, and rows that it pushes to Zoho itself."""

from faults.holds import PATIENT
from faults.kinds.kind import FEW, MANY, Kind
from faults.kinds.moments import PERSON, held_create, in_hand
from faults.passing import let_pass
from faults.scene import Scene
from faults.small_world import LINK

HOUR = 3600.0
GRACE = {"CIRCLETEL_APP_GRACE_SECONDS": "300"}


def app_is_at_it(scene: Scene) -> None:
    """The app has two rows in its hands."""
    scene.kept["app"] = scene.dice.sample(sorted(set(scene.unlinked()) - scene.world.there), 2)
    scene.require(lambda: _left_alone(scene))
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


def _left_alone(scene: Scene) -> bool:
    """Whether a worker has come upon the rows, and noted that the app has them."""
    query = "SELECT count(*) FROM zoho_pipeline.sync_records WHERE row_id = ANY(CAST(:ids AS uuid[]))"
    return bool(scene.scalar(query, ids=scene.kept["app"]))


def app_ends(scene: Scene) -> None:
    """The app finishes what it had in its hands, once a worker has seen that."""
    scene.until(lambda: _left_alone(scene))
    for row_id in scene.kept["app"]:
        _links(scene, row_id, app_pushes(scene, row_id))


def app_made_it_and_died(scene: Scene) -> None:
    """The app made the objects, and never came to write that down."""
    scene.until(lambda: _left_alone(scene))
    for row_id in scene.kept["app"]:
        app_pushes(scene, row_id)


def app_races(scene: Scene, row_id: str) -> bool:
    """The app pushes the row that is being sent, and links it; whether it could."""
    made = app_pushes(scene, row_id)
    _links(scene, row_id, made)
    return bool(made)


def app_races_unlinked(scene: Scene, row_id: str) -> bool:
    """The app pushes the row that is being sent, and does not come to link it; whether it could."""
    return bool(app_pushes(scene, row_id))


KINDS = (
    Kind("app at work, grace respected", app_is_at_it, app_ends, environ=GRACE, workers=FEW),
    Kind("app died at work, object made", app_is_at_it, app_made_it_and_died, environ=GRACE, workers=FEW),
    Kind("app died at work, nothing made", app_is_at_it, environ=GRACE, workers=MANY),
    Kind("app races and links", held_create, in_hand(app_races), rests=PERSON, environ=PATIENT, within=False),
    Kind("app races", held_create, in_hand(app_races_unlinked), rests=PERSON, environ=PATIENT, within=False),
)
