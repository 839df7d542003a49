"""Tokens."""

from __future__ import annotations

import pytest
import requests

from zoho_pipeline_tests.sandbox.zoho.client import TIMEOUT, Client


def test_a_refresh_token_buys_an_access_token_for_an_hour(client: Client) -> None:
    answer = client.token().json()
    assert answer["access_token"].startswith("1000.")
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    assert answer["api_domain"] == client.server.url


def test_credentials_may_stand_in_the_query(client: Client) -> None:
    server = client.server
    query = {
        "grant_type": "refresh_token",
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "refresh_token": server.refresh_token,
    }
    answer = requests.post(f"{server.accounts_url}/oauth/v2/token", params=query, timeout=TIMEOUT)
    assert "access_token" in answer.json()
    assert client.control("GET", "ledger")["entries"][-1]["query"] == ""


@pytest.mark.parametrize(
    ("field", "error"),
    [
        ("client_id", "invalid_client"),
        ("client_secret", "invalid_client_secret"),
        ("refresh_token", "invalid_code"),
        ("grant_type", "unsupported_grant_type"),
    ],
)
def test_bad_credentials_are_answered_200_with_an_error(client: Client, field: str, error: str) -> None:
    answer = client.token(**{field: "wrong"})
    assert (answer.status_code, answer.json()) == (200, {"error": error})


def test_the_eleventh_token_within_ten_minutes_is_denied(client: Client) -> None:
    answers = [client.token() for _ in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 9 + [400]
    denied = answers[-1].json()
    assert (denied["error"], denied["status"]) == ("Access Denied", "failure")
    assert client.control("GET", "ledger")["entries"][-1]["committed"] is False


def test_a_new_window_buys_tokens_again(client: Client) -> None:
    client.configure(tokens_per_window=1)
    assert client.token().status_code == 400
    client.configure(token_window_seconds=0)
    assert client.token().status_code == 200


@pytest.mark.parametrize("header", ["", "Zoho-oauthtoken", "Zoho-oauthtoken abc", "Basic 1000.a.b"])
def test_a_missing_or_malformed_token_is_401_with_code_14(client: Client, header: str) -> None:
    client.session.headers["Authorization"] = header
    assert client.refused("GET", "/customers") == (401, 14)


def test_an_unknown_token_is_401_with_code_57(client: Client) -> None:
    client.session.headers["Authorization"] = "Zoho-oauthtoken 1000.aaaa.bbbb"
    assert client.refused("GET", "/customers") == (401, 57)


def test_an_expired_token_is_401_with_code_57(client: Client) -> None:
    client.configure(access_token_seconds=0)
    client.sign_in()
    assert client.refused("GET", "/customers") == (401, 57)


def test_bearer_is_accepted_unless_switched_off(client: Client) -> None:
    token = str(client.session.headers["Authorization"]).split()[1]
    client.session.headers["Authorization"] = f"Bearer {token}"
    assert client.call("GET", "/customers")[0] == 200
    client.configure(accepts_bearer=False)
    assert client.refused("GET", "/customers") == (401, 14)


def test_revoked_access_tokens_are_dead_and_a_new_one_works(client: Client) -> None:
    assert client.control("POST", "tokens/revoke")["access_tokens_ended"] >= 1
    assert client.refused("GET", "/customers") == (401, 57)
    client.sign_in()
    assert client.call("GET", "/customers")[0] == 200


def test_a_revoked_refresh_token_buys_nothing_until_it_is_revived(client: Client) -> None:
    client.control("POST", "tokens/revoke", {"refresh": True})
    assert client.token().json() == {"error": "invalid_code"}
    client.control("POST", "tokens/revoke", {"refresh": False})
    assert "access_token" in client.token().json()


def test_a_missing_scope_is_reported_like_a_dead_token(client: Client) -> None:
    client.configure(granted_scopes=["ZohoSubscriptions.customers.READ", "ZohoSubscriptions.invoices.ALL"])
    assert client.call("GET", "/customers")[0] == 200
    assert client.refused("POST", "/customers", {}) == (401, 57)
    assert client.refused("GET", "/plans") == (401, 57)
    assert client.call("GET", "/invoices")[0] == 200
