"""The security review on a real PostgreSQL: what is planted is found, what is well passes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from zoho_pipeline.actions.reviews import security
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import JOHANNESBURG, SimulatedClock
from zoho_pipeline.entities import Entity
from zoho_pipeline.redaction import HIDDEN
from zoho_pipeline.reviews.access import holds_always
from zoho_pipeline.reviews.dependencies import ADVISORIES, known_faults, release
from zoho_pipeline.reviews.paper import Review, Value, markdown
from zoho_pipeline.reviews.span import Span
from zoho_pipeline_tests.practice.databases import Databases
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.reviews.rows import at, attempt, insert, log

NOVEMBER = Span.month(Month(2025, 11))
NOW = datetime(2025, 12, 1, 6, tzinfo=JOHANNESBURG)
TOKEN = "1000.0123456789abcdef0123456789abcdef.fedcba9876543210fedcba9876543210"


def review(world: PracticeWorld, **environ: str) -> Review:
    return security(NOVEMBER, world.environ | environ, SimulatedClock(NOW))


def rows(of: Review, title: str) -> list[tuple[Value, ...]]:
    return list(next(each for each in of.tables if each.title == title).rows)


def held(of: Review) -> dict[str, tuple[int, int]]:
    """Credentials and people's data by place, where there are any."""
    found = rows(of, "What logs and payloads hold")
    return {str(row[0]): (int(row[2] or 0), int(row[3] or 0)) for row in found if row[2] or row[3]}


def access_token(world: PracticeWorld, **values: Any) -> None:
    insert(world, "zoho_pipeline.access_tokens", {
        "organisation": "1", "credentials": "c", "token": b"x", "refreshed_at": NOW, "refreshes": [], **values,
    })  # fmt: skip


# What leaked


@pytest.mark.parametrize(
    "payload",
    [
        {"customer": {"email": "thandi@example.co.za"}},
        {"customer": {"display_name": "Thandi Mokoena"}},
        {"note": "call thandi@example.co.za"},
    ],
)
def test_a_payload_that_was_not_redacted_is_found_and_named_by_its_record_alone(
    world: PracticeWorld, payload: dict[str, Any]
) -> None:
    row = str(uuid4())
    world.circletel.insert("zoho_sync_logs", {
        "entity_type": "customer", "entity_id": row, "status": "success", "created_at": at(4),
        "response_payload": payload,
    })  # fmt: skip
    found = review(world)
    assert held(found) == {"sync logs (zoho_sync_logs)": (0, 1)}
    assert found.target("no_personal_data_in_logs").met is False
    assert f"customer {row}" in markdown(found)
    assert "thandi" not in markdown(found).lower()


def test_a_redacted_payload_is_well(world: PracticeWorld) -> None:
    world.circletel.insert("zoho_sync_logs", {
        "entity_type": "customer", "entity_id": str(uuid4()), "status": "success", "created_at": at(4),
        "request_payload": {"email": HIDDEN, "invoice_items": [{"name": "Installation"}]},
    })  # fmt: skip
    assert held(review(world)) == {}


@pytest.mark.parametrize("said", [f"token {TOKEN}", "postgresql://someone:hunter2hunter2@db/x"])
def test_a_credential_in_any_log_is_found_and_severe(world: PracticeWorld, said: str) -> None:
    attempt(world, Entity.INVOICES, "failed", at(4), 1, message=said)
    log(world, Entity.CUSTOMERS, "failed", at(4), error_message=said)
    found = review(world)
    assert held(found) == {"attempts": (1, 0), "sync logs (zoho_sync_logs)": (1, 0)}
    target = found.target("no_credentials_in_logs")
    assert (target.met, target.severe) == (False, True)
    assert said not in markdown(found)


def test_the_secrets_in_force_are_looked_for_whatever_they_look_like(world: PracticeWorld) -> None:
    secret = "plain-words-only"
    attempt(world, Entity.INVOICES, "failed", at(4), 1, message=f"refused: {secret} is not valid")
    assert held(review(world)) == {}
    assert held(review(world, ZOHO_CLIENT_SECRET=secret)) == {"attempts": (1, 0)}


