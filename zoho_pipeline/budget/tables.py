"""The tables of this room: the budget's one row per organisation, the ledger of calls, and the shared token."""

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from zoho_pipeline.budget.circuit_after import CREATE_CIRCUIT_AFTER
from zoho_pipeline.budget.hear_endings import CREATE_HEAR_ENDINGS
from zoho_pipeline.budget.take_permits import CREATE_TAKE_PERMITS
from zoho_pipeline.store.schema import metadata

_MOMENT = DateTime(timezone=True)


def _array(name: str, kind: BigInteger | Integer | DateTime) -> Column[list[object]]:
    return Column(name, ARRAY(kind), nullable=False, server_default=text("'{}'"))


api_budget = Table(
    "api_budget",
    metadata,
    Column("organisation", Text, primary_key=True, comment="Zoho's organisation id"),
    _array("minute_ends", _MOMENT),
    _array("minute_calls", Integer()),
    _array("leases", BigInteger()),
    _array("lease_ends", _MOMENT),
    _array("waiting", BigInteger()),
    _array("waiting_until", _MOMENT),
    Column("bulk_at", _MOMENT, comment="when the latest bulk call goes out; the next ones are spaced from here"),
    Column("day_slot", BigInteger, nullable=False, server_default=text("0"), comment="ten minutes since 1970"),
    _array("day_calls", Integer()),
    Column("cool_down_until", _MOMENT),
    Column("cool_down_limit", Text, comment="the limit of Zoho that was met: minute, day, in_flight, blocked, asked"),
    Column("served_at", _MOMENT, comment="when a call was last heard of that shows that Zoho works"),
    Column("failures", Integer, nullable=False, server_default=text("0"), comment="in a row, as they are for anybody"),
    Column("vain_writes", Integer, nullable=False, server_default=text("0"), comment="likewise, among writes"),
    Column("failing_since", _MOMENT, comment="when the first of these failures was heard of"),
    Column("outage_since", _MOMENT, comment="NULL: the circuit is closed, and all calls go"),
    Column("outage_reason", Text, comment="how the latest failure showed that opened it"),
    Column("trial_since", _MOMENT, comment="since when Zoho serves again; NULL: nothing goes but probes"),
    Column("trial", BigInteger, comment="the one write that is let go on trial"),
    Column("probe", BigInteger, comment="the latest probe, and when it was let go"),
    Column("probed_at", _MOMENT),
    comment=(
        "What is left of an organisation's API budget. minute_ends: when the calls of the last minute ended, in order; "
        "minute_calls: how many with each. leases, lease_ends: calls in flight, and when each is taken for dead. "
        "waiting, waiting_until: who waits, in order; ids below zero are urgent. day_calls: calls begun in each ten "
        "minutes of the last day, the latest last."
    ),
    postgresql_with={"fillfactor": "20", "toast_tuple_target": "8160"},
)

outages = Table(
    "outages",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("began_at", _MOMENT, nullable=False, comment="when the first of its failures was heard of"),
    Column("ended_at", _MOMENT, comment="when Zoho served again; NULL: not for certain yet"),
    Column("reason", Text, comment="how it showed"),
    Column("probes", Integer, nullable=False, server_default=text("0")),
    Column("calls_refused", Integer, nullable=False, server_default=text("0"), comment="calls that were held back"),
    Index("outages_began", "organisation", "began_at"),
    comment="When Zoho failed for everybody, and nothing was sent.",
)

for _function in (CREATE_CIRCUIT_AFTER, CREATE_HEAR_ENDINGS):
    event.listen(api_budget, "after_create", DDL(_function))  # type: ignore[no-untyped-call]

api_calls = Table(
    "api_calls",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("organisation", Text, nullable=False),
    Column("at", _MOMENT, nullable=False, comment="when the call was let go"),
    Column("method", Text, nullable=False),
    Column("endpoint", Text, nullable=False, comment="method and path without ids"),
    Column("purpose", Text, nullable=False, comment="bulk or urgent"),
    Column("entity", Text),
    Column("record_id", Text),
    Column("run_id", Text),
    Column("status", SmallInteger, comment="HTTP status; NULL: no answer came"),
    Column("code", Integer, comment="Zoho's own code in the answer"),
    Column("ms", Integer, comment="NULL: still running, or the process that made it died"),
    Index("api_calls_at", "at"),
    Index("api_calls_run_id", "run_id", postgresql_where=text("run_id IS NOT NULL")),
    comment="Every call to Zoho: written when it is let go, completed when it has ended.",
    postgresql_with={"fillfactor": "80"},
)
event.listen(api_calls, "after_create", DDL(CREATE_TAKE_PERMITS))  # type: ignore[no-untyped-call]

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("credentials", Text, primary_key=True, comment="fingerprint of client and refresh token"),
    Column("token", LargeBinary, comment="encrypted"),
    Column("expires_at", _MOMENT),
    Column("refreshed_at", _MOMENT),
    _array("refreshes", _MOMENT),
    Column("refused_at", _MOMENT),
    Column("refused_until", _MOMENT, comment="Zoho is not asked again before then"),
    Column("refusal", Text, comment="why Zoho granted none"),
    Column("reason", Text, comment="Zoho's own word for that"),
    comment="The access token that all processes share, encrypted under a key that is not in the database.",
)
