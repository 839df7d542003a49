"""The judge of the campaign finds every kind of wrong that is planted in a run that went well, and nothing else."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from faults.crew import PATIENCE_SECONDS
from faults.finder import named_by_finder
from faults.judge import Finding, judge
from faults.plan import ENTITIES, planned
from faults.playing import prepared
from faults.scene import Scene
from faults.small_world import LINK
from faults.stage import Stage
from zoho_pipeline_tests.faults.conftest import GoneWell

NOT_EXCUSED: frozenset[str] = frozenset()
Plant = Callable[[Scene], object]


def found(scene: Scene) -> list[Finding]:
    return judge(scene, NOT_EXCUSED).findings


def linked(scene: Scene, place: int = 0) -> tuple[str, str]:
    """A good row that the run itself brought into Zoho: its id, and its object's."""
    row_id = sorted(set(scene.world.good) - scene.world.there)[place]
    return row_id, str(value(scene, row_id, LINK[scene.entity]))


def value(scene: Scene, row_id: str, column: str) -> Any:
    return scene.circletel.value(scene.table, row_id, column)


def customer_of(scene: Scene, row_id: str) -> str:
    """The row's customer in Zoho."""
    return str(scene.circletel.value("customers", value(scene, row_id, "customer_id"), LINK["customers"]))


def another_object(scene: Scene, row_id: str, customer: str | None = None) -> str:
    """A second object that carries the row's key, as somebody else might make it."""
    zoho, columns = scene.zoho, scene.circletel.query(f"SELECT * FROM {scene.table} WHERE id = :id", id=row_id)[0]
    if scene.entity == "customers":
        return zoho.customer(row_id, display_name="Somebody Else", email="else@example.co.za")
    whose = customer or customer_of(scene, row_id)
    if scene.entity == "subscriptions":
        return zoho.subscription(whose, date(2026, 1, 5), row_id, plan={"price": float(columns.monthly_price)})
    if scene.entity == "invoices":
        return zoho.invoice(
            whose, None, str(columns.total_amount), circletel_id=row_id, draft=columns.status == "draft"
        )
    return zoho.payment(whose, str(columns.amount), circletel_id=row_id)


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_run_that_went_well_is_clean_and_nothing_stands_twice(gone_well: GoneWell, entity: str) -> None:
    with gone_well(entity) as scene:
        verdict = judge(scene, NOT_EXCUSED)
        assert verdict.findings == []
        assert verdict.records == len(scene.world.good)
        assert named_by_finder(scene, [Finding("duplicate", "", ("none",))]) == 0


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_second_object_of_a_row_is_found_and_the_next_mirror_names_it(gone_well: GoneWell, entity: str) -> None:
    with gone_well(entity) as scene:
        row_id, first = linked(scene)
        second = another_object(scene, row_id)
        (finding,) = [finding for finding in found(scene) if finding.kind == "duplicate"]
        assert set(finding.objects) == {first, second}
        assert named_by_finder(scene, [finding]) == 1


def test_a_second_object_without_any_key_is_found_by_its_content(gone_well: GoneWell) -> None:
    with gone_well("customers") as scene:
        row_id, _ = linked(scene)
        names = f"{value(scene, row_id, 'first_name')} {value(scene, row_id, 'last_name')}"
        scene.zoho.customer(display_name=names, email=value(scene, row_id, "email"))
        (finding,) = found(scene)
        assert finding.kind == "duplicate"
        assert named_by_finder(scene, [finding]) == 1


@pytest.mark.parametrize("entity", ENTITIES)
def test_two_rows_on_one_object_are_a_wrong_link_and_the_next_mirror_names_it(gone_well: GoneWell, entity: str) -> None:
    with gone_well(entity) as scene:
        (_, first), (other, _) = linked(scene), linked(scene, 1)
        scene.circletel.change(scene.table, other, **{LINK[entity]: first})
        wrong = [finding for finding in found(scene) if finding.kind == "wrong link"]
        assert any("both point at" in finding.story for finding in wrong)
        assert named_by_finder(scene, wrong) == len(wrong)


@pytest.mark.parametrize("entity", ["subscriptions", "invoices", "payments"])
def test_an_object_of_another_customer_is_a_wrong_link(gone_well: GoneWell, entity: str) -> None:
    with gone_well(entity) as scene:
        row_id, first = linked(scene)
        wrong = another_object(scene, row_id, scene.zoho.customer(display_name="Other", email="other@example.co.za"))
        scene.circletel.change(scene.table, row_id, **{LINK[entity]: wrong})
        stories = [finding.story for finding in found(scene) if finding.kind == "wrong link"]
        assert any("which is another customer's" in story for story in stories)
        assert first != wrong


def test_a_link_to_nothing_is_a_wrong_link(gone_well: GoneWell) -> None:
    with gone_well("payments") as scene:
        row_id, zoho_id = linked(scene)
        scene.zoho.people.delete(f"/payments/{zoho_id}")
        assert ("wrong link", f"payments row {row_id} points at {zoho_id}, which is not in Zoho") in told(scene)


