"""Asking for an access token."""

import socket
from typing import get_args

import pytest

from zoho_pipeline.settings import Region, ZohoSettings
from zoho_pipeline.zoho.errors import AuthenticationFailed, ZohoUnreachable
from zoho_pipeline.zoho.oauth import TokenRefused, request_token
from zoho_pipeline_tests.zoho.practice import Practice, settings_for


def test_a_token_is_granted(practice: Practice) -> None:
    granted = request_token(practice.settings)
    assert granted.token.startswith("1000.")
    assert granted.expires_in_seconds == 3600
    assert granted.token not in repr(granted)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("refresh_token", "refresh token is not known here"),
        ("client_id", "client id is not known here"),
        ("client_secret", "client secret"),
    ],
)
def test_wrong_credentials_are_told_apart(practice: Practice, wrong: str, complaint: str) -> None:
    settings = settings_for(practice.server, **{wrong: "1000.wrongwrong.wrongwrong"})
    with pytest.raises(TokenRefused, match=complaint) as caught:
        request_token(settings)
    assert "ZOHO_REGION" in str(caught.value)
    assert "wrongwrong" not in str(caught.value)


def test_too_many_tokens_are_told(practice: Practice) -> None:
    practice.befall("refuse_token", path="/oauth")
    with pytest.raises(AuthenticationFailed, match="too many access tokens") as caught:
        request_token(practice.settings)
    assert caught.value.status == 400


@pytest.mark.parametrize("kind", ["html_503", "truncate", "reset_before_commit"])
def test_a_token_server_without_a_usable_answer_is_unreachable(practice: Practice, kind: str) -> None:
    practice.befall(kind, path="/oauth")
    with pytest.raises(ZohoUnreachable, match=r"token server 127\.0\.0\.1"):
        request_token(practice.settings)


def test_a_token_server_that_is_not_there_is_unreachable(practice: Practice) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings = settings_for(practice.server, accounts_url_override=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(ZohoUnreachable, match="could not be reached"):
            request_token(settings)


def test_every_region_has_its_two_addresses() -> None:
    for region in get_args(Region):
        settings = ZohoSettings.model_validate(
            {"client_id": "c", "client_secret": "s", "refresh_token": "r", "organisation_id": "1", "region": region}
        )
        assert settings.api_url == f"https://www.zohoapis.{region}/billing/v1"
        expected = "https://accounts.zohocloud.ca" if region == "ca" else f"https://accounts.zoho.{region}"
        assert settings.accounts_url == expected
