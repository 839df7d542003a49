"""Bad input: one clear sentence that says what, where and what to do, no secret in it, and nothing half-written."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import OutsideSandbox
from zoho_pipeline.sandbox.ports import free_ports
from zoho_pipeline.settings import SettingsError
from zoho_pipeline.store.database import DatabaseUnreachable
from zoho_pipeline.store.migrate import MigrationMissing
from zoho_pipeline.zoho.errors import AuthenticationFailed, WrongOrganisation, ZohoUnreachable
from zoho_pipeline_tests.practice.databases import BARE, MIGRATED, Databases
from zoho_pipeline_tests.practice.world import PracticeWorld

SECRET = "s3cr3t-that-nobody-may-see"
FOREIGN = "https://www.zohoapis.com/billing/v1"


@dataclass(frozen=True)
class Bad:
    """What is wrong with the environment of a run, and what it ends with."""

    environ: dict[str, str] | Callable[[], dict[str, str]]
    error: type[Foreseen]
    says: list[str] = field(default_factory=list)

    @property
    def variables(self) -> dict[str, str]:
        return self.environ if isinstance(self.environ, dict) else self.environ()


def closed() -> str:
    """The address of this machine at which nobody listens."""
    return f"127.0.0.1:{free_ports(1)[0]}"


BAD = {
    "an unreachable database": Bad(
        lambda: {"CIRCLETEL_DATABASE_URL": f"postgresql://circletel:{SECRET}@{closed()}/circletel"},
        DatabaseUnreachable,
        ["The database at 127.0.0.1:", "/circletel could not be used to backfill", "Check CIRCLETEL_DATABASE_URL"],
    ),
    "a malformed database url": Bad(
        {"CIRCLETEL_DATABASE_URL": f"mysql://circletel:{SECRET}@127.0.0.1/circletel"},
        SettingsError,
        ["CIRCLETEL_DATABASE_URL is wrong: it must be a PostgreSQL URL such as"],
    ),
    "a database url without a database": Bad(
        {"CIRCLETEL_DATABASE_URL": f"postgresql://circletel:{SECRET}@127.0.0.1"},
        SettingsError,
        ["CIRCLETEL_DATABASE_URL is wrong: it names no database"],
    ),
    "a database url whose port is no number": Bad(
        {"CIRCLETEL_DATABASE_URL": f"postgresql://circletel:{SECRET}@127.0.0.1:many/circletel"},
        SettingsError,
        ["CIRCLETEL_DATABASE_URL is wrong: its port is not a number"],
    ),
    "a wrong client secret": Bad(
        {"ZOHO_CLIENT_SECRET": SECRET}, AuthenticationFailed, ["the client secret is wrong", "Check ZOHO_REGION first"]
    ),
    "a wrong client id": Bad(
        {"ZOHO_CLIENT_ID": SECRET}, AuthenticationFailed, ["the client id is not known here", "Check ZOHO_REGION first"]
    ),
    "a wrong refresh token": Bad(
        {"ZOHO_REFRESH_TOKEN": SECRET}, AuthenticationFailed, ["the refresh token is not known here", "Check"]
    ),
    "a wrong organisation": Bad(
        {"ZOHO_ORG_ID": "999999"}, WrongOrganisation, ["6041", "Check ZOHO_ORG_ID", "verify-env"]
    ),
    "an organisation that is no number": Bad(
        {"ZOHO_ORG_ID": "CircleTel"}, SettingsError, ["ZOHO_ORG_ID is wrong: String should match pattern"]
    ),
    "a token server that is not there": Bad(
        lambda: {"ZOHO_ACCOUNTS_URL": f"http://{closed()}"},
        ZohoUnreachable,
        ["the token server 127.0.0.1 could not be reached", "Nothing was sent"],
    ),
    "http for a foreign host": Bad(
        {"ZOHO_API_URL": "http://www.zohoapis.com/billing/v1"},
        SettingsError,
        ["ZOHO_API_URL is wrong: plain http would show the access token: use https"],
    ),
    "an address that is none": Bad(
        {"ZOHO_ACCOUNTS_URL": "accounts.zoho.com"}, SettingsError, ["ZOHO_ACCOUNTS_URL is wrong: it must be an address"]
    ),
    "an unknown region": Bad(
        {"ZOHO_REGION": "za"}, SettingsError, ["ZOHO_REGION is wrong: Input should be 'com', 'eu', 'in', 'com.au'"]
    ),
    "a foreign zoho in the practice world": Bad(
        {"ZOHO_API_URL": FOREIGN},
        OutsideSandbox,
        ["ZOHO_API_URL leads to www.zohoapis.com", "Unset ZOHO_PIPELINE_SANDBOX to work on the real Zoho"],
    ),
    "a foreign token server in the practice world": Bad(
        {"ZOHO_ACCOUNTS_URL": "https://accounts.zoho.com"}, OutsideSandbox, ["ZOHO_ACCOUNTS_URL leads to accounts.zoho"]
    ),
    "another practice world's token": Bad(
        {"ZOHO_PIPELINE_SANDBOX": SECRET},
        OutsideSandbox,
        ["does not carry its mark: nothing was read or written there", "Unset ZOHO_PIPELINE_SANDBOX"],
    ),
    "a switch that is neither on nor off": Bad(
        {"ZOHO_WRITES": "perhaps"}, SettingsError, ["ZOHO_WRITES is wrong: it must be on or off"]
    ),
    "a missing refresh token": Bad(
        {"ZOHO_REFRESH_TOKEN": ""}, SettingsError, ["ZOHO_REFRESH_TOKEN is missing: set it in the environment or in"]
    ),
}


def failure(world: PracticeWorld, **variables: str) -> str:
    """The sentence with which a run of everything ends."""
    with pytest.raises(Foreseen) as caught:
        world.run(env=variables)
    return str(caught.value)


@pytest.fixture
def filled(world: PracticeWorld) -> PracticeWorld:
    """A row of each kind, none of them in Zoho."""
    customer = world.circletel.customer()
    world.circletel.service(customer)
    world.circletel.payment(customer, invoice=world.circletel.invoice(customer))
    return world


@pytest.mark.parametrize("what", BAD)
def test_it_ends_the_run_with_one_clear_sentence_and_leaves_the_rows_as_they_were(
    filled: PracticeWorld, what: str
) -> None:
    bad = BAD[what]
    before, objects = filled.circletel.snapshot(), filled.zoho.control.call("GET", "state")["organisation"]
    with pytest.raises(bad.error) as caught:
        filled.run(env=bad.variables)
    sentence = str(caught.value)
    for part in bad.says:
        assert part in sentence
    assert_is_a_sentence(filled, sentence)
    assert filled.circletel.snapshot() == before
    assert filled.zoho.control.call("GET", "state")["organisation"] == objects
    assert filled.circletel.query("SELECT * FROM zoho_pipeline.attempts") == []


def assert_is_a_sentence(world: PracticeWorld, sentence: str) -> None:
    """On one line, with an end, and without a secret."""
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    secrets = {SECRET, world.environ["ZOHO_CLIENT_SECRET"], world.environ["ZOHO_REFRESH_TOKEN"]}
    assert not [secret for secret in secrets if secret in sentence]


def test_a_zoho_that_is_not_there_ends_the_run_with_one_clear_sentence(filled: PracticeWorld) -> None:
    before = filled.circletel.snapshot()
    with pytest.raises(ZohoUnreachable) as caught:
        filled.run(env={"ZOHO_API_URL": f"http://{closed()}/billing/v1", "ZOHO_TIMEOUT_SECONDS": "1"})
    assert "no connection to Zoho could be made" in str(caught.value)
    assert "check the network, ZOHO_REGION and ZOHO_API_URL. It is safe to try again." in str(caught.value)
    assert_is_a_sentence(filled, str(caught.value))
    assert filled.circletel.snapshot() == before


def test_several_wrong_variables_are_all_named_at_once(filled: PracticeWorld) -> None:
    sentences = failure(filled, ZOHO_REGION="za", ZOHO_CLIENT_ID="", ZOHO_CALLS_PER_MINUTE="many").splitlines()
    assert [sentence.split()[0] for sentence in sentences] == ["ZOHO_CLIENT_ID", "ZOHO_REGION", "ZOHO_CALLS_PER_MINUTE"]


def test_a_secret_that_is_wrong_is_not_shown(filled: PracticeWorld) -> None:
    sentences = failure(filled, CIRCLETEL_DATABASE_URL=SECRET)
    assert sentences.startswith("CIRCLETEL_DATABASE_URL is wrong: ")
    assert SECRET not in sentences


def test_a_missing_migration_is_told_with_the_command_that_mends_it(
    databases: Databases, filled: PracticeWorld
) -> None:
    with databases.fresh(BARE) as engine:
        with pytest.raises(MigrationMissing) as caught:
            filled.run(env={"CIRCLETEL_DATABASE_URL": str(engine.url), "ZOHO_PIPELINE_SANDBOX": databases.token(BARE)})
        assert engine.url.database is not None
        assert f"/{engine.url.database} is missing: run `zoho-pipeline db upgrade`." in str(caught.value)
        assert_is_a_sentence(filled, str(caught.value))
    assert filled.zoho.calls() == []


def test_a_database_without_any_mark_is_not_the_practice_worlds(databases: Databases, filled: PracticeWorld) -> None:
    filled.circletel.execute("DROP SCHEMA zoho_pipeline_sandbox CASCADE")
    before = filled.circletel.snapshot()
    assert "does not carry its mark" in failure(filled)
    assert filled.circletel.snapshot() == before


def test_tables_that_are_not_circletels_are_told_by_name(databases: Databases, filled: PracticeWorld) -> None:
    filled.circletel.execute("DROP TABLE payment_transactions")
    filled.circletel.execute("ALTER TABLE customer_services DROP COLUMN zoho_subscription_id")
    sentence = failure(filled)
    assert sentence.startswith(
        "This database lacks customer_services.zoho_subscription_id, payment_transactions.id, "
        "payment_transactions.zoho_payment_id, so it is not CircleTel's"
    )
    assert "check CIRCLETEL_DATABASE_URL" in sentence
    assert_is_a_sentence(filled, sentence)
    assert filled.zoho.calls() == []


def test_a_database_that_does_not_exist_is_told_by_name(databases: Databases, filled: PracticeWorld) -> None:
    databases.token(MIGRATED)
    sentence = failure(filled, CIRCLETEL_DATABASE_URL=databases.server.url("nowhere"))
    assert "/nowhere could not be used to backfill customers, invoices, payments, subscriptions" in sentence
    assert 'database "nowhere" does not exist' in sentence
    assert_is_a_sentence(filled, sentence)
