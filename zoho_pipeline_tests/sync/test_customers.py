"""Customers: who is sent, what is refused, and what a change costs."""

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import custom

CUSTOMERS = Entity.CUSTOMERS


def test_a_customer_is_sent_with_circletels_two_keys(world: PracticeWorld) -> None:
    row = world.circletel.customer(first_name="Sipho", last_name="Dlamini", email="sipho@example.co.za")
    done = world.run(CUSTOMERS)
    made = world.zoho.one("customers")
    assert done.counts(CUSTOMERS) == {Outcome.CREATED: 1}
    assert (made["display_name"], made["email"], made["currency_code"]) == (
        "Sipho Dlamini",
        "sipho@example.co.za",
        "ZAR",
    )
    assert custom(made, "cf_circletel_customer_id") == row
    assert custom(made, "cf_account_number") == world.circletel.value("customers", row, "account_number")
    standing = world.standing(CUSTOMERS, row)
    assert (standing.zoho_id, standing.status, standing.error) == (made["customer_id"], "synced", None)
    assert standing.synced_at is not None
    assert world.zoho.mails == []


def test_a_business_is_called_by_its_business_name(world: PracticeWorld) -> None:
    world.circletel.customer(account_type="business", business_name="Karoo Wool CC")
    world.run(CUSTOMERS)
    made = world.zoho.one("customers")
    assert (made["display_name"], made["company_name"]) == ("Karoo Wool CC", "Karoo Wool CC")


def test_a_business_without_a_business_name_is_called_by_its_person(world: PracticeWorld) -> None:
    world.circletel.customer(account_type="business", business_name=" ", first_name="Lerato", last_name="Nkosi")
    world.run(CUSTOMERS)
    assert world.zoho.one("customers")["display_name"] == "Lerato Nkosi"


def test_whatever_its_statuses_a_customer_that_is_not_in_zoho_goes(world: PracticeWorld) -> None:
    rows = [world.circletel.customer(zoho_sync_status=status) for status in ("pending", None, "failed", "retrying")]
    rows += [world.circletel.customer(account_status=status) for status in ("suspended", "cancelled", "pending")]
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: len(rows)}
    assert {world.status(CUSTOMERS, row) for row in rows} == {"synced"}


def test_an_internal_test_customer_and_all_that_hangs_on_it_is_left_alone(world: PracticeWorld) -> None:
    customer = world.circletel.customer(account_type="internal_test", zoho_sync_status="failed")
    world.circletel.service(customer)
    invoice = world.circletel.invoice(customer)
    world.circletel.payment(customer)
    world.circletel.payment(None, invoice=invoice)
    world.circletel.payment(world.circletel.customer(), invoice=invoice)
    before = world.circletel.snapshot()
    done = world.run(Entity.SUBSCRIPTIONS, Entity.INVOICES, Entity.PAYMENTS)
    assert done.total == {}
    assert world.zoho.writes == []
    assert world.circletel.snapshot() == before
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: 1}
    assert world.status(CUSTOMERS, customer) == "failed"


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "empty": ({"email": ""}, "the e-mail address is blank"),
    "blank": ({"email": "   "}, "the e-mail address is blank"),
    "no at": ({"email": "nobody"}, "is not a valid one"),
    "two ats": ({"email": "a@b@c.co.za"}, "is not a valid one"),
    "no domain": ({"email": "nobody@localhost"}, "is not a valid one"),
    "nameless": ({"first_name": " ", "last_name": ""}, "the customer has no name"),
}


def test_a_customer_that_zoho_could_not_take_is_refused_before_any_call(world: PracticeWorld) -> None:
    rows = {case: world.circletel.customer(account_number=case, **values) for case, (values, _) in REFUSED.items()}
    done = world.run(CUSTOMERS)
    told = {trouble.label: trouble for trouble in done.troubles}
    assert done.counts(CUSTOMERS) == {Outcome.REFUSED: len(REFUSED)}
    assert not done.results[0].green
    assert world.zoho.writes == []
    for case, (_, reason) in REFUSED.items():
        standing = world.standing(CUSTOMERS, rows[case])
        assert standing.status == "failed"
        assert reason in (standing.error or "")
        assert reason in told[case].reason
        assert "in CircleTel" in told[case].advice


def test_a_refused_customer_goes_once_it_is_mended_and_not_before(world: PracticeWorld) -> None:
    row = world.circletel.customer(email="nobody")
    world.run(CUSTOMERS)
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.REFUSED: 1}
    world.circletel.change("customers", row, email="somebody@example.co.za")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: 1}
    standing = world.standing(CUSTOMERS, row)
    assert (standing.status, standing.error) == ("synced", None)


