"""Nothing of a person, and no secret, lies about after a run: whatever went, was refused, failed or got lost."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.world import Done, PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity

FIRST, LAST, BUSINESS = "Nokuthulazana", "Ndlovukazi-Botha", "Mzansibyte Holdings"
EMAIL, PHONE = "nokuthulazana.nb@mzansibyte.example.co.za", "0836119274"
PERSONAL = (FIRST, LAST, BUSINESS, EMAIL, "mzansibyte", PHONE)
BY_HAND = "Somebodyelse Typedbyhand"
KEPT_FOR_MATCHING = "mirror_"

FAULTS: dict[str, dict[str, Any]] = {
    "a refusal that quotes the name": {
        "kind": "answer",
        "status": 400,
        "body": {"code": 3062, "message": f'The customer "{FIRST} {LAST}" already exists. Please specify a new name.'},
    },
    "a refusal that quotes the address": {
        "kind": "answer",
        "status": 400,
        "body": {"code": 2, "message": f"Invalid value passed for email: {EMAIL}"},
    },
    "an error of the server": {
        "kind": "answer",
        "status": 500,
        "body": {"code": 1000, "message": f"'{FIRST}' broke it"},
    },
    "a page instead of an answer": {"kind": "html_503"},
    "an error under status 200": {"kind": "code_under_200", "message": f"Nothing can be done for '{LAST}' <{EMAIL}>"},
    "an answer that was lost": {"kind": "reset_after_commit"},
    "a request that was lost": {"kind": "reset_before_commit"},
    "an answer that was cut off": {"kind": "truncate", "keep": 200},
}


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that any library says, down to the smallest detail."""
    caplog.set_level(logging.DEBUG)
    for name in ("zoho_pipeline", "urllib3", "sqlalchemy.engine.Engine"):
        caplog.set_level(logging.DEBUG if name != "sqlalchemy.engine.Engine" else logging.WARNING, logger=name)
    return caplog


@dataclass(frozen=True)
class Told:
    """All that is shown or kept of a run."""

    world: PracticeWorld
    done: list[Done]
    lines: pytest.LogCaptureFixture
    errors: list[str]

    def all(self) -> Iterator[tuple[str, str]]:
        """Where, and what."""
        for done in self.done:
            yield from (("log", line) for line in done.log)
            yield from (("trouble", str(trouble)) for trouble in done.troubles)
            yield from (("result", str(result)) for result in done.results)
        yield from (("exception", error) for error in self.errors)
        yield from ((record.name, record.getMessage()) for record in self.lines.records)
        yield from self._stored()

    def _stored(self) -> Iterator[tuple[str, str]]:
        tables = self.world.circletel.query("SELECT tablename FROM pg_tables WHERE schemaname = 'zoho_pipeline'")
        names = [f"zoho_pipeline.{row.tablename}" for row in tables if not row.tablename.startswith(KEPT_FOR_MATCHING)]
        assert {f"zoho_pipeline.{name}" for name in ("attempts", "sync_records", "sync_results", "api_calls")} < set(
            names
        )
        for table, rows in self.world.circletel.snapshot("public.zoho_sync_logs", *names).items():
            yield from ((table, row) for row in rows)
        for table in ("customers", "customer_services", "customer_invoices", "payment_transactions"):
            for row in self.world.circletel.query(f"SELECT zoho_last_sync_error AS error FROM {table}"):
                yield table, row.error or ""

    def assert_nothing_is_told(self) -> None:
        """No name, address, number or secret, in whatever case, also not as bytes."""
        environ = self.world.environ
        secrets = [environ[name] for name in ("ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN")]
        secrets += self.world.zoho.control.call("GET", "state")["accounts"]["tokens"]
        forbidden = [*PERSONAL, *BY_HAND.split(), *secrets]
        forbidden += [word.encode().hex() for word in forbidden]
        told = list(self.all())
        assert len(told) > 5
        assert [(place, word, text) for place, text in told for word in forbidden if word.lower() in text.lower()] == []


def someone(world: PracticeWorld) -> str:
    """A customer whose every word can be recognised, with a service, an invoice and a payment."""
    circletel = world.circletel
    customer = circletel.customer(
        first_name=FIRST, last_name=LAST, business_name=BUSINESS, email=EMAIL, phone=PHONE, account_type="business"
    )
    circletel.service(customer, installation_address=f"12 {LAST} Street")
    circletel.payment(customer, invoice=circletel.invoice(customer, due_date=date(2025, 12, 1)))
    return customer


def run(world: PracticeWorld, lines: pytest.LogCaptureFixture, times: int = 1, **variables: str) -> Told:
    """So many runs, and all that is told of them."""
    done, errors = [], []
    for _ in range(times):
        log: list[str] = []
        try:
            done.append(world.run(env=variables, log=log))
        except Foreseen as error:
            errors += [str(error), repr(error)]
            done.append(Done([], log))
    return Told(world, done, lines, errors)


def test_what_goes_well_leaves_nothing_of_a_person_behind(
    world: PracticeWorld, lines: pytest.LogCaptureFixture
) -> None:
    someone(world)
    told = run(world, lines, times=2)
    assert told.done[0].total == {Outcome.CREATED: 4}
    assert len(world.circletel.query("SELECT * FROM zoho_sync_logs")) == 4
    told.assert_nothing_is_told()


def test_what_is_refused_before_any_call_leaves_nothing_of_a_person_behind(
    world: PracticeWorld, lines: pytest.LogCaptureFixture
) -> None:
    customer = someone(world)
    world.circletel.change("customers", customer, email=f"{FIRST} at {BUSINESS}")
    told = run(world, lines)
    assert told.done[0].total == {Outcome.REFUSED: 1, Outcome.BLOCKED: 3}
    told.assert_nothing_is_told()


def test_what_a_person_has_to_decide_is_told_by_numbers_alone(
    world: PracticeWorld, lines: pytest.LogCaptureFixture
) -> None:
    someone(world)
    for name in (BY_HAND, f"{BY_HAND} Junior"):
        world.zoho.customer(display_name=name, email=EMAIL)
    told = run(world, lines)
    assert told.done[0].counts(CUSTOMERS) == {Outcome.PARKED: 1}
    told.assert_nothing_is_told()


def test_a_dry_run_tells_nothing_of_a_person(world: PracticeWorld, lines: pytest.LogCaptureFixture) -> None:
    someone(world)
    told = run(world, lines, ZOHO_WRITES="off")
    assert told.done[0].total == {Outcome.CREATED: 4}
    told.assert_nothing_is_told()


@pytest.mark.parametrize("entity", [CUSTOMERS, INVOICES])
@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_on_the_way_leaves_nothing_of_a_person_behind(
    world: PracticeWorld, lines: pytest.LogCaptureFixture, fault: str, entity: Entity
) -> None:
    someone(world)
    how = dict(FAULTS[fault])
    world.zoho.befall(how.pop("kind"), method="POST", path=f"/{entity}$", **how)
    told = run(world, lines, times=2)
    assert told.done[0].troubles
    told.assert_nothing_is_told()


@pytest.mark.parametrize("path", ["/customers$", "/oauth/v2/token$"])
def test_a_list_or_a_token_that_fails_ends_in_an_error_without_a_person_or_a_secret(
    world: PracticeWorld, lines: pytest.LogCaptureFixture, path: str
) -> None:
    someone(world)
    body = {"code": 57, "error": "invalid_code", "message": f"'{FIRST}' <{EMAIL}> is not authorized"}
    world.zoho.befall("answer", path=path, times=None, status=401, body=body)
    told = run(world, lines)
    assert told.errors
    told.assert_nothing_is_told()