def told(scene: Scene) -> list[tuple[str, str]]:
    return [(finding.kind, finding.story) for finding in found(scene)]


def parked(scene: Scene) -> None:
    row_id, _ = linked(scene)
    scene.circletel.change(scene.table, row_id, **{LINK[scene.entity]: None, "zoho_sync_status": "failed"})
    scene.execute("UPDATE zoho_pipeline.sync_records SET state = 'parked', reason = 'x' WHERE row_id = :id", id=row_id)


def of_record(changes: str) -> Plant:
    """A change in what the pipeline says of a row."""

    def plant(scene: Scene) -> None:
        row_id, _ = linked(scene)
        scene.execute(f"UPDATE zoho_pipeline.sync_records SET {changes} WHERE row_id = :id", id=row_id)

    return plant


def syncing(scene: Scene) -> None:
    scene.circletel.change(scene.table, linked(scene)[0], zoho_sync_status="syncing")


def forgotten(scene: Scene) -> None:
    row_id, _ = linked(scene)
    scene.circletel.change(scene.table, row_id, **{LINK[scene.entity]: None})
    scene.execute("DELETE FROM zoho_pipeline.sync_records WHERE row_id = :id", id=row_id)


def attempt_left_open(scene: Scene) -> None:
    scene.execute("UPDATE zoho_pipeline.attempts SET ended_at = NULL WHERE row_id = :id", id=linked(scene)[0])


def mailed(scene: Scene) -> None:
    _, zoho_id = linked(scene)
    mail = {"to_mail_ids": ["somebody@example.co.za"], "subject": "Your invoice", "body": "Here it is."}
    scene.zoho.people.post(f"/invoices/{zoho_id}/email", mail)


def another(column: str, of: str) -> Plant:
    """Another amount in CircleTel than in Zoho."""

    def plant(scene: Scene) -> None:
        row_id, _ = linked(scene)
        scene.execute(f"UPDATE {scene.table} SET {column} = {of} WHERE id = :id", id=row_id)

    return plant


def pays_another_invoice(scene: Scene) -> None:
    query = f"SELECT id::text, customer_id FROM {scene.table} WHERE customer_invoice_id IS NOT NULL AND id = ANY(:ids)"
    ids = query.replace(":ids", "CAST(:ids AS uuid[])")
    row = scene.circletel.query(ids, ids=scene.world.good)[0]
    scene.execute(
        "UPDATE payment_transactions SET customer_invoice_id = (SELECT i.id FROM customer_invoices i "
        "WHERE i.customer_id = :customer AND i.id <> payment_transactions.customer_invoice_id LIMIT 1) WHERE id = :id",
        customer=row.customer_id,
        id=row.id,
    )


def made_for_a_suspended_service(scene: Scene) -> None:
    (row,) = scene.circletel.query("SELECT id::text, customer_id FROM customer_services WHERE status = 'suspended'")
    another_object(scene, row.id)


def made_though_refused(scene: Scene) -> None:
    (row_id,) = scene.world.rests
    another_object(scene, row_id)


@pytest.mark.parametrize(
    ("kind", "entity", "plant"),
    [
        ("lost", "customers", parked),
        ("lost", "payments", of_record("state = 'refused', reason = 'x'")),
        ("stateless", "invoices", syncing),
        ("stateless", "customers", forgotten),
        ("stateless", "subscriptions", attempt_left_open),
        ("stateless", "payments", of_record("state = 'in_doubt'")),
        ("stateless", "payments", of_record("state = 'failed', reason = NULL")),
        ("mail", "invoices", mailed),
        ("money", "invoices", another("total_amount", "total_amount + 0.01")),
        ("money", "invoices", another("tax_amount", "tax_amount - 0.01")),
        ("money", "invoices", another("status", "CASE status WHEN 'draft' THEN 'sent' ELSE 'draft' END")),
        ("money", "payments", another("amount", "amount + 0.01")),
        ("money", "payments", pays_another_invoice),
        ("money", "subscriptions", another("monthly_price", "monthly_price + 1")),
        ("ineligible", "subscriptions", made_for_a_suspended_service),
        ("ineligible", "invoices", made_though_refused),
    ],
)
def test_what_is_planted_is_found(gone_well: GoneWell, kind: str, entity: str, plant: Plant) -> None:
    with gone_well(entity) as scene:
        plant(scene)
        assert kind in {finding.kind for finding in found(scene)}


def test_what_the_pipeline_made_for_no_row_is_found_in_the_ledger(stage: Stage) -> None:
    with prepared(stage, planned(1, 11, ["no fault, one worker"], "invoices")) as scene:
        (worker,) = scene.start(1, ENTITIES)
        worker.process.join(PATIENCE_SECONDS)
        row_id, zoho_id = linked(scene)
        scene.execute("DELETE FROM customer_invoices WHERE id = :id", id=row_id)
        assert [(finding.kind, finding.objects) for finding in found(scene)] == [("stray", (zoho_id,))]
