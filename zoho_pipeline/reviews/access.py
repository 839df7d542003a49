"""Who may read and write the tables concerned: row-level security, policies, rights, and the tokens. Reads only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

CIRCLETEL = ("customers", "customer_invoices", "customer_services", "payment_transactions", "zoho_sync_logs")
"""CircleTel's tables that the pipeline is about."""
OUTSIDERS = ("anon", "PUBLIC")
TOKEN_LIFE = timedelta(hours=1)
"""How long Zoho's access tokens are valid, with a little to spare below."""
_SPARE = timedelta(minutes=5)
_ALWAYS = re.compile(r"true|not false|(\d+) ?= ?\1|'([^']*)'(::\w+)? ?= ?'\2'(::\w+)?|\d+ ?is not null")
"""Conditions that hold for every row, as PostgreSQL writes them, without the brackets around."""


@dataclass(frozen=True)
class Policy:
    """A permissive policy that anon or everyone falls under, and whether its condition holds for every row."""

    table: str
    name: str
    role: str
    command: str
    using: str | None
    check: str | None

    @property
    def opens(self) -> bool:
        """Whether it lets those of the role read or write it all."""
        return any(holds_always(each) for each in (self.using, self.check) if each is not None) or (
            self.using is None and self.check is None
        )


@dataclass(frozen=True)
class Guarded:
    """A table: whether RLS is on (None: there is no such table), and what anon may do where a policy lets it."""

    table: str
    rls: bool | None
    anon: str


@dataclass(frozen=True)
class Role:
    """The pipeline's own role in the database.

    Attributes:
        more: what it may do with CircleTel's tables beyond reading them and updating rows.
        powers: what it may do with the whole server.
    """

    name: str
    powers: Sequence[str]
    more: Sequence[str]
    bypasses_rls: bool


@dataclass(frozen=True)
class Token:
    """The shared access token: when it was last renewed, and until when it is valid (UTC)."""

    refreshed_at: datetime | None
    expires_at: datetime | None
    refusal: str | None

    def rotated(self) -> bool:
        """Whether it expires when Zoho's tokens do: one put in by hand would not."""
        if self.refreshed_at is None or self.expires_at is None:
            return self.expires_at is None
        return self.expires_at - self.refreshed_at <= TOKEN_LIFE + _SPARE


@dataclass(frozen=True)
class Access:
    """All of it."""

    guarded: Sequence[Guarded]
    policies: Sequence[Policy]
    own_open: Sequence[str]
    """Tables of the schema zoho_pipeline that anon, authenticated or everyone has a right to."""
    role: Role
    tokens: Sequence[Token]


def holds_always(condition: str) -> bool:
    """Whether a policy's condition is true of every row; pure. What looks at a column or calls a function is not."""
    bare = condition.strip().lower()
    while bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1].strip()
    return any(_ALWAYS.fullmatch(part.strip("() ")) for part in re.split(r"\bor\b", bare))


def read_access(connection: Connection) -> Access:
    """Look at PostgreSQL's catalogue."""
    return Access(
        _guarded(connection), _policies(connection), _own_open(connection), _role(connection), _tokens(connection)
    )


_RLS = text("""
    SELECT name AS table, c.relrowsecurity AS rls,
           CASE WHEN c.oid IS NULL OR to_regrole('anon') IS NULL THEN '' ELSE (
               SELECT string_agg(right_name, ', ') FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) right_name
               WHERE has_table_privilege('anon', c.oid, right_name)) END AS anon
    FROM unnest(CAST(:tables AS text[])) name LEFT JOIN pg_class c ON c.oid = to_regclass('public.' || name)
    ORDER BY name
""")


def _guarded(connection: Connection) -> list[Guarded]:
    found = connection.execute(_RLS, {"tables": list(CIRCLETEL)})
    return [Guarded(row.table, row.rls, row.anon or "nothing") for row in found]


_POLICIES = text("""
    SELECT c.relname AS table, p.polname AS name, CASE WHEN r.oid IS NULL THEN 'everyone' ELSE r.rolname END AS role,
           CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                ELSE 'ALL' END AS command,
           pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN unnest(p.polroles) given LEFT JOIN pg_roles r ON r.oid = given
    WHERE p.polpermissive AND n.nspname = 'public' AND c.relname = ANY(:tables)
      AND (given = 0 OR r.rolname = 'anon'
           OR (to_regrole('anon') IS NOT NULL AND pg_has_role('anon', given, 'MEMBER')))
    ORDER BY 1, 2, 3
""")


def _policies(connection: Connection) -> list[Policy]:
    return [Policy(**row._mapping) for row in connection.execute(_POLICIES, {"tables": list(CIRCLETEL)})]


_OWN = text("""
    SELECT DISTINCT c.relname FROM pg_class c
    CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
    LEFT JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind IN ('r', 'p', 'v', 'm')
      AND (a.grantee = 0 OR r.rolname IN ('anon', 'authenticated')) ORDER BY 1
""")


def _own_open(connection: Connection) -> list[str]:
    return list(connection.execute(_OWN, {"schema": "zoho_pipeline"}).scalars())


_ROLE = text("""
    SELECT r.rolname AS name, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolbypassrls,
           ARRAY(SELECT name || ': ' || right_name FROM unnest(CAST(:tables AS text[])) name
                 CROSS JOIN unnest(ARRAY['DELETE', 'TRUNCATE']) right_name
                 WHERE to_regclass('public.' || name) IS NOT NULL
                   AND has_table_privilege('public.' || name, right_name) ORDER BY 1) AS more
    FROM pg_roles r WHERE r.rolname = current_user
""")
_POWERS = {
    "rolsuper": "is a superuser",
    "rolcreaterole": "may create roles",
    "rolcreatedb": "may create databases",
    "rolreplication": "may replicate",
}


def _role(connection: Connection) -> Role:
    row = connection.execute(_ROLE, {"tables": list(CIRCLETEL)}).one()
    powers = [said for column, said in _POWERS.items() if row._mapping[column]]
    return Role(row.name, powers, row.more, row.rolsuper or row.rolbypassrls)


_TOKENS = text("""
    SELECT refreshed_at, CASE WHEN token IS NOT NULL THEN expires_at END AS expires_at,
           CASE WHEN refused_until > now() THEN refusal END AS refusal
    FROM zoho_pipeline.access_tokens ORDER BY refreshed_at DESC NULLS LAST
""")


def _tokens(connection: Connection) -> list[Token]:
    return [Token(**row._mapping) for row in connection.execute(_TOKENS)]
