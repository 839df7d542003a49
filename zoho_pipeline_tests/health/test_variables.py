"""Whether variables are set, and how to mend what is missing or wrong."""

from pathlib import Path

import pytest

from zoho_pipeline.health.variables import BAD, Standing, Variable, variables

SECRETS = {
    "CIRCLETEL_DATABASE_URL": "postgresql://someone:hunter2@db.example:5432/circletel",
    "ZOHO_CLIENT_ID": "1000.HUNTER2",
    "ZOHO_CLIENT_SECRET": "hunter2-secret",
    "ZOHO_REFRESH_TOKEN": "1000.hunter2.hunter2",
    "DAGSTER_POSTGRES_URL": "postgresql+psycopg2://someone:hunter2@db.example/dagster",
}
KEY = "hunter2_Zq8vW3nLx5RtYb1KcMdPfGhJ"


def look(environ: dict[str, str]) -> dict[str, Variable]:
    return {variable.name: variable for variable in variables(environ)}


def test_a_complete_environment_is_well(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").touch()
    given = {"ZOHO_ORG_ID": "870000001", "DAGSTER_HOME": str(tmp_path), "ZOHO_WRITES": "on", "ZOHO_TOKEN_KEY": KEY}
    found = look(SECRETS | given)

    assert {each.standing for each in found.values()} == {Standing.SET, Standing.DEFAULT}
    assert (found["ZOHO_ORG_ID"].shown, found["ZOHO_WRITES"].shown) == ("870000001", "on")


def test_no_secret_is_shown() -> None:
    urls = {"CIRCLETEL_DATABASE_URL": "mysql://someone:hunter2@db/x", "DAGSTER_POSTGRES_URL": "hunter2"}
    for environ in (SECRETS | {"ZOHO_TOKEN_KEY": KEY}, SECRETS | urls | {"ZOHO_TOKEN_KEY": "hunter2"}):
        assert "hunter2" not in repr(look(environ)).lower()


def test_what_is_missing_is_named() -> None:
    found = look({})
    missing = {name for name, each in found.items() if each.standing is Standing.MISSING}
    assert missing == {*SECRETS, "ZOHO_ORG_ID", "DAGSTER_HOME"}
    assert all(found[name].advice.startswith(f"{name} is missing: ") for name in missing)


def test_what_has_a_default_shows_it() -> None:
    found = look({})
    assert [found[name].shown for name in ("ZOHO_REGION", "ZOHO_WRITES", "ZOHO_CALLS_PER_MINUTE", "ZOHO_CHANGES")] == [
        "com",
        "off",
        "30",
        "cancellations, customers, drafts, subscriptions",
    ]


def test_a_missing_key_for_the_token_is_advised_against_and_no_fault() -> None:
    found = look({})["ZOHO_TOKEN_KEY"]
    assert found.standing is Standing.ADVISED
    assert found.standing not in BAD
    assert "encrypted under the client's secret" in found.advice


def test_the_organisations_other_name_is_known() -> None:
    assert look({"ZOHO_BILLING_ORGANIZATION_ID": "1"})["ZOHO_BILLING_ORGANIZATION_ID"].standing is Standing.SET


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZOHO_REGION", "za"),
        ("ZOHO_CALLS_PER_MINUTE", "many"),
        ("ZOHO_ORG_ID", "circletel"),
        ("ZOHO_API_URL", "http://www.zohoapis.com/billing/v1"),
        ("CIRCLETEL_FIRST_MONTH", "2025-13"),
        ("ZOHO_WRITES", "perhaps"),
        ("ZOHO_CHANGES", "everything"),
        ("ZOHO_TOKEN_KEY", "secret"),
        ("ZOHO_TOKEN_KEY", "ab" * 20),
        ("ZOHO_HEAD_ROOM", "20"),
        ("ZOHO_CALLS_KEPT_DAYS", "0"),
        ("DAGSTER_HOME", "/nowhere"),
        ("DAGSTER_POSTGRES_URL", "postgresql://host/dagster"),
    ],
)
def test_what_is_wrong_says_how_to_mend_it(name: str, value: str) -> None:
    found = look({name: value})[name]
    assert found.standing is Standing.WRONG
    assert found.advice.startswith(f"{name} is wrong: ")
