"""The tables of the security review. Pure."""

from collections.abc import Sequence
from datetime import datetime

from zoho_pipeline.clock import shown
from zoho_pipeline.reviews.access import Access, Token
from zoho_pipeline.reviews.dependencies import Faulty
from zoho_pipeline.reviews.exposure import Exposed
from zoho_pipeline.reviews.paper import Table


def library_table(faulty: Sequence[Faulty]) -> Table:
    """What is installed with a fault that is published."""
    rows = [
        (each.advisory.library, each.version, each.advisory.mended_in, each.advisory.name, each.advisory.about)
        for each in faulty
    ]
    return Table("Libraries with known faults", ("library", "version", "mended in", "advisory", "about"), rows)


def token_table(tokens: Sequence[Token], now: datetime) -> Table:
    """Each access token's age and end; no token is shown."""
    rows = [
        (
            shown(each.refreshed_at) if each.refreshed_at else "never",
            round((now - each.refreshed_at).total_seconds() / 3600, 1) if each.refreshed_at else None,
            shown(each.expires_at) if each.expires_at else "no token",
            each.refusal or "",
        )
        for each in tokens
    ]
    return Table("Access tokens", ("renewed", "hours ago", "valid until", "refused"), rows, "None.")


def exposed_table(exposed: Sequence[Exposed]) -> Table:
    """Where something was found that must not stand there; what it is is not repeated."""
    rows = [(each.place, each.rows, each.secrets, each.personal, ", ".join(each.examples)) for each in exposed]
    return Table("What logs and payloads hold", ("place", "rows read", "credentials", "personal data", "where"), rows)


def access_tables(access: Access) -> tuple[Table, ...]:
    """Row-level security, policies, and what the role has beyond its needs."""
    return (
        Table(
            "Row-level security",
            ("table", "enabled", "anon may, where a policy lets it"),
            [(each.table, each.rls, each.anon) for each in access.guarded],
        ),
        Table(
            "Policies for anon and everyone",
            ("table", "policy", "for", "command", "using", "check", "opens it all"),
            [
                (each.table, each.name, each.role, each.command, each.using, each.check, each.opens)
                for each in access.policies
            ],
        ),
        Table(
            f"The role {access.role.name}",
            ("beyond what it needs",),
            [(each,) for each in [*access.role.powers, *access.role.more]],
        ),
    )
