"""Whether CircleTel's database and Zoho Billing can be reached with the settings in force; changes nothing there."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import text

from zoho_pipeline.clock import SystemClock
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import guard_database, guard_zoho
from zoho_pipeline.settings import DatabaseSettings, SettingsError, SyncSettings, ZohoSettings
from zoho_pipeline.store.database import open_engine, place, telling_of_outages
from zoho_pipeline.store.migrate import require_current
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.exchange import Exchange
from zoho_pipeline.zoho.oauth import request_token
from zoho_pipeline.zoho.ports import About, Call, CallRecord, Purpose
from zoho_pipeline.zoho.retry import RetryPolicy
from zoho_pipeline.zoho.transport import Transport


@dataclass(frozen=True)
class Reached:
    """One thing that was tried, and what came of it, as a sentence."""

    what: str
    well: bool
    sentence: str
    warns: bool = False
    """It works, and yet the sentence says what should be mended."""


@dataclass(frozen=True)
class _Warned:
    """It works, and the sentence says what should be mended."""

    sentence: str


IDLE_TIMEOUT = "5min"
"""Longer than anything waits within a transaction, shorter than a row's lease."""


def connections(environ: Mapping[str, str]) -> Iterator[Reached]:
    """Try the database, the pipeline's own tables in it, how it ends idle transactions, and Zoho."""
    yield _tried("database", lambda: _database(environ))
    yield _tried("own tables", lambda: _own_tables(environ))
    yield _tried("idle transactions", lambda: _idle_transactions(environ))
    yield _tried("Zoho Billing", lambda: _zoho(environ))


def _tried(what: str, attempt: Callable[[], str | _Warned]) -> Reached:
    try:
        found = attempt()
        if isinstance(found, _Warned):
            return Reached(what, well=True, sentence=found.sentence, warns=True)
        return Reached(what, well=True, sentence=found)
    except SettingsError:
        return Reached(what, well=False, sentence="Not tried: its variables are missing or wrong, see above.")
    except Foreseen as error:
        return Reached(what, well=False, sentence=str(error))


def _database(environ: Mapping[str, str]) -> str:
    engine = open_engine(DatabaseSettings.load(environ), connections=1)
    sync = SyncSettings.load(environ)
    try:
        with telling_of_outages(engine, "look at CircleTel's tables"), engine.connect() as connection:
            guard_database(sync, connection)
            if connection.scalar(text("SELECT to_regclass('public.customers')")) is None:
                raise Foreseen(f"{place(engine)} has no table public.customers: it is not CircleTel's database.")
            return f"{place(engine)} answers and has CircleTel's tables."
    finally:
        engine.dispose()


def _own_tables(environ: Mapping[str, str]) -> str:
    engine = open_engine(DatabaseSettings.load(environ), connections=1)
    try:
        with telling_of_outages(engine, "look at the schema zoho_pipeline"), engine.connect() as connection:
            require_current(connection)
            return "The schema zoho_pipeline is up to date."
    finally:
        engine.dispose()


_IDLE = text("""
    SELECT quote_ident(current_user) AS role, setting::integer AS milliseconds
    FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'
""")


def _idle_transactions(environ: Mapping[str, str]) -> str | _Warned:
    """What a process that is frozen within a transaction has locked comes free only if PostgreSQL ends the session."""
    engine = open_engine(DatabaseSettings.load(environ), connections=1)
    try:
        with telling_of_outages(engine, "see how it ends idle transactions"), engine.connect() as connection:
            found = connection.execute(_IDLE).one()
    finally:
        engine.dispose()
    if found.milliseconds:
        return f"PostgreSQL ends a transaction that stands idle for {found.milliseconds / 1000:g} seconds."
    return _Warned(
        "PostgreSQL never ends a transaction that stands idle, so a frozen process would keep its rows locked for "
        f"ever. Run once: ALTER ROLE {found.role} SET idle_in_transaction_session_timeout = '{IDLE_TIMEOUT}';"
    )


def _zoho(environ: Mapping[str, str]) -> str:
    """One token and one call."""
    settings = ZohoSettings.load(environ)
    guard_zoho(SyncSettings.load(environ), settings)
    exchange = Exchange(settings.api_url, settings.organisation_id, settings.timeout_seconds)
    transport = Transport(exchange, OneToken(settings), OneCall(), SystemClock(), RetryPolicy(tries=1))
    seen = ZohoBilling(transport).organisations(About(name="the list of organisations", purpose=Purpose.URGENT))
    names = ", ".join(f"{organisation.id} ({organisation.name})" for organisation in seen) or "none"
    if settings.organisation_id not in {organisation.id for organisation in seen}:
        raise Foreseen(f"ZOHO_ORG_ID is {settings.organisation_id}, and the token sees these organisations: {names}.")
    return f"{settings.api_url} answers; the token sees {names}."


@dataclass
class OneToken:
    """A token of its own: the shared one is kept in tables that may not be there yet."""

    settings: ZohoSettings
    token: str | None = field(default=None, repr=False)

    def current(self) -> str:
        self.token = self.token or request_token(self.settings).token
        return self.token

    def after_refusal(self, refused: str) -> str:
        return refused


class OneCall:
    """Leave for the one call that is made here; the shared budget is kept in tables that may not be there yet."""

    @contextmanager
    def permit(self, call: Call) -> Iterator[CallRecord]:
        yield CallRecord()
