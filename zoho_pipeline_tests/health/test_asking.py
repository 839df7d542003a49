"""What Zoho itself is asked: four calls at most, nothing left behind, and no silence taken for an answer."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from zoho_pipeline.health.asking import MOST_CALLS
from zoho_pipeline.health.check import Level
from zoho_pipeline.sandbox.ports import free_ports
from zoho_pipeline_tests.health.well import WellWorld

UNHEALTHY, UNKNOWN = Level.UNHEALTHY, Level.UNKNOWN
READ = ["ZohoSubscriptions.settings.READ", "ZohoSubscriptions.customers.READ"]
REST = {"zoho_organisation": UNKNOWN, "zoho_read": UNKNOWN, "zoho_write": UNKNOWN}
Befalls = Callable[[WellWorld], object]


def fault(kind: str, **match: Any) -> Befalls:
    return lambda of: of.world.zoho.befall(kind, times=None, **match)


CONDITIONS: dict[str, tuple[Befalls, Mapping[str, Level]]] = {
    "the token may read, and not write": (
        lambda of: of.world.zoho.behave(granted_scopes=READ),
        {"zoho_write": UNHEALTHY},
    ),
    "the token may create, and not change": (
        lambda of: of.world.zoho.behave(granted_scopes=[*READ, "ZohoSubscriptions.customers.CREATE"]),
        {"zoho_write": UNHEALTHY},
    ),
    "the token may do nothing": (
        lambda of: of.world.zoho.behave(granted_scopes=["ZohoSubscriptions.settings.READ"]),
        {"zoho_read": UNHEALTHY, "zoho_write": UNHEALTHY},
    ),
    "reads are broken": (
        fault("html_503", method="GET", path="/customers"),
        {"zoho_read": UNHEALTHY, "zoho_write": UNKNOWN},
    ),
    "Zoho grants no token": (
        fault("refuse_token", error="invalid_code"),
        {"zoho_token": UNHEALTHY, **REST, "token_granted": UNHEALTHY},
    ),
    "a limit is met": (
        fault("rate_limit", method="GET", path="/organizations"),
        {**REST, "no_rate_limit": Level.DEGRADED, "no_pause": Level.DEGRADED},
    ),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_what_zoho_does_not_grant_is_found(well: WellWorld, name: str) -> None:
    befalls, found = CONDITIONS[name]
    befalls(well)
    assert well.amiss(ask_zoho=True) == found
    assert len(well.world.zoho.calls()) <= MOST_CALLS


def test_a_zoho_that_is_gone_is_told_in_words(well: WellWorld) -> None:
    gone = f"http://127.0.0.1:{free_ports(1)[0]}"
    env = {"ZOHO_API_URL": f"{gone}/billing/v1", "ZOHO_ACCOUNTS_URL": gone}
    report = well.look(env, ask_zoho=True)
    (token,) = report.of("zoho_token")
    assert report.level is UNHEALTHY
    assert "could not be reached" in token.found
    assert {finding.check: finding.level for finding in report.amiss if finding.check in REST} == REST


def test_another_organisation_is_told_with_those_that_the_token_sees(well: WellWorld) -> None:
    ours = well.world.environ["ZOHO_ORG_ID"]
    (found,) = well.look({"ZOHO_ORG_ID": "123456"}, ask_zoho=True).of("zoho_organisation")
    assert (found.level, found.found) == (
        UNHEALTHY, f"ZOHO_ORG_ID is 123456, and the token sees these organisations: {ours}."
    )  # fmt: skip


def test_the_shared_token_is_used(well: WellWorld) -> None:
    """Ten of them are granted within ten minutes: asking for the health must not use them up."""
    well.look(ask_zoho=True)
    before = well.world.zoho.control.call("GET", "health")["tokens_issued"]
    for _ in range(12):
        assert well.look(ask_zoho=True).level is Level.HEALTHY
    assert well.world.zoho.control.call("GET", "health")["tokens_issued"] == before


def test_a_token_that_died_is_replaced_once_within_the_four_calls(well: WellWorld) -> None:
    well.look(ask_zoho=True)
    well.world.zoho.control.call("POST", "tokens/revoke")
    well.world.zoho.people.sign_in()  # theirs is dead too
    well.world.zoho.forget_calls()
    assert well.look(ask_zoho=True).level is Level.HEALTHY
    assert len(well.world.zoho.calls()) == MOST_CALLS


def test_what_is_asked_changes_nothing_in_zoho(well: WellWorld) -> None:
    zoho = well.world.zoho
    zoho.customer()
    kinds = (
        "customers",
        "products",
        "plans",
        "subscriptions",
        "invoices",
        "payments",
        "creditnotes",
        "refunds",
        "events",
    )
    before = {kind: zoho.control.call("GET", f"objects?kind={kind}") for kind in kinds}
    assert well.look(ask_zoho=True).of("zoho_write")[0].level is Level.HEALTHY
    assert {kind: zoho.control.call("GET", f"objects?kind={kind}") for kind in kinds} == before
    assert zoho.mails == []


def test_zoho_is_not_asked_where_it_shall_not_be(well: WellWorld) -> None:
    report = well.look(ask_zoho=False)
    assert well.world.zoho.calls() == []
    assert {finding.check for finding in report.findings} & {"zoho_token", *REST} == set()
