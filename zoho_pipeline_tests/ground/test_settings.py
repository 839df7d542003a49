"""Every variable: its default, what is wrong with it in a sentence, and where it may be read from."""

from decimal import Decimal
from pathlib import Path

import pytest

from zoho_pipeline.entities import Change
from zoho_pipeline.settings import SANDBOX, DatabaseSettings, SettingsError, SyncSettings, ZohoSettings

CREDENTIALS = {
    "ZOHO_CLIENT_ID": "1000.CLIENT",
    "ZOHO_CLIENT_SECRET": "shh",
    "ZOHO_REFRESH_TOKEN": "1000.refresh.token",
    "ZOHO_ORG_ID": "5214837",
}
DATABASE = {"CIRCLETEL_DATABASE_URL": "postgresql://circletel:pw@db.example:5432/circletel"}


def zoho(**variables: str) -> ZohoSettings:
    return ZohoSettings.load(CREDENTIALS | variables)


def sync(**variables: str) -> SyncSettings:
    return SyncSettings.load(variables)


def wrong(**variables: str) -> str:
    """What all three groups together have to say about these variables."""
    sentences = []
    environ = CREDENTIALS | DATABASE | variables
    for load in (DatabaseSettings.load, ZohoSettings.load, SyncSettings.load):
        try:
            load(environ)
        except SettingsError as error:
            sentences.append(str(error))
    return "\n".join(sentences)


# Defaults


def test_nothing_is_written_to_zoho_unless_it_was_armed() -> None:
    assert sync().writes is False


def test_the_defaults_are_careful() -> None:
    settings = sync()
    assert (settings.paused, settings.max_creates_per_day, settings.max_cancellations_per_day) == (False, 2_000, 20)
    assert settings.max_rand_per_day == Decimal(2_000_000)
    assert (settings.bulk_hours, settings.sandbox, settings.first_month) == (None, None, "2024-01")
    assert (settings.app_grace_seconds, settings.settling_seconds, settings.mirror_max_age_seconds) == (300, 120, 3600)
    limits = zoho()
    assert (limits.calls_per_minute, limits.calls_per_day, limits.calls_in_flight) == (30, 1_000, 5)
    assert (limits.timeout_seconds, limits.head_room) == (30, 0.2)
    assert DatabaseSettings.load(DATABASE).calls_kept_days == 90


@pytest.mark.parametrize("name", [*CREDENTIALS, *DATABASE])
@pytest.mark.parametrize("value", ["", "   "])
def test_a_missing_variable_is_named_with_what_to_do(name: str, value: str) -> None:
    assert wrong(**{name: value}) == f"{name} is missing: set it in the environment or in .env."


