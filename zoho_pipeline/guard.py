"""The practice world's guard: where ZOHO_PIPELINE_SANDBOX is set, nothing outside the practice world is touched.

Two questions, each answered by doing nothing or by an error: is this Zoho on this very machine, and is this database
the one that the practice world marked as its own? Without the variable there is no practice world, and both are silent.
"""

from urllib.parse import urlsplit

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.settings import SANDBOX, SyncSettings, ZohoSettings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MARKER = "zoho_pipeline_sandbox.marker"


class OutsideSandbox(Foreseen):
    """A Zoho or a database that is not the practice world's."""


def guard_zoho(sync: SyncSettings, zoho: ZohoSettings) -> None:
    """See that the practice world talks to a practice Zoho.

    Raises:
        OutsideSandbox: when one of Zoho's two addresses is not this machine's own.
    """
    if sync.sandbox is None:
        return
    for name, url in (("ZOHO_API_URL", zoho.api_url), ("ZOHO_ACCOUNTS_URL", zoho.accounts_url)):
        host = urlsplit(url).hostname
        if host not in LOOPBACK:
            raise OutsideSandbox(
                f"This is the practice world ({SANDBOX} is set), and {name} leads to {host}: only an address of this "
                f"machine is accepted. Unset {SANDBOX} to work on the real Zoho."
            )


def guard_dagster(sync: SyncSettings, url: str | None) -> None:
    """See that the practice world launches runs in no Dagster but its own.

    Raises:
        OutsideSandbox: when the address is not this machine's own.
    """
    host = urlsplit(url or "").hostname
    if sync.sandbox is not None and url and host not in LOOPBACK:
        raise OutsideSandbox(
            f"This is the practice world ({SANDBOX} is set), and ZOHO_DAGSTER_URL leads to {host}: only an address of "
            f"this machine is accepted. Unset {SANDBOX} to work with that Dagster."
        )


def guard_database(sync: SyncSettings, connection: Connection) -> None:
    """See that the practice world works on its own database.

    Raises:
        OutsideSandbox: when the database does not carry this world's mark.
    """
    if sync.sandbox is None:
        return
    if sync.sandbox.get_secret_value() not in _tokens(connection):
        raise OutsideSandbox(
            f"This is the practice world ({SANDBOX} is set), and the database {connection.engine.url.database!r} does "
            f"not carry its mark: nothing was read or written there. Unset {SANDBOX} to work on a real database."
        )


def _tokens(connection: Connection) -> set[str]:
    """The marks of the database; none where the table is missing or may not be read."""
    try:
        if connection.scalar(text("SELECT to_regclass(:marker)"), {"marker": MARKER}) is None:
            return set()
        return {str(token) for token in connection.scalars(text(f"SELECT token FROM {MARKER}"))}  # noqa: S608
    except ProgrammingError:
        return set()