def test_a_customer_that_zoho_refuses_is_not_sent_again_until_its_content_changes(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    refusal = {"code": 2, "message": "Invalid value passed for phone"}
    world.zoho.befall("answer", method="POST", path="/customers$", times=None, status=400, body=refusal)
    done = world.run(CUSTOMERS)
    assert done.counts(CUSTOMERS) == {Outcome.REFUSED: 1}
    assert "Invalid value passed for phone" in done.reason
    world.zoho.forget_calls()
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.REFUSED: 1}
    assert world.zoho.writes == []
    world.zoho.mend()
    world.circletel.change("customers", row, phone="0825550000")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: 1}


def test_an_equal_name_that_the_organisation_forbids_is_left_to_a_person(world: PracticeWorld) -> None:
    world.zoho.behave(forbids_duplicate_names=True)
    world.zoho.customer(display_name="Sipho Dlamini", email="another@example.co.za")
    row = world.circletel.customer(first_name="Sipho", last_name="Dlamini")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.PARKED: 1}
    assert world.status(CUSTOMERS, row) == "failed"
    world.zoho.forget_calls()
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.PARKED: 1}
    assert world.zoho.writes == []


def test_a_changed_customer_costs_one_update_and_nothing_afterwards(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.run(CUSTOMERS)
    world.zoho.forget_calls()
    world.circletel.change("customers", row, first_name="Zanele", phone="0825559999")
    done = world.run(CUSTOMERS)
    made = world.zoho.one("customers")
    assert done.counts(CUSTOMERS) == {Outcome.UPDATED: 1}
    assert world.zoho.writes == [f"PUT /customers/{made['customer_id']}"]
    assert made["first_name"] == "Zanele"
    assert custom(made, "cf_circletel_customer_id") == row
    world.zoho.forget_calls()
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.UNCHANGED: 1}
    assert world.zoho.calls() == []


def test_a_change_of_columns_that_zoho_does_not_hold_costs_nothing(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.run(CUSTOMERS)
    world.zoho.forget_calls()
    world.circletel.change("customers", row, account_status="suspended", status="whatever", auth_user_id=None)
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.UNCHANGED: 1}
    assert world.zoho.calls() == []


def test_a_change_that_cannot_be_sent_is_refused_and_zoho_keeps_what_it_had(world: PracticeWorld) -> None:
    row = world.circletel.customer(email="good@example.co.za")
    world.run(CUSTOMERS)
    world.zoho.forget_calls()
    world.circletel.change("customers", row, email="")
    done = world.run(CUSTOMERS)
    assert done.counts(CUSTOMERS) == {Outcome.REFUSED: 1}
    assert world.zoho.writes == []
    assert world.zoho.one("customers")["email"] == "good@example.co.za"
    assert world.status(CUSTOMERS, row) == "failed"
    assert world.standing(CUSTOMERS, row).zoho_id is not None


def test_an_update_whose_answer_is_lost_is_sent_again_and_ends_the_same(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.run(CUSTOMERS)
    world.circletel.change("customers", row, first_name="Zanele")
    world.zoho.befall("reset_after_commit", method="PUT", path="/customers/")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.FAILED: 1}
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.UPDATED: 1}
    assert world.zoho.one("customers")["first_name"] == "Zanele"
    assert world.status(CUSTOMERS, row) == "synced"


def test_a_customer_whose_key_zoho_does_not_keep_stops_the_creates_of_its_kind(world: PracticeWorld) -> None:
    world.zoho.behave(custom_fields={"customers": {}, "subscriptions": {}, "invoices": {}, "payments": {}})
    for _ in range(30):
        world.circletel.customer()
    done = world.run(CUSTOMERS, env={"ZOHO_CALLS_IN_FLIGHT": "1"})
    assert "Zoho did not keep the key" in (done.interrupted or "")
    assert "custom fields" in (done.interrupted or "")
    assert len(world.zoho.objects("customers")) == 1
    assert done.counts(CUSTOMERS)[Outcome.CREATED] == 1
    statuses = world.circletel.query("SELECT zoho_sync_status, count(*) FROM customers GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in statuses] == [("pending", 29), ("synced", 1)]


def test_a_customer_that_is_changed_back_after_a_refused_change_is_synced_again(world: PracticeWorld) -> None:
    row = world.circletel.customer(email="good@example.co.za")
    world.run(CUSTOMERS)
    world.circletel.change("customers", row, email="")
    world.run(CUSTOMERS)
    world.circletel.change("customers", row, email="good@example.co.za")
    world.run(CUSTOMERS)
    standing = world.standing(CUSTOMERS, row)
    assert (standing.status, standing.error) == ("synced", None)
