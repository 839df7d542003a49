"""Limits and sign-in: 429 of every kind, a spent quota, tokens that are refused or run out in mid-run."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from faults.kinds.kind import ANY, FEW, MANY, Kind, Step
from faults.kinds.network import once
from faults.scene import Scene

WRITES = {"method": "", "path": "/billing/"}


def limited(code: int, **more: Any) -> Step:
    """Some call, of whatever kind, is answered 429."""

    def strike(scene: Scene) -> None:
        scene.befall("rate_limit", code=code, match={"skip": scene.dice.randint(0, 8)}, times=1, **WRITES, **more)

    return strike


def dated_retry(scene: Scene) -> None:
    """Retry-After as a date."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    scene.befall("answer", status=429, body="", headers={"Retry-After": moment})


def quota(scene: Scene) -> None:
    """Zoho's day ends in mid-run."""
    used = scene.zoho.control.call("GET", "health")["limits"]["day"]
    scene.zoho.behave(calls_per_day=used + scene.dice.randint(3, 9))


def quota_again(scene: Scene) -> None:
    """A new day."""
    scene.zoho.behave(calls_per_day=100_000)
    scene.kept["seconds"] = 90_000


def minute(scene: Scene) -> None:
    """Zoho's minute ends in mid-run; what asks for more is told so."""
    used = scene.zoho.control.call("GET", "health")["limits"]["minute"]
    scene.zoho.behave(calls_per_minute=used + scene.dice.randint(3, 9))
    scene.environ["ZOHO_TIMEOUT_SECONDS"] = "2"


def minute_again(scene: Scene) -> None:
    """The minute has passed."""
    scene.zoho.behave(calls_per_minute=100_000)


def revoke(scene: Scene) -> None:
    """All access tokens end once some rows have gone."""
    scene.until(lambda: len(scene.zoho.calls("POST")) >= scene.some(3))
    scene.zoho.control.call("POST", "tokens/revoke", {})


def token_refused(error: str) -> Step:
    """The token server refuses the first tokens."""

    def strike(scene: Scene) -> None:
        scene.befall("refuse_token", error=error, path="/oauth/v2/token", match={}, times=scene.dice.choice((1, None)))

    return strike


def unauthorised_for_ever(scene: Scene) -> None:
    """From some call on every token is refused."""
    scene.befall("unauthorised", times=None, match={"skip": scene.dice.randint(2, 8)}, **WRITES)


KINDS = (
    Kind("429 code 44", limited(44, retry_after=1), workers=ANY),
    Kind("429 code 1070", limited(1070, retry_after=1), workers=ANY),
    Kind("429 code 43", limited(43), workers=ANY),
    Kind("429 code 45", limited(45), workers=ANY),
    Kind("429 plain, Retry-After", once("answer", status=429, body="", headers={"Retry-After": "1"})),
    Kind("429, Retry-After as a date", dated_retry),
    Kind("503, Retry-After", once("answer", status=503, body="", headers={"Retry-After": "1"})),
    Kind("quota spent at Zoho", quota, lift=quota_again, workers=ANY),
    Kind("our share of the day spent", workers=FEW, environ={"ZOHO_CALLS_PER_DAY": "9"},
         lifted={"ZOHO_CALLS_PER_DAY": "100000"}),
    Kind("401 in mid-run", once("unauthorised"), workers=ANY),
    Kind("401 for ever", unauthorised_for_ever, workers=ANY),
    Kind("tokens revoked in mid-run", act=revoke, workers=MANY),
    Kind("token refused", token_refused("invalid_code"), workers=ANY),
    Kind("token denied", token_refused("Access Denied"), workers=ANY),
    Kind("token server resets", once("reset_before_commit", path="/oauth/v2/token", match={}), workers=ANY),
)  # fmt: skip