def test_only_the_month_is_looked_through(world: PracticeWorld) -> None:
    attempt(world, Entity.INVOICES, "failed", at(1, 0) - timedelta(seconds=1), 1, message=TOKEN)
    assert held(review(world)) == {}


def test_what_the_pipeline_stores_itself_is_well(world: PracticeWorld) -> None:
    world.circletel.customer()
    world.circletel.customer(email="")
    world.run(Entity.CUSTOMERS)
    span = Span.month(Month.of(world.circletel.query("SELECT now() AS at")[0].at.astimezone(JOHANNESBURG).date()))
    found = security(span, world.environ)
    read = {str(row[0]): int(row[1] or 0) for row in rows(found, "What logs and payloads hold")}
    assert all(read[place] > 0 for place in ("attempts", "sync logs (zoho_sync_logs)", "sync records"))
    assert held(found) == {}


def test_without_dagsters_storage_the_run_logs_are_unseen_and_nothing_passes(world: PracticeWorld) -> None:
    target = review(world).target("no_credentials_in_logs")
    assert target.met is None
    assert "DAGSTER_POSTGRES_URL" in target.sentence


def test_dagsters_run_logs_are_looked_through(world: PracticeWorld, databases: Databases) -> None:
    with databases.copied("template1") as engine, engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE event_logs (run_id text, event text, timestamp timestamp)")
        connection.exec_driver_sql(
            "INSERT INTO event_logs VALUES ('r1', 'wrote to operations@circletel.co.za', '2025-11-04')"
        )
        connection.exec_driver_sql(
            "INSERT INTO event_logs VALUES ('r2', 'wrote to thandi@example.co.za', '2025-11-04')"
        )
        connection.exec_driver_sql(f"INSERT INTO event_logs VALUES ('r3', '{TOKEN}', '2025-11-04')")
        connection.commit()
        found = review(world, DAGSTER_POSTGRES_URL=engine.url.render_as_string(hide_password=False))
    assert held(found) == {"run logs (Dagster)": (1, 1)}
    assert "run r2, run r3" in markdown(found)


# Tokens


def test_a_token_that_the_pipeline_renews_is_well_and_its_age_is_told(world: PracticeWorld) -> None:
    access_token(world, refreshed_at=NOW - timedelta(hours=3), expires_at=NOW - timedelta(hours=2))
    found = review(world)
    assert found.target("tokens_rotated").met is True
    assert rows(found, "Access tokens") == [("2025-12-01 03:00", 3.0, "2025-12-01 04:00", "")]


def test_a_token_that_outlives_its_hour_was_put_in_by_hand(world: PracticeWorld) -> None:
    access_token(world, expires_at=NOW + timedelta(days=30))
    assert review(world).target("tokens_rotated").met is False


# Who may read and write


def test_the_tables_as_circletel_has_them_are_well(world: PracticeWorld) -> None:
    found = review(world)
    assert [found.target(name).met for name in ("rls_enabled", "no_open_policy", "own_tables_closed")] == [True] * 3
    assert {row[:2] for row in rows(found, "Row-level security")} == {
        ("customers", True), ("customer_services", True), ("customer_invoices", True), ("payment_transactions", True),
        ("zoho_sync_logs", True),
    }  # fmt: skip


def test_a_table_without_row_level_security_is_severe(world: PracticeWorld) -> None:
    world.circletel.execute("ALTER TABLE customer_invoices DISABLE ROW LEVEL SECURITY")
    target = review(world).target("rls_enabled")
    assert (target.met, target.severe) == (False, True)
    assert "customer_invoices" in target.sentence


