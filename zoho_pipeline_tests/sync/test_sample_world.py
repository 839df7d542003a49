"""The whole sample world, dirt included: the judge is content, nobody got a mail, and nobody's data lies about."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.entities import Entity
from zoho_pipeline.sandbox.sample.judge import judge
from zoho_pipeline.sandbox.sample.seed import Seeded, seed_both
from zoho_pipeline.sandbox.zoho.testing import running_server
from zoho_pipeline.states import OUTCOME_OF_STATE, Outcome, State
from zoho_pipeline_tests.practice.databases import Databases
from zoho_pipeline_tests.practice.fixtures import variables
from zoho_pipeline_tests.practice.rows import TABLES
from zoho_pipeline_tests.practice.world import TABLE, Done, PracticeWorld
from zoho_pipeline_tests.practice.zoho import PracticeZoho

TODAY = date(2026, 3, 18)
FIRST = Month(2024, 10)
MONTHS = OpenMonths.until(FIRST, TODAY)


@dataclass(frozen=True)
class Finished:
    """The sample world after one backfill of all kinds and months."""

    world: PracticeWorld
    seeded: Seeded
    done: Done
    told: list[str]
    """Every line that was logged, and everything that the results say."""


@pytest.fixture(scope="module")
def finished(databases: Databases) -> Iterator[Finished]:
    with running_server(tokens_per_window=1000) as server, databases.fresh() as engine:
        zoho = PracticeZoho(server)
        seeded = seed_both(engine, zoho.access(), seed=7, today=TODAY)
        environ = variables(zoho, engine.url.render_as_string(), databases.token()) | {
            "CIRCLETEL_FIRST_MONTH": FIRST.key,
            "CIRCLETEL_VAT_EXCEPTION_SKUS": ",".join(sorted(seeded.world.exclusive_skus)),
            "ZOHO_MIRROR_MAX_AGE_SECONDS": "3600",
        }
        world = PracticeWorld(engine, zoho, environ)
        lines: list[str] = []
        with logged_to(lines):
            done = world.run(months=all_months())
        lines += done.log
        lines += [f"{trouble}" for trouble in done.troubles] + [f"{result}" for result in done.results]
        yield Finished(world, seeded, done, lines)
        zoho.close()


def all_months() -> list[Month]:
    return MONTHS.between(MONTHS.first, MONTHS.last)


class logged_to:  # noqa: N801 - reads as a phrase
    """Everything that any library logs meanwhile, down to the smallest detail of ours."""

    def __init__(self, lines: list[str]) -> None:
        self._handler = logging.Handler()
        self._handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]

    def __enter__(self) -> None:
        logging.getLogger().addHandler(self._handler)
        logging.getLogger("zoho_pipeline").setLevel(logging.DEBUG)
        logging.getLogger("urllib3").setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self._handler)
        for name in ("zoho_pipeline", "urllib3"):
            logging.getLogger(name).setLevel(logging.NOTSET)


def test_the_judge_of_the_sample_world_is_content(finished: Finished) -> None:
    report = judge(finished.world.engine, finished.world.zoho.server.url, finished.seeded.truth)
    assert report.right, "\n".join(report.lines())


def test_nobody_got_a_mail(finished: Finished) -> None:
    assert finished.world.zoho.mails == []


def test_every_eligible_row_was_looked_at_in_exactly_one_month(finished: Finished) -> None:
    """Looking at a row leaves a record of it, or counts it as it was."""
    counted = {entity: finished.done.counts(entity).total() for entity in Entity}
    assert counted == {entity: eligible(finished, entity) for entity in Entity}


def eligible(finished: Finished, entity: Entity) -> int:
    """How many rows the rules let through, told once more in SQL of one's own."""
    not_internal = "customer_id NOT IN (SELECT id FROM customers WHERE account_type = 'internal_test')"
    conditions = {
        Entity.CUSTOMERS: "account_type IN ('personal', 'business')",
        Entity.SUBSCRIPTIONS: f"status = 'active' AND {not_internal}",
        Entity.INVOICES: (
            "invoice_type IN ('installation', 'pro_rata', 'equipment', 'adjustment') "
            f"AND status NOT IN ('voided', 'cancelled') AND {not_internal}"
        ),
        Entity.PAYMENTS: f"""
            status = 'completed' AND provider <> 'zoho_billing' AND (customer_id IS NULL OR {not_internal})
            AND NOT EXISTS (SELECT FROM customer_invoices i JOIN customers c ON c.id = i.customer_id
                WHERE i.id = coalesce(t.customer_invoice_id, t.invoice_id) AND c.account_type = 'internal_test')
        """,
    }
    (row,) = finished.world.circletel.query(f"SELECT count(*) FROM {TABLE[entity]} t WHERE {conditions[entity]}")
    return int(row[0])


def test_every_state_stands_beside_the_status_that_belongs_to_it(finished: Finished) -> None:
    for entity, table in TABLE.items():
        rows = finished.world.circletel.query(
            f"SELECT t.id, t.zoho_sync_status AS status, r.state FROM {table} t "
            "JOIN zoho_pipeline.sync_records r ON r.entity = :entity AND r.row_id = t.id",
            entity=entity.value,
        )
        wrong = [
            (row.id, row.state, row.status)
            for row in rows
            if State(row.state).sync_status not in (None, row.status or "pending")
        ]
        assert rows
        assert wrong == []


