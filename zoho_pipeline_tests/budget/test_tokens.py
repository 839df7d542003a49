"""One access token for all: fetched once, replaced in time, and never hammered for."""

import threading
import time
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, text

from zoho_pipeline.budget.sealing import Seal
from zoho_pipeline.budget.tokens import SharedAccessToken
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.errors import AuthenticationFailed, ZohoUnreachable
from zoho_pipeline.zoho.oauth import GrantedToken, TokenRefused
from zoho_pipeline_tests.budget.processes import SPAWN, fetch_token, tokens_of
from zoho_pipeline_tests.zoho.practice import Practice, settings_for

KEY = "Zq8vW3nLx5RtYb1KcMdPfGhJ7sA2uE4_"
SEALED_ELSEWHERE = Fernet(Fernet.generate_key()).encrypt(b"1000.token")


def asked(practice: Practice) -> int:
    return len(practice.arrived("POST", "/oauth/v2/token"))


@pytest.fixture
def fresh(practice: Practice) -> Practice:
    """The practice server, with the tokens that the tests' own set-up fetched forgotten."""
    practice.server.world.ledger.clear()
    return practice


def age(engine: Engine, seconds: float) -> None:
    """Let time pass for the stored token."""
    columns = ("expires_at", "refreshed_at", "refused_at", "refused_until")
    changes = ", ".join(f"{column} = {column} - make_interval(secs => :seconds)" for column in columns)
    older = "refreshes = ARRAY(SELECT r - make_interval(secs => :seconds) FROM unnest(refreshes) AS r)"
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE zoho_pipeline.access_tokens SET {changes}, {older}"), {"seconds": seconds})


def test_a_token_is_fetched_once_and_kept(engine: Engine, fresh: Practice) -> None:
    tokens = tokens_of(engine, fresh.settings)
    assert tokens.current() == tokens.current() == tokens_of(engine, fresh.settings).current()
    assert asked(fresh) == 1


def test_the_stored_token_is_not_readable(engine: Engine, fresh: Practice) -> None:
    token = tokens_of(engine, fresh.settings).current()
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM zoho_pipeline.access_tokens")).one()
    assert token not in str(row)
    assert token.encode() not in bytes(row.token)
    assert fresh.settings.refresh_token.get_secret_value() not in str(row)


def test_with_another_key_a_token_is_fetched_anew_and_the_old_one_stays_for_the_others(
    engine: Engine, fresh: Practice
) -> None:
    old, new = fresh.settings, settings_for(fresh.server, token_key=KEY)
    first = tokens_of(engine, old).current()
    second = tokens_of(engine, new).current()
    assert first != second
    assert (tokens_of(engine, old).current(), tokens_of(engine, new).current()) == (first, second)
    assert asked(fresh) == 2


def test_a_token_that_cannot_be_opened_is_fetched_anew(engine: Engine, fresh: Practice) -> None:
    first = tokens_of(engine, fresh.settings).current()
    with engine.begin() as connection:
        connection.execute(text("UPDATE zoho_pipeline.access_tokens SET token = :other"), {"other": SEALED_ELSEWHERE})
    second = tokens_of(engine, fresh.settings).current()
    assert second != first
    assert tokens_of(engine, fresh.settings).current() == second
    assert asked(fresh) == 2


