"""The month's security review (R15): tokens, what leaked into logs, who may read the tables, rights, and libraries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zoho_pipeline.clock import shown
from zoho_pipeline.reviews.access import Access, Token
from zoho_pipeline.reviews.dependencies import LOOKED_THROUGH, Faulty
from zoho_pipeline.reviews.exposure import Exposed
from zoho_pipeline.reviews.paper import Review, Target
from zoho_pipeline.reviews.security_tables import access_tables, exposed_table, library_table, token_table
from zoho_pipeline.reviews.span import Span

TOKENS_ROTATED, NO_SECRETS, NO_PERSONAL_DATA = "tokens_rotated", "no_credentials_in_logs", "no_personal_data_in_logs"
RLS_ENABLED, NO_OPEN_POLICY, OWN_TABLES_CLOSED = "rls_enabled", "no_open_policy", "own_tables_closed"
LEAST_RIGHTS, NO_KNOWN_FAULTS = "least_rights", "no_known_faults"
TARGETS = {
    TOKENS_ROTATED: "The access token is renewed by the pipeline and expires within an hour.",
    NO_SECRETS: "No credential stands in run logs, sync logs or stored payloads of the month.",
    NO_PERSONAL_DATA: "Nor does anything that names or reaches a person.",
    RLS_ENABLED: "Row-level security is enabled on every table of CircleTel's that the pipeline is about.",
    NO_OPEN_POLICY: "No policy lets anon or everyone read or write it all.",
    OWN_TABLES_CLOSED: "Neither anon, nor authenticated, nor everyone has a right to the pipeline's own tables.",
    LEAST_RIGHTS: "The pipeline's role is no superuser and may delete nothing of CircleTel's.",
    NO_KNOWN_FAULTS: "No installed library has a fault that was published by the day of the list.",
}
"""What must hold, by the name of its asset check."""


@dataclass(frozen=True)
class Security:
    """What was read. `unseen` are places that could not be scanned, and why."""

    span: Span
    now: datetime
    access: Access
    exposed: Sequence[Exposed]
    unseen: Sequence[str]
    faulty: Sequence[Faulty]


def review_security(found: Security) -> Review:
    """The month, judged; access, rights and libraries are as of now."""
    access = found.access
    return Review(
        title="Security review",
        period=f"Logs and payloads of {found.span}; tokens, rights and libraries as of {shown(found.now)}.",
        targets=(_tokens(access.tokens), *_logs(found), *_tables(access), _rights(access), _libraries(found.faulty)),
        notes=(
            "A place is named by table and record; what was found there is not repeated.",
            f"Known faults are those of a list of {LOOKED_THROUGH}; `pip-audit` tells newer ones, with a network.",
            "The pipeline's role bypasses row-level security."
            if access.role.bypasses_rls
            else "The pipeline's role is subject to row-level security.",
        ),
        tables=(
            token_table(access.tokens, found.now),
            exposed_table(found.exposed),
            *access_tables(access),
            library_table(found.faulty),
        ),
    )


def _tokens(tokens: Sequence[Token]) -> Target:
    refused = [each.refusal for each in tokens if each.refusal]
    by_hand = sum(not each.rotated() for each in tokens)
    if not tokens:
        return Target(TOKENS_ROTATED, "No access token was ever asked for.", True)
    sentence = "The access token is renewed by the pipeline."
    if by_hand:
        sentence = f"{by_hand} access tokens outlive an hour."
    if refused:
        sentence = f"Zoho refuses a token: {refused[0]}"
    todo = "Make a new refresh token in Zoho's API console, set ZOHO_REFRESH_TOKEN, and see `zoho-pipeline verify-env`."
    return Target(TOKENS_ROTATED, sentence, not (refused or by_hand), todo)


def _logs(found: Security) -> tuple[Target, Target]:
    secrets, personal = (sum(getattr(each, name) for each in found.exposed) for name in ("secrets", "personal"))
    blind = "; ".join(found.unseen)

    def target(name: str, count: int, what: str, todo: str) -> Target:
        places = ", ".join(each.place for each in found.exposed if getattr(each, name_of[name]))
        if count:
            return Target(name, f"{count} rows hold {what}: {places}.", False, todo, severe=name == NO_SECRETS)
        if blind:
            return Target(name, f"None was found, but not everything was read: {blind}", None, blind)
        return Target(name, f"No row holds {what}.", True)

    name_of = {NO_SECRETS: "secrets", NO_PERSONAL_DATA: "personal"}
    return (
        target(
            NO_SECRETS,
            secrets,
            "a credential",
            "Credentials stand in logs: revoke them in Zoho or change the password, and delete those rows.",
        ),
        target(
            NO_PERSONAL_DATA,
            personal,
            "a person's data",
            "People's data stand in logs: blank the payloads of those rows; if the app wrote them, tell development.",
        ),
    )


def _tables(access: Access) -> tuple[Target, ...]:
    off = [each.table for each in access.guarded if each.rls is False]
    absent = [each.table for each in access.guarded if each.rls is None]
    wide = [each for each in access.policies if each.opens]
    opened = ", ".join(f"{each.name} on {each.table} ({each.command} to {each.role})" for each in wide)
    sentence = f"It is off on {', '.join(off)}." if off else "It is enabled on every table."
    return (
        Target(
            RLS_ENABLED,
            f"{', '.join(absent)} could not be found." if absent and not off else f"Row-level security: {sentence}",
            False if off else None if absent else True,
            f"Run: ALTER TABLE … ENABLE ROW LEVEL SECURITY on {', '.join(off or absent)} in Supabase.",
            severe=bool(off),
        ),
        Target(
            NO_OPEN_POLICY,
            f"It is all open by {opened}." if wide else "No policy opens a whole table.",
            not wide,
            f"Drop or narrow these policies in Supabase: {opened}.",
            severe=bool(wide),
        ),
        Target(
            OWN_TABLES_CLOSED,
            f"Outsiders have rights to {', '.join(access.own_open)}."
            if access.own_open
            else "Nobody else has a right.",
            not access.own_open,
            "Run: REVOKE ALL ON ALL TABLES IN SCHEMA zoho_pipeline FROM PUBLIC, anon, authenticated.",
            severe=bool(access.own_open),
        ),
    )


def _rights(access: Access) -> Target:
    role = access.role
    beyond = [*role.powers, *(f"has more than it needs: {each}" for each in role.more[:1])]
    return Target(
        LEAST_RIGHTS,
        f"The role {role.name} {'; '.join(beyond)}." if beyond else f"The role {role.name} has what it needs.",
        not beyond,
        f"Give the pipeline a role of its own with SELECT and UPDATE on CircleTel's tables ({role.name} has more).",
    )


def _libraries(faulty: Sequence[Faulty]) -> Target:
    names = ", ".join(f"{each.advisory.library} {each.version}" for each in faulty)
    return Target(
        NO_KNOWN_FAULTS,
        f"Known faults: {names}." if faulty else "None of the installed libraries has a fault of the list.",
        not faulty,
        f"Update {names} (the table names the versions).",
    )