# Wrong values


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("CIRCLETEL_DATABASE_URL", "sqlite:///circletel.db", "it must be a PostgreSQL URL such as"),
        ("CIRCLETEL_DATABASE_URL", "circletel", "it must be a PostgreSQL URL such as"),
        ("CIRCLETEL_DATABASE_URL", "postgresql://db.example", "it names no database: add /database at its end"),
        ("CIRCLETEL_DATABASE_URL", "postgresql://db:99999/x", "its port is not a number from 0 to 65535"),
        ("ZOHO_ORG_ID", "CircleTel", "String should match pattern"),
        ("ZOHO_ORG_ID", "1" * 26, "String should match pattern"),
        ("ZOHO_REGION", "za", "Input should be 'com', 'eu', 'in', 'com.au', 'jp', 'ca', 'com.cn' or 'sa'"),
        ("ZOHO_API_URL", "www.zohoapis.com", "it must be an address such as https://"),
        ("ZOHO_API_URL", "ftp://www.zohoapis.com", "it must be an address such as https://"),
        ("ZOHO_API_URL", "http://www.zohoapis.com", "plain http would show the access token: use https"),
        ("ZOHO_ACCOUNTS_URL", "http://10.0.0.1:8088", "plain http would show the access token: use https"),
        ("ZOHO_CALLS_PER_MINUTE", "0", "Input should be greater than or equal to 1"),
        ("ZOHO_CALLS_PER_MINUTE", "1000001", "Input should be less than or equal to 1000000"),
        ("ZOHO_CALLS_PER_DAY", "0", "Input should be greater than or equal to 1"),
        ("ZOHO_CALLS_IN_FLIGHT", "five", "Input should be a valid integer"),
        ("ZOHO_HEAD_ROOM", "100%", "it must be a part such as 20 % or 0.2, from 0 to less than all"),
        ("ZOHO_HEAD_ROOM", "20", "it must be a part such as"),
        ("ZOHO_HEAD_ROOM", "-5 %", "it must be a part such as"),
        ("ZOHO_HEAD_ROOM", "nan", "it must be a part such as"),
        ("ZOHO_HEAD_ROOM", "a fifth", "it must be a part such as"),
        ("ZOHO_CALLS_KEPT_DAYS", "0", "Input should be greater than or equal to 1"),
        ("ZOHO_TIMEOUT_SECONDS", "0", "Input should be greater than 0"),
        ("ZOHO_TOKEN_KEY", "Zq8vW3nLx5RtYb1KcMdPfGhJ7sA2uE4", "it must have at least 32 characters, drawn at random"),
        ("ZOHO_TOKEN_KEY", "0123456" * 6, "it must have at least 32 characters, drawn at random"),
        ("ZOHO_WRITES", "maybe", "it must be on or off"),
        ("ZOHO_PAUSED", "2", "it must be on or off"),
        ("ZOHO_MAX_CREATES_PER_DAY", "-1", "Input should be greater than or equal to 0"),
        ("ZOHO_MAX_RAND_PER_DAY", "lots", "Input should be a valid decimal"),
        ("ZOHO_MAX_CANCELLATIONS_PER_DAY", "1.5", "Input should be a valid integer"),
        ("ZOHO_CHANGES", "drafts, refunds", "'refunds' is none of customers, subscriptions, drafts, cancellations"),
        ("ZOHO_BULK_HOURS", "night", "write the hours as HH:MM-HH:MM, for example 18:00-06:00"),
        ("ZOHO_BULK_HOURS", "18:00-18:00", "the hours begin when they end"),
        ("CIRCLETEL_FIRST_MONTH", "2025-13", "'2025-13' is not a month: write it as YYYY-MM"),
        ("CIRCLETEL_APP_GRACE_SECONDS", "-1", "Input should be greater than or equal to 0"),
        ("ZOHO_MIRROR_MAX_AGE_SECONDS", "soon", "Input should be a valid integer"),
        ("ZOHO_SENSOR_SECONDS", "4", "Input should be greater than or equal to 5"),
        ("ZOHO_SETTLING_SECONDS", "-5", "Input should be greater than or equal to 0"),
        ("CIRCLETEL_PRICES_INCLUDE_VAT", "some", "it must be on or off"),
    ],
)
def test_a_wrong_variable_is_named_with_what_is_wrong_about_it(name: str, value: str, reason: str) -> None:
    sentence = wrong(**{name: value})
    assert sentence.startswith(f"{name} is wrong: {reason}")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_all_that_is_missing_or_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        ZohoSettings.load({"ZOHO_REGION": "za"})
    assert [line.split()[0] for line in str(caught.value).splitlines()] == [*CREDENTIALS, "ZOHO_REGION"]


def test_no_setting_shows_a_secret() -> None:
    shown = repr(zoho()) + repr(DatabaseSettings.load(DATABASE)) + repr(sync(ZOHO_PIPELINE_SANDBOX="our-token"))
    assert not [secret for secret in ("shh", "1000.refresh.token", ":pw@", "our-token") if secret in shown]


@pytest.mark.parametrize(
    "url", ["mysql://circletel:pa55@db/x", "postgresql://u:pa55@db", "pa55", "postgresql://u:pa55@db:x/y"]
)
def test_a_wrong_url_does_not_show_its_password(url: str) -> None:
    assert "pa55" not in wrong(CIRCLETEL_DATABASE_URL=url)


# Right values


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+asyncpg"])
def test_a_postgres_url_of_any_driver_is_opened_with_psycopg2(scheme: str) -> None:
    url = DatabaseSettings.load(
        {"CIRCLETEL_DATABASE_URL": f"{scheme}://u:p@db.example:6543/circletel?sslmode=require"}
    ).url
    assert url.get_secret_value() == "postgresql+psycopg2://u:p@db.example:6543/circletel?sslmode=require"


@pytest.mark.parametrize("name", ["ZOHO_ORG_ID", "ZOHO_BILLING_ORGANIZATION_ID"])
def test_the_organisation_is_known_by_either_name(name: str) -> None:
    environ = {key: value for key, value in CREDENTIALS.items() if key != "ZOHO_ORG_ID"} | {name: "77"}
    assert ZohoSettings.load(environ).organisation_id == "77"


def test_of_both_names_of_the_organisation_our_own_counts() -> None:
    assert zoho(ZOHO_ORG_ID="1", ZOHO_BILLING_ORGANIZATION_ID="2").organisation_id == "1"
    assert zoho(ZOHO_ORG_ID="", ZOHO_BILLING_ORGANIZATION_ID="2").organisation_id == "2"