def test_threads_fetch_one_token(engine: Engine, fresh: Practice) -> None:
    tokens = [tokens_of(engine, fresh.settings) for _ in range(4)] * 2
    seen: list[str] = []
    threads = [threading.Thread(target=lambda each=each: seen.append(each.current())) for each in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 1
    assert len(seen) == 8
    assert asked(fresh) == 1


def test_processes_starting_cold_fetch_one_token(engine: Engine, database_url: str, fresh: Practice) -> None:
    given = {
        "client_id": fresh.server.client_id,
        "client_secret": fresh.server.client_secret,
        "refresh_token": fresh.server.refresh_token,
        "organisation_id": fresh.server.org_id,
        "accounts_url_override": fresh.server.accounts_url,
    }
    processes = [SPAWN.Process(target=fetch_token, args=(database_url, given)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert asked(fresh) == 1


def test_a_token_is_replaced_five_minutes_before_its_end(engine: Engine, fresh: Practice) -> None:
    first = tokens_of(engine, fresh.settings).current()
    age(engine, 3600 - 310)
    assert tokens_of(engine, fresh.settings).current() == first
    age(engine, 20)
    assert tokens_of(engine, fresh.settings).current() != first


def test_a_short_lived_token_is_not_replaced_with_every_call(engine: Engine, fresh: Practice) -> None:
    fresh.behave(access_token_seconds=24.0)
    tokens = tokens_of(engine, fresh.settings)
    assert tokens.current() == tokens.current()
    age(engine, 23)
    assert tokens_of(engine, fresh.settings).current() != tokens.current()


def test_a_refused_token_is_replaced_once_for_all(engine: Engine, fresh: Practice) -> None:
    one, other = tokens_of(engine, fresh.settings), tokens_of(engine, fresh.settings)
    refused = one.current()
    assert other.current() == refused
    replaced = one.after_refusal(refused)
    assert replaced != refused
    assert other.after_refusal(refused) == one.after_refusal(refused) == replaced
    assert asked(fresh) == 2


def test_tokens_that_are_refused_again_and_again_do_not_spend_zohos_ten(engine: Engine, fresh: Practice) -> None:
    tokens = tokens_of(engine, fresh.settings)
    token = tokens.current()
    for _ in range(20):
        token = tokens.after_refusal(token)
    assert asked(fresh) == 8
    assert tokens.after_refusal(token) == token
    age(engine, 601)
    assert tokens.after_refusal(token) != token


def test_access_denied_cools_down_for_all_and_is_told(engine: Engine, fresh: Practice) -> None:
    fresh.befall("refuse_token", path="/oauth", times=None)
    with pytest.raises(TokenRefused, match="too many access tokens"):
        tokens_of(engine, fresh.settings).current()
    for _ in range(3):
        with pytest.raises(AuthenticationFailed, match=r"too many access tokens.*asked again at"):
            tokens_of(engine, fresh.settings).current()
    assert asked(fresh) == 1
    age(engine, 590)
    with pytest.raises(AuthenticationFailed):
        tokens_of(engine, fresh.settings).current()
    assert asked(fresh) == 1
    age(engine, 11)
    with pytest.raises(TokenRefused):
        tokens_of(engine, fresh.settings).current()
    assert asked(fresh) == 2


def test_a_refusal_counts_only_for_the_credentials_that_were_refused(engine: Engine, fresh: Practice) -> None:
    wrong = settings_for(fresh.server, refresh_token="1000.wrongwrong.wrongwrong")
    with pytest.raises(TokenRefused, match="refresh token is not known here"):
        tokens_of(engine, wrong).current()
    assert tokens_of(engine, fresh.settings).current()


def test_while_zoho_grants_no_new_token_the_old_one_serves(engine: Engine, fresh: Practice) -> None:
    old = tokens_of(engine, fresh.settings).current()
    age(engine, 3400)
    fresh.befall("html_503", path="/oauth", times=None)
    assert tokens_of(engine, fresh.settings).current() == old
    age(engine, 300)
    with pytest.raises(ZohoUnreachable):
        tokens_of(engine, fresh.settings).current()


def test_an_unreachable_token_server_is_asked_by_one_at_a_time_and_not_in_a_row(engine: Engine) -> None:
    tries = 0

    def fail() -> GrantedToken:
        nonlocal tries
        tries += 1
        time.sleep(0.2)
        raise ZohoUnreachable("POST /oauth/v2/token", "no answer")

    settings = ZohoSettings.model_validate(
        {"client_id": "c", "client_secret": "s", "refresh_token": "r", "organisation_id": "1"}
    )
    failures: list[Exception] = []

    def one(request: Callable[[], GrantedToken]) -> None:
        try:
            SharedAccessToken(engine, "1", Seal(settings), request).current()
        except ZohoUnreachable as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(fail,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tries, len(failures)) == (1, 4)
