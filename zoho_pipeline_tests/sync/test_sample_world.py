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
from zoho_pipeline.sandbox.sample.world import Size
from zoho_pipeline.sandbox.zoho.testing import running_server
from zoho_pipeline.states import State
from zoho_pipeline_tests.practice.databases import Databases
from zoho_pipeline_tests.practice.fixtures import variables
from zoho_pipeline_tests.practice.rows import TABLES, ZOHO_ID
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
    untouched: dict[str, list[str]]
    """The app's own columns before it."""
    told: list[str]
    """Every line that was logged, and everything that the results say."""


@pytest.fixture(scope="module")
def finished(databases: Databases) -> Iterator[Finished]:
    with running_server(tokens_per_window=1000) as server, databases.fresh() as engine:
        zoho = PracticeZoho(server)
        seeded = seed_both(engine, zoho.access(), seed=7, today=TODAY, size=Size(customers=30))
        environ = variables(zoho, engine.url.render_as_string(), databases.token()) | {
            "CIRCLETEL_FIRST_MONTH": FIRST.key,
            "CIRCLETEL_VAT_EXCEPTION_SKUS": ",".join(sorted(seeded.world.exclusive_skus)),
            "ZOHO_MIRROR_MAX_AGE_SECONDS": "3600",
        }
        world = PracticeWorld(engine, zoho, environ)
        untouched = the_apps_own(world)
        lines: list[str] = []
        with logged_to(lines):
            done = world.run(months=all_months())
        lines += done.log
        lines += [f"{trouble}" for trouble in done.troubles] + [f"{result}" for result in done.results]
        yield Finished(world, seeded, done, untouched, lines)
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


def test_only_the_four_zoho_columns_were_written_in_circletels_tables(finished: Finished) -> None:
    assert the_apps_own(finished.world) == finished.untouched


def the_apps_own(world: PracticeWorld) -> dict[str, list[str]]:
    """CircleTel's tables without the columns of the sync, and without updated_at, which a trigger sets."""
    ours = "ARRAY['zoho_sync_status', 'zoho_last_synced_at', 'zoho_last_sync_error', 'updated_at', :link]"
    return {
        table: [
            row[0]
            for row in world.circletel.query(
                f"SELECT (to_jsonb(t) - CAST({ours} AS text[]))::text FROM {table} t ORDER BY id", link=ZOHO_ID[table]
            )
        ]
        for table in TABLES
    }


# People's data and secrets


def personal(finished: Finished) -> set[str]:
    """What must not lie about: of every customer, and of the credentials."""
    words: set[str] = set()
    for customer in finished.seeded.world.customers:
        words |= {customer.email, f"{customer.first_name} {customer.last_name}", customer.phone}
        words |= {customer.business_name or ""}
    for handmade in finished.seeded.world.handmade_customers:
        words |= {handmade.email, f"{handmade.first_name} {handmade.last_name}"}
    server = finished.world.zoho.server
    words |= {server.client_id, server.client_secret, server.refresh_token, *tokens(finished)}
    return {word.strip().lower() for word in words if len(word.strip()) > 3}


def tokens(finished: Finished) -> list[str]:
    """Every access token that was granted."""
    return list(finished.world.zoho.control.call("GET", "state")["accounts"]["tokens"])


def told_in(finished: Finished, texts: list[str]) -> list[str]:
    """What of it the texts tell; any e-mail address at all is told too."""
    together = "\n".join(texts).lower()
    return [word for word in personal(finished) if word in together] + re.findall(r"[\w.+-]+@[\w-]+\.[\w.]+", together)


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
    assert len(stored) > 1000
    assert told_in(finished, stored) == []


def test_nothing_that_is_logged_or_reported_names_a_person_or_a_secret(finished: Finished) -> None:
    assert len(finished.told) > 300
    assert told_in(finished, finished.told) == []


def test_the_stored_token_is_not_readable(finished: Finished) -> None:
    (row,) = finished.world.circletel.query("SELECT token FROM zoho_pipeline.access_tokens")
    assert tokens(finished)
    assert not any(token.encode() in bytes(row.token) for token in tokens(finished))


def test_the_stored_payloads_still_say_what_was_sent(finished: Finished) -> None:
    (row,) = finished.world.circletel.query(
        "SELECT request FROM zoho_pipeline.attempts WHERE entity = 'customers' AND outcome = 'created' LIMIT 1"
    )
    assert row.request["display_name"] == row.request["email"] == "[redacted]"
    assert row.request["currency_code"] == "ZAR"
    assert json.dumps(row.request["custom_fields"]).count("cf_") == 2


# The second run: it comes last, for it looks at what the first has left
