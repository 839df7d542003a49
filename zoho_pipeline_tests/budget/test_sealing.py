"""The stored token opens only with the secrets that it was sealed with."""

from typing import Any

import pytest

from zoho_pipeline.budget.sealing import Seal
from zoho_pipeline.settings import ZohoSettings

KEY = "Zq8vW3nLx5RtYb1KcMdPfGhJ7sA2uE4_"


def seal(**changes: Any) -> Seal:
    given = {"client_id": "c", "client_secret": "s", "refresh_token": "r", "organisation_id": "1"}
    return Seal(ZohoSettings.model_validate(given | changes))


def test_what_one_process_seals_another_opens() -> None:
    sealed = seal().close("1000.token")
    assert b"1000.token" not in sealed
    assert seal().open(sealed) == "1000.token"
    assert seal().credentials == seal().credentials


@pytest.mark.parametrize(
    "other", [{"token_key": KEY}, {"client_secret": "x"}, {"client_id": "x"}, {"region": "eu"}], ids=str
)
def test_another_secret_does_not_open_it(other: dict[str, Any]) -> None:
    assert seal(**other).open(seal().close("1000.token")) is None
    assert seal(**other).credentials != seal().credentials


def test_a_token_of_another_refresh_token_is_another_row() -> None:
    assert seal(refresh_token="x").credentials != seal().credentials


def test_a_damaged_token_is_none() -> None:
    assert seal().open(b"nonsense") is None


def test_the_fingerprint_shows_no_secret() -> None:
    secrets = {"client_secret": "sssssss", "refresh_token": "rrrrrrr", "token_key": KEY}
    assert not any(value in seal(**secrets).credentials for value in secrets.values())
