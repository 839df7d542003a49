"""The client, wired to the budget and the token, against the practice server."""

import pytest
from sqlalchemy import Engine, text

from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.zoho.errors import OutcomeUnknown, PermissionDenied, RateLimited
from zoho_pipeline_tests.zoho.practice import SOMEBODY, Practice

CUSTOMER = {"display_name": "Lerato Dube", "email": "lerato@example.com"}


def test_calls_are_made_under_the_budget_with_the_shared_token(engine: Engine, practice: Practice) -> None:
    zoho = billing_client(practice.settings, engine, SystemClock())
    made = zoho.create_customer(CUSTOMER, SOMEBODY)
    assert zoho.get_customer(made.id, SOMEBODY).id == made.id
    zoho.taxes(SOMEBODY)
    with engine.connect() as connection:
        calls = connection.execute(
            text("SELECT endpoint, status, code, entity, record_id, run_id FROM zoho_pipeline.api_calls ORDER BY at")
        ).all()
    assert calls[:2] == [
        ("POST /customers", 201, 0, "customers", "c-1", "run-1"),
        ("GET /customers/{id}", 200, 0, "customers", "c-1", "run-1"),
    ]


def test_tokens_revoked_in_mid_run_cost_one_refresh(engine: Engine, practice: Practice) -> None:
    zoho = billing_client(practice.settings, engine, SystemClock())
    zoho.taxes(SOMEBODY)
    practice.server.world.accounts.revoke_access_tokens()
    zoho.create_customer(CUSTOMER, SOMEBODY)
    assert [entry["status"] for entry in practice.arrived("POST", "/customers")] == [401, 201]


def test_a_missing_scope_is_told_and_does_not_spend_tokens(engine: Engine, practice: Practice) -> None:
    zoho = billing_client(practice.settings, engine, SystemClock())
    practice.befall("unauthorised", method="GET", path="/settings/taxes", times=None)
    for _ in range(12):
        with pytest.raises(PermissionDenied):
            zoho.taxes(SOMEBODY)
    assert zoho.create_customer(CUSTOMER, SOMEBODY).id
    assert len(practice.arrived("POST", "/oauth/v2/token")) <= 9  # one of them by the test's own set-up


def test_a_block_by_zoho_stops_every_client_without_another_call(engine: Engine, practice: Practice) -> None:
    first, second = (billing_client(practice.settings, engine, SystemClock()) for _ in range(2))
    practice.befall("rate_limit", method="GET", path="/settings/taxes", code=43)
    for zoho in (first, second):
        with pytest.raises(RateLimited):
            zoho.taxes(SOMEBODY)
    assert len(practice.arrived("GET", "/settings/taxes")) == 1


def test_a_lost_answer_is_one_call_in_both_ledgers(engine: Engine, practice: Practice) -> None:
    zoho = billing_client(practice.settings, engine, SystemClock())
    practice.befall("reset_after_commit", method="POST", path="/customers")
    with pytest.raises(OutcomeUnknown):
        zoho.create_customer(CUSTOMER, SOMEBODY)
    zoho.taxes(SOMEBODY)
    with engine.connect() as connection:
        calls = connection.execute(text("SELECT status, ms IS NOT NULL FROM zoho_pipeline.api_calls ORDER BY at")).all()
    assert calls[0] == (None, True)
    assert len(practice.arrived("POST", "/customers")) == 1
