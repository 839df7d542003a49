"""Checks on Zoho's API: what is left of it, what it answered lately, and what it answers now."""

from collections.abc import Callable, Iterator

from zoho_pipeline.clock import shown
from zoho_pipeline.health.check import Check, Component, Level, Verdict
from zoho_pipeline.health.facts import Api, NotSeen, Zoho
from zoho_pipeline.health.reading import span
from zoho_pipeline.health.settings import HealthSettings

ENV = "Check ZOHO_REGION, the client and the refresh token with `zoho-pipeline verify-env`."


def checks() -> Iterator[Check]:
    """What the tables say."""

    def check(
        name: str,
        row: str,
        meaning: str,
        advice: str,
        look: Callable[[Api, HealthSettings], Verdict],
        *variables: str,
    ) -> Check:
        return Check(name, Component.ZOHO_API, "api", row, meaning, advice, look, variables=variables)

    yield check(
        "api_day", "R14, R31", "Less than 80 % of our share of the day's calls is spent.",
        "Let heavy work wait (ZOHO_BULK_HOURS); if it happens often, ask Zoho for more and raise ZOHO_CALLS_PER_DAY.",
        _day, "api_day_percent",
    )  # fmt: skip
    yield check(
        "no_rate_limit", "R13, R31", "No limit of Zoho's was met within 24 hours.",
        "Calls wait by themselves. Lower ZOHO_CALLS_PER_MINUTE or ZOHO_CALLS_PER_DAY to what Zoho really grants.",
        _limited,
    )  # fmt: skip
    yield check(
        "no_pause", "R31", "Zoho has not asked for a pause.",
        "Nothing to do: calls go on by themselves (10 to 15 minutes). Start nothing heavy until then.", _pause,
    )  # fmt: skip
    yield check(
        "no_outage", "R30", "Zoho does not fail for everybody.",
        "See status.zoho.com; rows wait, and everything goes on by itself when Zoho is back.", _outage,
    )  # fmt: skip
    yield check(
        "token_granted", "R25", "Zoho's latest answer to a request for an access token was a token.", ENV, _refusal
    )
    yield check(
        "token_age", "R15, R25", "An access token was granted within 24 hours.",
        f"Nothing has used Zoho for long: see that Dagster runs. {ENV}", _token_age, "token_hours",
    )  # fmt: skip


def live() -> Iterator[Check]:
    """What Zoho itself answers; left out where it is not to be asked."""
    for name, part, meaning, advice in (
        ("zoho_token", "token", "Zoho grants an access token.", ENV),
        ("zoho_organisation", "organisation", "The token sees the organisation of ZOHO_ORG_ID.", ENV),
        ("zoho_read", "read", "Zoho lets us read.", f"Grant the refresh token the scopes READ. {ENV}"),
        (
            "zoho_write",
            "write",
            "Zoho lets us write; nothing is left there.",
            f"Grant the scopes CREATE, UPDATE. {ENV}",
        ),
    ):
        yield Check(name, Component.ZOHO_API, "zoho", "R25", meaning, advice, _answered(part))


def _answered(part: str) -> Callable[[Zoho, HealthSettings], Verdict]:
    def look(zoho: Zoho, settings: HealthSettings) -> Verdict:
        asked = getattr(zoho, part)
        if isinstance(asked, NotSeen):
            return Verdict(Level.UNKNOWN, asked.reason)
        if asked.amiss:
            return Verdict(Level.UNHEALTHY, asked.amiss, advice=asked.advice)
        return Verdict(Level.HEALTHY, asked.sentence)

    return look


def _day(api: Api, settings: HealthSettings) -> Verdict:
    used = 100 * api.calls / api.limit
    level = Level.HEALTHY if used < settings.api_day_percent else Level.DEGRADED
    if used >= 100:
        level = Level.UNHEALTHY
    return Verdict(level, f"{api.calls:,} of our {api.limit:,} calls of 24 hours are spent.", f"{used:.0f} %")


def _limited(api: Api, settings: HealthSettings) -> Verdict:
    if not api.limited:
        return Verdict(Level.HEALTHY, "No limit of Zoho's was met within 24 hours.", "0")
    said = f"{api.limited:,} calls of the last 24 hours met a limit of Zoho's."
    return Verdict(Level.DEGRADED, said, str(api.limited))


def _pause(api: Api, settings: HealthSettings) -> Verdict:
    until = api.circuit.cooling_until
    if until is None:
        return Verdict(Level.HEALTHY, "Zoho has asked for no pause.")
    said = f"Zoho has asked for a pause ({api.circuit.cooling_limit}): calls go again at {shown(until)}."
    return Verdict(Level.DEGRADED, said)


def _outage(api: Api, settings: HealthSettings) -> Verdict:
    since = api.circuit.down_since
    if since is None:
        return Verdict(Level.HEALTHY, "Zoho works, as far as it was called.")
    said = f"Zoho has failed for everybody since {shown(since)} ({api.circuit.reason})"
    if api.circuit.trial_since is not None:
        return Verdict(Level.DEGRADED, f"{said}; it serves again, and writes go one at a time.")
    return Verdict(Level.UNHEALTHY, f"{said}: nothing is sent.")


def _refusal(api: Api, settings: HealthSettings) -> Verdict:
    if api.refusal:
        return Verdict(Level.UNHEALTHY, f"Zoho granted no access token: {api.refusal}.")
    return Verdict(Level.HEALTHY, "No access token was refused lately.")


def _token_age(api: Api, settings: HealthSettings) -> Verdict:
    if api.token_at is None:
        return Verdict(Level.DEGRADED, "No access token was ever granted for these credentials.")
    age = api.now - api.token_at
    hours = age.total_seconds() / 3_600
    level = Level.HEALTHY if hours <= settings.token_hours else Level.DEGRADED
    return Verdict(level, f"The access token was granted {span(age)} ago.", f"{hours:.1f}")