@pytest.mark.parametrize(
    ("region", "api", "accounts"),
    [
        ("com", "https://www.zohoapis.com/billing/v1", "https://accounts.zoho.com"),
        ("eu", "https://www.zohoapis.eu/billing/v1", "https://accounts.zoho.eu"),
        ("in", "https://www.zohoapis.in/billing/v1", "https://accounts.zoho.in"),
        ("com.au", "https://www.zohoapis.com.au/billing/v1", "https://accounts.zoho.com.au"),
        ("jp", "https://www.zohoapis.jp/billing/v1", "https://accounts.zoho.jp"),
        ("ca", "https://www.zohoapis.ca/billing/v1", "https://accounts.zohocloud.ca"),
        ("com.cn", "https://www.zohoapis.com.cn/billing/v1", "https://accounts.zoho.com.cn"),
        ("sa", "https://www.zohoapis.sa/billing/v1", "https://accounts.zoho.sa"),
    ],
)
def test_each_data_centre_has_its_two_addresses(region: str, api: str, accounts: str) -> None:
    assert (zoho(ZOHO_REGION=region).api_url, zoho(ZOHO_REGION=region).accounts_url) == (api, accounts)


def test_without_a_region_it_is_com() -> None:
    assert zoho().region == "com"


def test_addresses_of_ones_own_override_the_region() -> None:
    settings = zoho(ZOHO_REGION="eu", ZOHO_API_URL="http://127.0.0.1:1/billing/v1/", ZOHO_ACCOUNTS_URL="http://[::1]:1")
    assert (settings.api_url, settings.accounts_url) == ("http://127.0.0.1:1/billing/v1", "http://[::1]:1")


@pytest.mark.parametrize(("value", "part"), [("0.25", 0.25), ("25%", 0.25), (" 25 % ", 0.25), ("0", 0.0), ("0 %", 0.0)])
def test_the_head_room_is_a_fraction_or_per_cent(value: str, part: float) -> None:
    assert zoho(ZOHO_HEAD_ROOM=value).head_room == part


def test_a_key_for_the_token_is_taken_and_not_shown() -> None:
    key = "Zq8vW3nLx5RtYb1KcMdPfGhJ7sA2uE4_"
    settings = zoho(ZOHO_TOKEN_KEY=key)
    assert settings.token_key is not None
    assert settings.token_key.get_secret_value() == key
    assert key not in repr(settings)


@pytest.mark.parametrize(("value", "on"), [("on", True), ("TRUE", True), (" yes ", True), ("1", True), ("Off", False)])
def test_a_switch_takes_the_usual_words(value: str, on: bool) -> None:
    assert sync(ZOHO_WRITES=value).writes is on


@pytest.mark.parametrize("prices", ["on", "off"])
def test_the_listed_packages_are_the_other_way_round_about_vat(prices: str) -> None:
    settings = sync(CIRCLETEL_PRICES_INCLUDE_VAT=prices, CIRCLETEL_VAT_EXCEPTION_SKUS=" wireless-10, , lte-20 ")
    assert settings.vat_exception_skus == {"wireless-10", "lte-20"}
    assert settings.price_includes_vat("fibre-50") is (prices == "on")
    assert settings.price_includes_vat("lte-20") is (prices == "off")


def test_every_change_is_switched_on_until_some_are_chosen() -> None:
    assert sync().changes == sync(ZOHO_CHANGES=" ").changes == set(Change)
    assert sync(ZOHO_CHANGES="Drafts, customers").changes == {Change.DRAFTS, Change.CUSTOMERS}
    assert sync(ZOHO_CHANGES="none").changes == set()


def test_variables_of_others_are_no_business_of_ours() -> None:
    assert sync(PATH="/bin", ZOHO_SOMETHING_ELSE="x") == sync()


# Where they are read


@pytest.fixture
def dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `.env` file in the working directory."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ".env"
    file.write_text("# ours\nZOHO_WRITES=on\nZOHO_MAX_CREATES_PER_DAY=7\nZOHO_EMPTY\n")
    return file


def test_the_env_file_is_read_and_the_environment_wins(dotenv: Path) -> None:
    settings = sync(ZOHO_MAX_CREATES_PER_DAY="9")
    assert (settings.writes, settings.max_creates_per_day) == (True, 9)


def test_the_processs_own_environment_is_read_unless_another_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOHO_MAX_CREATES_PER_DAY", "11")
    assert SyncSettings.load().max_creates_per_day == 11
    assert sync().max_creates_per_day == 2_000


def test_in_the_practice_world_the_env_file_is_not_read(dotenv: Path) -> None:
    settings = sync(**{SANDBOX: "our-token"})
    assert (settings.writes, settings.max_creates_per_day) == (False, 2_000)


def test_a_practice_worlds_token_in_the_env_file_arms_the_guard_too(dotenv: Path) -> None:
    dotenv.write_text(f"{SANDBOX}=their-token\n")
    assert sync().sandbox is not None
