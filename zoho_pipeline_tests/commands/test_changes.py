"""`zoho-pipeline cancellations …` and `withdrawn`: what they show, what they ask for, and how they end."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.commands.conftest import Command, Ended
from zoho_pipeline_tests.practice.world import PracticeWorld

InWorld = Callable[..., Ended]


@pytest.fixture
def command(zoho_pipeline: Command, world: PracticeWorld, monkeypatch: pytest.MonkeyPatch) -> InWorld:
    """The command line with the practice world's variables."""
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "250")
    return zoho_pipeline


@pytest.fixture
def service(world: PracticeWorld) -> str:
    """A cancelled service that Zoho bills."""
    customer = world.circletel.customer(account_number="CT-2025-00042")
    row = world.circletel.service(customer, activation_date=date(2025, 11, 1))
    world.run()
    moment = datetime(2025, 11, 10, 9, 0, tzinfo=UTC)
    world.circletel.change("customer_services", row, status="cancelled", cancelled_at=moment)
    return row


def status(world: PracticeWorld) -> str:
    found: str = world.zoho.one("subscriptions")["status"]
    return found


def test_the_list_shows_account_and_money_and_what_it_waits_for(command: InWorld, service: str) -> None:
    ended = command("cancellations", "list")
    (line,) = [line for line in ended.out.splitlines() if "CT-2025-00042" in line]
    for shown in ("fibre-50", "R 799.00", "live", "2025-12-01", "2025-11-10", "waits for approval"):
        assert shown in line
    assert ended.status == 0
    assert "Thandi" not in ended.out
    assert "@" not in ended.out


def test_where_there_is_nothing_to_cancel_the_list_says_so(command: InWorld) -> None:
    assert command("cancellations", "list").out.startswith("Zoho bills no service that CircleTel has cancelled")
    assert command("cancellations", "send").out.splitlines()[-1] == "Nothing is approved."


def test_listed_approved_and_sent(command: InWorld, world: PracticeWorld, service: str) -> None:
    command("cancellations", "list")
    said = command("cancellations", "approve", "1", "--by", "Zanele").out
    assert said.startswith("Approved by Zanele: 1 (account CT-2025-00042). Nothing was sent")
    assert status(world) == "live"
    assert "approved by Zanele" in command("cancellations", "list").out
    foretold = command("cancellations", "send", "--dry-run")
    assert (foretold.status, status(world)) == (0, "live")
    assert f"Dry run: would cancel subscription {service} (account CT-2025-00042), as approved." in foretold.out
    sent = command("cancellations", "send")
    assert (sent.status, status(world)) == (0, "cancelled")
    assert "cancelled" in sent.out


def test_an_approval_without_a_name_cannot_be_typed(command: InWorld) -> None:
    ended = command("cancellations", "approve", "1")
    assert ended.status == 2
    assert "--by" in ended.err


def test_what_cannot_be_approved_is_one_sentence(command: InWorld) -> None:
    ended = command("cancellations", "approve", "7", "--by", "Zanele")
    assert ended.status == 1
    assert ended.err.startswith("Nothing was approved: there is no cancellation 7")
    assert "Traceback" not in ended.err


def test_what_could_not_be_cancelled_ends_the_command_with_status_1(
    command: InWorld, world: PracticeWorld, service: str
) -> None:
    command("cancellations", "list")
    command("cancellations", "approve", "1", "--by", "Zanele")
    refusal = {"code": 2, "message": "This subscription cannot be cancelled"}
    world.zoho.befall("answer", method="POST", path="/cancel$", status=400, body=refusal)
    ended = command("cancellations", "send")
    assert ended.status == 1
    assert "refused: This subscription cannot be cancelled" in ended.out


def test_a_refund_that_was_entered_in_zoho_is_taken_off_the_list(command: InWorld, world: PracticeWorld) -> None:
    payment = world.circletel.payment(world.circletel.customer())
    world.run()
    world.circletel.change("payment_transactions", payment, status="refunded")
    assert "it is refunded in CircleTel" in command("withdrawn").out
    said = ("--by", "Zanele", "--why", "refunded by hand on 20 November")
    ended = command("withdrawn", "done", "payments", payment, *said)
    assert (ended.status, "is off the list, says Zanele" in ended.out) == (0, True)
    assert command("withdrawn").out.startswith("Nothing that CircleTel has withdrawn stands in Zoho")
    again = command("withdrawn", "done", "payments", payment, *said)
    assert (again.status, "is not on the list" in again.err) == (1, True)
    world.circletel.change("payment_transactions", payment, status="failed")
    assert "it is failed in CircleTel" in command("withdrawn").out


def test_withdrawn_shows_each_row_with_what_to_do(command: InWorld, world: PracticeWorld) -> None:
    invoice = world.circletel.invoice(world.circletel.customer(), invoice_number="INV-2025-00500")
    world.run(Entity.INVOICES)
    assert command("withdrawn").out.startswith("Nothing that CircleTel has withdrawn stands in Zoho")
    world.circletel.change("customer_invoices", invoice, status="voided")
    ended = command("withdrawn")
    (line,) = [line for line in ended.out.splitlines() if "INV-2025-00500" in line]
    assert "it is voided in CircleTel" in line
    assert "R 230.00" in line
    assert "correct it by a credit note" in ended.out
    assert ended.status == 0