def test_what_is_not_ours_is_left_untouched_in_circletel(finished: Finished) -> None:
    """Only the four zoho_* columns are ever written, and updated_at by CircleTel's own triggers."""
    seeded = finished.seeded.world
    rows = (seeded.customers, seeded.services, seeded.invoices, seeded.payments)
    ours = re.compile("zoho_|updated_at|is_locked|locked_")
    for table, wanted in zip(TABLES, rows, strict=True):
        now = {str(row.id): row._mapping for row in finished.world.circletel.query(f"SELECT * FROM {table}")}
        assert len(now) == len(wanted)
        for row in wanted:
            for name in row.__slots__:
                if not ours.match(name):
                    assert str(now[row.id][name]) == str(getattr(row, name)), (table, row.id, name)


# People's data and secrets


def personal(finished: Finished) -> dict[str, re.Pattern[str]]:
    """What must not lie about: of every customer, and of the credentials."""
    words: set[str] = set()
    for customer in finished.seeded.world.customers:
        words |= {customer.email.strip(), f"{customer.first_name} {customer.last_name}".strip(), customer.phone}
        words |= {customer.business_name or ""}
    for handmade in finished.seeded.world.handmade_customers:
        words |= {handmade.email.strip(), f"{handmade.first_name} {handmade.last_name}"}
    server = finished.world.zoho.server
    tokens = finished.world.zoho.control.call("GET", "state")["accounts"]["tokens"]
    secrets = {server.client_id, server.client_secret, server.refresh_token, *tokens}
    return {
        "people": re.compile("|".join(sorted(re.escape(word) for word in words if len(word) > 3)), re.IGNORECASE),
        "secrets": re.compile("|".join(re.escape(secret) for secret in secrets)),
        "e-mail": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    }


def found(patterns: dict[str, re.Pattern[str]], texts: list[str]) -> list[str]:
    """What lies about, and where."""
    return [
        f"{name}: {hit[0]!r} in {text[:300]}"
        for text in texts
        for name, p in patterns.items()
        if (hit := p.search(text))
    ]


def test_nothing_that_is_stored_names_a_person_or_a_secret(finished: Finished) -> None:
    tables = finished.world.circletel.query(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'zoho_pipeline' ORDER BY 1"
    )
    stored: list[str] = []
    for (table,) in tables:
        hidden = " - 'display_name' - 'email'" if table == "mirror_customers" else ""
        rows = finished.world.circletel.query(f"SELECT (to_jsonb(t){hidden})::text FROM zoho_pipeline.{table} t")
        stored += [row[0] for row in rows]
    stored += [row[0] for row in finished.world.circletel.query("SELECT to_jsonb(t)::text FROM zoho_sync_logs t")]
    for table in TABLES:
        errors = f"SELECT zoho_last_sync_error FROM {table} WHERE zoho_last_sync_error IS NOT NULL"
        stored += [row[0] for row in finished.world.circletel.query(errors)]
    assert len(stored) > 3000
    assert found(personal(finished), stored) == []


def test_nothing_that_is_logged_or_reported_names_a_person_or_a_secret(finished: Finished) -> None:
    assert len(finished.told) > 500
    assert found(personal(finished), finished.told) == []


def test_the_stored_token_is_not_readable(finished: Finished) -> None:
    (row,) = finished.world.circletel.query("SELECT token FROM zoho_pipeline.access_tokens")
    tokens = finished.world.zoho.control.call("GET", "state")["accounts"]["tokens"]
    assert tokens
    assert not any(token.encode() in bytes(row.token) for token in tokens)


def test_the_stored_payloads_still_say_what_was_sent(finished: Finished) -> None:
    (row,) = finished.world.circletel.query(
        "SELECT request FROM zoho_pipeline.attempts WHERE entity = 'customers' AND outcome = 'created' LIMIT 1"
    )
    assert row.request["display_name"] == row.request["email"] == "[redacted]"
    assert row.request["currency_code"] == "ZAR"
    assert json.dumps(row.request["custom_fields"]).count("cf_") == 2


# The second run: it comes last, for it looks at what the first has left


def test_a_second_run_creates_nothing_and_costs_at_most_a_call_for_200_records_and_ten_more(
    finished: Finished,
) -> None:
    world = finished.world
    world.age_everything(4000)  # so that every list has to be read again
    world.zoho.forget_calls()
    done = world.run(months=all_months())
    held = {kind: len(world.zoho.objects(kind)) for kind in Entity}
    assert world.zoho.writes == []
    assert done.total[Outcome.CREATED] == done.total[Outcome.ADOPTED] == done.total[Outcome.UPDATED] == 0
    assert len(world.zoho.calls()) == done.calls <= sum(held.values()) / 200 + 10
    first = finished.done.total
    for outcome in (Outcome.REFUSED, Outcome.PARKED, Outcome.BLOCKED, Outcome.EXCLUDED):
        assert done.total[outcome] == first[outcome]
    assert set(OUTCOME_OF_STATE.values()) >= set(done.total)
    report = judge(world.engine, world.zoho.server.url, finished.seeded.truth)
    assert report.right, "\n".join(report.lines())