@pytest.mark.parametrize(
    "policy",
    [
        "FOR SELECT TO anon USING (true)",
        "FOR SELECT USING (true)",
        "FOR ALL TO PUBLIC USING (true)",
        "FOR SELECT TO anon USING (1 = 1)",
        "FOR SELECT TO anon USING (auth_user_id IS NULL OR true)",
        "FOR INSERT TO anon WITH CHECK (true)",
        "FOR UPDATE TO anon USING (auth_user_id = current_auth_user()) WITH CHECK (true)",
        "FOR SELECT TO anon, authenticated USING ('a' = 'a')",
    ],
)
def test_a_policy_that_opens_a_table_to_anon_or_everyone_is_severe(world: PracticeWorld, policy: str) -> None:
    world.circletel.execute(f"CREATE POLICY wide ON customers {policy}")
    target = review(world).target("no_open_policy")
    assert (target.met, target.severe) == (False, True)
    assert "wide on customers" in target.sentence


@pytest.mark.parametrize(
    "policy",
    [
        "FOR SELECT TO authenticated USING (true)",
        "FOR SELECT TO anon USING (auth_user_id = current_auth_user())",
        "AS RESTRICTIVE FOR SELECT TO anon USING (true)",
        "FOR SELECT TO anon USING (auth_user_id IS NOT NULL AND false)",
    ],
)
def test_a_policy_that_opens_nothing_to_them_passes(world: PracticeWorld, policy: str) -> None:
    world.circletel.execute(f"CREATE POLICY narrow ON customers {policy}")
    assert review(world).target("no_open_policy").met is True


def test_a_policy_for_a_role_that_anon_belongs_to_opens_it_too(world: PracticeWorld) -> None:
    world.circletel.execute("CREATE ROLE visitors; GRANT visitors TO anon")
    world.circletel.execute("CREATE POLICY wide ON customers FOR SELECT TO visitors USING (true)")
    try:
        assert review(world).target("no_open_policy").met is False
    finally:
        world.circletel.execute("DROP POLICY wide ON customers; DROP ROLE visitors")


@pytest.mark.parametrize("who", ["anon", "authenticated", "PUBLIC"])
def test_a_right_of_outsiders_to_the_pipelines_own_tables_is_severe(world: PracticeWorld, who: str) -> None:
    world.circletel.execute(f"GRANT SELECT ON zoho_pipeline.attempts TO {who}")
    target = review(world).target("own_tables_closed")
    assert (target.met, target.severe) == (False, True)
    assert "attempts" in target.sentence


def test_a_role_that_may_delete_or_do_anything_has_more_than_it_needs(world: PracticeWorld) -> None:
    found = review(world)
    assert found.target("least_rights").met is False
    (*_, rights) = [each for each in found.tables if each.title.startswith("The role ")]
    beyond = {str(row[0]) for row in rights.rows}
    assert {"is a superuser", "customers: DELETE", "payment_transactions: TRUNCATE"} <= beyond


@pytest.mark.parametrize("condition", ["true", "(true)", "(1 = 1)", "((a = 1) OR true)", "('x'::text = 'x'::text)"])
def test_conditions_that_always_hold(condition: str) -> None:
    assert holds_always(condition)


@pytest.mark.parametrize(
    "condition", ["false", "(a = 1)", "(id = auth.uid())", "((a = 1) AND true)", "(1 = 2)", "(truest)"]
)
def test_conditions_that_do_not(condition: str) -> None:
    assert not holds_always(condition)


# Libraries


def test_a_library_with_a_published_fault_is_told_and_the_mended_one_is_not() -> None:
    found = known_faults({"requests": "2.32.3", "urllib3": "2.5.0", "jinja2": "3.1.10", "h11": "0.16"})
    assert [(each.advisory.library, each.advisory.name) for each in found] == [("requests", "CVE-2024-47081")]


def test_the_installed_libraries_have_none_of_the_list(world: PracticeWorld) -> None:
    assert review(world).target("no_known_faults").met is True
    assert len({each.library for each in ADVISORIES}) == len(ADVISORIES)


@pytest.mark.parametrize(
    ("version", "numbers"), [("2.32.4.post1", (2, 32, 4)), ("0.16.0", (0, 16)), ("46.0.0rc1", (46,))]
)
def test_versions_are_compared_by_their_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert release(version) == numbers
