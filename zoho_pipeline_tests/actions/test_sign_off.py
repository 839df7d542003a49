"""Signing a month off: by two people, as it was prepared, if it ties out; and closed from then on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest

from zoho_pipeline.actions import people, sign_off
from zoho_pipeline.clock import SimulatedClock
from zoho_pipeline.entities import Entity
from zoho_pipeline.people.person import NotAllowed, Role
from zoho_pipeline.people.signing_in import Credentials, NotSignedIn
from zoho_pipeline.reconciliation.closing.guards import NotSigned
from zoho_pipeline.reconciliation.closing.keeping import SnapshotAltered
from zoho_pipeline.reconciliation.closing.notes import NotNoted
from zoho_pipeline.reconciliation.closing.signing import MeanwhileSigned
from zoho_pipeline.reconciliation.closing.states import Stage
from zoho_pipeline.states import Outcome
from zoho_pipeline.sync.closed import closed_months
from zoho_pipeline_tests.practice.office import (
    APPROVER,
    AUGUST,
    NOVEMBER,
    OCTOBER,
    PASSWORD,
    PREPARER,
    SEPTEMBER,
    Office,
    entered,
)
from zoho_pipeline_tests.practice.world import PracticeWorld


@pytest.fixture
def office(world: PracticeWorld) -> Office:
    return Office(world)


def reasons(attempt: pytest.ExceptionInfo[NotSigned]) -> str:
    return "\n".join(attempt.value.reasons)


def stage(office: Office, month: object = SEPTEMBER) -> Stage:
    by = Credentials(PREPARER, PASSWORD)
    found = sign_off.months(by, office.world.environ, office.clock)
    return next(each.stage for each in found.standings if each.month == month)


def closed(office: Office) -> set[object]:
    with office.world.engine.connect() as connection:
        return set(closed_months(connection))


def test_prepared_by_one_and_approved_by_another_a_month_is_closed(office: Office) -> None:
    office.compare()
    assert stage(office) is Stage.OPEN
    prepared = office.prepare()
    assert (stage(office), closed(office)) == (Stage.PREPARED, set())
    approved = office.approve()
    assert (stage(office), closed(office)) == (Stage.APPROVED, {SEPTEMBER})
    assert (prepared.entry.by.name, approved.entry.by.name) == (PREPARER, APPROVER)
    assert approved.entry.facts["snapshot"] == prepared.entry.facts["snapshot"]
    found = office.verify(prepared.head.printed, approved.head.printed)
    assert (found.faults, found.snapshots, found.head) == ([], 1, approved.head)


def test_nobody_approves_what_he_has_prepared_whatever_his_roles(office: Office) -> None:
    entered(office.world.engine, "Both Hats", Role.PREPARER, Role.APPROVER, Role.ADMIN)
    office.compare()
    office.prepare(by="Both Hats")
    with pytest.raises(NotSigned) as told:
        office.approve(by="both hats")
    assert reasons(told) == "Both Hats has prepared it, so somebody else has to approve it."
    office.approve()


def test_each_signature_takes_its_own_role_and_no_other(office: Office) -> None:
    for role in Role:
        entered(office.world.engine, f"Only {role}", role)
    office.compare()
    for role in set(Role) - {Role.PREPARER}:
        with pytest.raises(NotAllowed, match=f"Only {role} may not prepare a month: that takes the role preparer"):
            office.prepare(by=f"Only {role}")
    assert stage(office) is Stage.OPEN
    office.prepare()
    for role in set(Role) - {Role.APPROVER}:
        with pytest.raises(NotAllowed, match=f"Only {role} may not approve a month: that takes the role approver"):
            office.approve(by=f"Only {role}")
    office.approve()
    for role in set(Role) - {Role.APPROVER}:
        with pytest.raises(NotAllowed, match=f"Only {role} may not reopen a month"):
            office.reopen(by=f"Only {role}")
    assert closed(office) == {SEPTEMBER}


def test_who_is_disabled_or_has_another_password_signs_nothing(office: Office) -> None:
    entered(office.world.engine, "Zanele", Role.ADMIN)
    office.compare()
    office.prepare()
    with pytest.raises(NotSignedIn):
        sign_off.approve(SEPTEMBER, Credentials(APPROVER, "a wrong password"), office.world.environ, office.clock)
    people.disable(APPROVER, Credentials("Zanele", PASSWORD), office.world.environ, office.clock)
    with pytest.raises(NotSignedIn, match=f"{APPROVER} may not sign in any more"):
        office.approve()
    assert closed(office) == set()


def test_nobody_signs_with_a_password_that_somebody_else_has_set(office: Office) -> None:
    entered(office.world.engine, "New Hand", Role.PREPARER, own=False)
    office.compare()
    with pytest.raises(NotAllowed, match="cannot prepare a month with a password that somebody else has set"):
        office.prepare(by="New Hand")
    mine = Credentials("New Hand", PASSWORD)
    people.set_password("New Hand", "a password of one's own", mine, office.world.environ, office.clock)
    own = Credentials("New Hand", "a password of one's own")
    assert sign_off.prepare(SEPTEMBER, own, office.world.environ, office.clock).entry.by.name == "New Hand"


# What cannot be signed


def test_a_month_that_was_never_compared_and_is_not_over_is_refused_with_every_reason(office: Office) -> None:
    early = Office.__new__(Office)
    early.__dict__ = office.__dict__ | {"clock": SimulatedClock(datetime(2025, 9, 30, 21, 59, tzinfo=UTC))}
    with pytest.raises(NotSigned) as told:
        early.prepare()
    assert str(told.value).startswith("2025-09 was not prepared:\n- It is not over before 2025-10-01.")
    for kind in Entity:
        assert f"Its {kind} were never compared with Zoho's" in reasons(told)
    for control in ("outstanding", "unused_credits", "closing"):
        assert f"The control {control} was never worked out" in reasons(told)
    assert len(told.value.reasons) == 1 + 4 + 3


def test_a_month_ends_at_midnight_in_johannesburg(office: Office) -> None:
    office.compare()
    for hour, over in ((21, False), (22, True)):
        office.clock = SimulatedClock(datetime(2025, 9, 30, hour, 30, tzinfo=UTC))
        if over:
            assert office.prepare().entry.by.name == PREPARER
        else:
            with pytest.raises(NotSigned, match="It is not over before 2025-10-01"):
                office.prepare()


def test_lists_from_before_the_months_end_are_not_enough(office: Office) -> None:
    office.compare()
    office.world.circletel.execute("UPDATE zoho_pipeline.reconciliation_comparisons SET as_of = '2025-09-30T12:00Z'")
    with pytest.raises(NotSigned) as told:
        office.prepare()
    assert "Its payments were last compared with Zoho's lists of 2025-09-30 14:00, before its end" in reasons(told)
    assert len(told.value.reasons) == 4


def test_what_does_not_tie_out_or_hold_is_not_signed(office: Office) -> None:
    office.compare()
    office.world.circletel.execute(
        "UPDATE zoho_pipeline.reconciliation_totals t SET zoho_amount = zoho_amount + 1 "
        "FROM zoho_pipeline.reconciliation_comparisons c WHERE c.id = t.comparison_id AND c.entity = 'invoices'"
    )
    office.world.circletel.execute(
        "UPDATE zoho_pipeline.reconciliation_controls SET found = found + 1 WHERE control = 'closing'"
    )
    with pytest.raises(NotSigned) as told:
        office.prepare()
    assert "Its invoices do not tie out: 0 of them and R 1.00 are explained by no item" in reasons(told)
    assert "The control closing does not hold" in reasons(told)
    assert len(told.value.reasons) == 2


def test_an_unexpected_item_over_the_materiality_needs_a_persons_note(office: Office) -> None:
    office.make_unsent(total="115.00")
    office.compare()
    (item,) = office.items()
    with pytest.raises(NotSigned) as told:
        office.prepare()
    assert reasons(told).startswith(
        f"Item {item.id} (Missing in Zoho, invoice {item.label} of 2025-09, R 115.00) is over"
    )
    office.world.environ["RECONCILIATION_MATERIALITY"] = "115"
    office.prepare()
    office.world.environ["RECONCILIATION_MATERIALITY"] = "114.99"
    with pytest.raises(NotSigned, match=r"is over the materiality of R 114\.99"):
        office.prepare()
    assert office.note(item.id, "was posted to the wrong month") == item.label
    office.prepare()


def test_a_note_on_an_item_that_is_about_other_money_by_now_does_not_count(office: Office) -> None:
    row = office.make_unsent(total="115.00")
    office.compare()
    (item,) = office.items()
    office.note(item.id)
    office.world.circletel.change(
        "customer_invoices", row, total_amount="230.00", subtotal="200.00", tax_amount="30.00"
    )
    office.compare()
    with pytest.raises(NotSigned, match=f"Item {item.id} .*R 230.00"):
        office.prepare()


def test_a_note_is_made_by_who_signs_or_an_admin_and_says_something_of_an_item(office: Office) -> None:
    entered(office.world.engine, "Sipho", Role.OPERATOR, Role.VIEWER)
    with pytest.raises(NotAllowed, match="that takes the role preparer or approver or admin"):
        office.note(1, by="Sipho")
    with pytest.raises(NotNoted, match="There is no item 99"):
        office.note(99)
    with pytest.raises(NotNoted, match="say what is known of it"):
        office.note(1, said="  ")


def test_a_month_is_not_approved_before_it_was_prepared(office: Office) -> None:
    office.compare()
    with pytest.raises(NotSigned, match="It is open: somebody has to prepare it first"):
        office.approve()


def test_what_changed_since_it_was_prepared_is_not_approved(office: Office) -> None:
    office.compare()
    office.prepare()
    office.make_unsent()
    office.compare()
    with pytest.raises(NotSigned) as told:
        office.approve()
    assert told.value.reasons[0] == (
        "It is not as it was prepared any more (items, receivables, tie outs): prepare it anew."
    )
    assert "Missing in Zoho" in told.value.reasons[1]
    assert closed(office) == set()


def test_a_comparison_that_finds_the_same_leaves_it_as_it_was_prepared(office: Office) -> None:
    office.compare()
    office.prepare()
    office.world.circletel.invoice(office.customer, "575.00", invoice_date=date(2025, 10, 5))
    office.sync()
    office.compare(SEPTEMBER, OCTOBER)
    office.approve()
    assert closed(office) == {SEPTEMBER}


def test_a_snapshot_that_was_altered_is_not_approved(office: Office) -> None:
    office.compare()
    office.prepare()
    office.world.circletel.execute(
        "ALTER TABLE zoho_pipeline.reconciliation_snapshots DISABLE TRIGGER ALL; "
        "UPDATE zoho_pipeline.reconciliation_snapshots SET content = replace(content, '230.00', '231.00')"
    )
    with pytest.raises(SnapshotAltered, match="was altered"):
        office.approve()


def test_months_are_signed_one_after_another(office: Office) -> None:
    office.sign(AUGUST)
    office.compare(OCTOBER)
    with pytest.raises(NotSigned) as told:
        office.prepare(OCTOBER)
    assert reasons(told) == "2025-09 is not signed, and months are signed one after another."
    office.sign(SEPTEMBER)
    office.prepare(OCTOBER)


# Two at once


def test_of_two_approvals_at_once_one_wins(office: Office) -> None:
    entered(office.world.engine, "Lerato", Role.APPROVER)
    office.compare()
    office.prepare()
    together = Barrier(2)

    def one(name: str) -> str:
        together.wait(20)
        try:
            return office.approve(by=name).entry.by.name
        except (NotSigned, MeanwhileSigned):
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(one, [APPROVER, "Lerato"]))
    assert ended.count("refused") == 1
    assert (closed(office), office.verify().faults) == ({SEPTEMBER}, [])


def test_a_signed_month_is_signed_once(office: Office) -> None:
    office.sign()
    for attempt in (office.prepare, office.approve):
        with pytest.raises(NotSigned, match=f"It is signed, approved by {APPROVER} on .* to sign it anew, reopen it"):
            attempt()


# Reopening


def test_reopening_needs_a_reason_and_a_signed_month(office: Office) -> None:
    with pytest.raises(NotSigned) as told:
        office.reopen(why=" ")
    assert told.value.reasons == (
        "It is open, so it is open for changes as it is.",
        "A signed month is reopened for a reason only: say why (--reason).",
    )
    office.sign()
    with pytest.raises(NotSigned, match="for a reason only"):
        office.reopen(why="")
    assert closed(office) == {SEPTEMBER}
    assert office.reopen(why="the auditor asks").entry.facts["why"] == "the auditor asks"
    assert (closed(office), stage(office)) == (set(), Stage.REOPENED)


def test_a_reopened_month_is_prepared_and_approved_anew(office: Office) -> None:
    office.sign()
    office.reopen()
    with pytest.raises(NotSigned, match="It is reopened: somebody has to prepare it first"):
        office.approve()
    office.make_unsent()
    office.sync()
    office.sign()
    found = office.verify()
    assert (closed(office), found.faults, found.snapshots) == ({SEPTEMBER}, [], 2)


# What it means for the sync


def held_back(office: Office) -> list[tuple[str, str]]:
    return [(trouble.reason, trouble.advice) for trouble in office.sync().troubles]


def test_documents_dated_in_a_signed_month_are_held_back_and_go_once_it_is_reopened(office: Office) -> None:
    office.sign()
    invoice = office.make_unsent()
    payment = office.world.circletel.payment(office.customer, "115.00", on=date(2025, 9, 30))
    other = office.world.circletel.invoice(office.customer, invoice_date=date(2025, 10, 1))
    told = held_back(office)
    assert (
        told
        == [
            (
                "it is dated in 2025-09, which finance has signed",
                "Date it in an open month, or have 2025-09 reopened (`zoho-pipeline reconcile reopen 2025-09`).",
            )
        ]
        * 2
    )
    assert office.world.state(Entity.INVOICES, invoice) == "blocked"
    assert office.world.state(Entity.PAYMENTS, payment) == "blocked"
    assert office.world.state(Entity.INVOICES, other) == "synced"
    assert len(office.world.zoho.objects("invoices")) == 2
    office.reopen()
    assert held_back(office) == []
    assert office.world.state(Entity.INVOICES, invoice) == "synced"
    assert office.world.state(Entity.PAYMENTS, payment) == "synced"


def test_a_document_that_is_dated_in_an_open_month_after_all_goes(office: Office) -> None:
    office.sign()
    invoice = office.make_unsent()
    assert len(held_back(office)) == 1
    office.world.circletel.change("customer_invoices", invoice, invoice_date=date(2025, 10, 2))
    assert held_back(office) == []
    assert office.world.state(Entity.INVOICES, invoice) == "synced"


def test_a_draft_of_a_signed_month_is_neither_changed_nor_issued(office: Office) -> None:
    draft = office.world.circletel.invoice(office.customer, "345.00", status="draft")
    office.sync()
    office.sign()
    office.world.circletel.change("customer_invoices", draft, status="sent")
    assert len(held_back(office)) == 1
    assert sorted(each["status"] for each in office.world.zoho.objects("invoices")) == ["draft", "paid"]
    office.reopen()
    assert held_back(office) == []
    assert sorted(each["status"] for each in office.world.zoho.objects("invoices")) == ["overdue", "paid"]


def test_payments_count_by_their_day_in_johannesburg(office: Office) -> None:
    office.sign()
    moments = {"late": datetime(2025, 9, 30, 21, 59, tzinfo=UTC), "next day": datetime(2025, 9, 30, 22, 0, tzinfo=UTC)}
    rows = {
        name: office.world.circletel.payment(office.customer, "50.00", completed_at=moment)
        for name, moment in moments.items()
    }
    office.sync()
    states = {name: office.world.state(Entity.PAYMENTS, row) for name, row in rows.items()}
    assert states == {"late": "blocked", "next day": "synced"}


def test_what_is_older_than_the_first_month_belongs_to_it(office: Office) -> None:
    office.sign(AUGUST)
    invoice = office.make_unsent(date(2024, 2, 1))
    (told,) = held_back(office)
    assert told[0] == "it is dated in 2025-08, which finance has signed"
    assert office.world.state(Entity.INVOICES, invoice) == "blocked"


def test_customers_and_services_are_no_documents(office: Office) -> None:
    office.sign(AUGUST)
    customer = office.world.circletel.customer(created_at=datetime(2025, 8, 5, tzinfo=UTC))
    office.world.circletel.service(customer, created_at=datetime(2025, 8, 5, tzinfo=UTC))
    done = office.sync()
    assert done.troubles == []
    assert done.total[Outcome.CREATED] == 2


def test_what_stands_in_zoho_already_is_linked_in_a_signed_month_too(office: Office) -> None:
    office.sign()
    invoice = office.world.circletel.invoice(office.customer, invoice_number="INV-2025-09999")
    owner = office.world.standing(Entity.CUSTOMERS, office.customer).zoho_id
    assert owner is not None
    office.world.zoho.invoice(owner, "INV-2025-09999", circletel_id=invoice)
    assert office.sync().counts(Entity.INVOICES)[Outcome.ADOPTED] == 1


def test_a_dry_run_says_what_would_be_held_back(office: Office) -> None:
    office.sign()
    office.make_unsent()
    done = office.world.run(Entity.INVOICES, months=(SEPTEMBER, NOVEMBER), dry_run=True)
    assert done.counts(Entity.INVOICES)[Outcome.BLOCKED] == 1
    assert "which finance has signed" in done.reason
