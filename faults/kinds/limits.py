"""Limits and sign-in: 429 of every kind, a spent quota, tokens that are refused or run out in mid-run."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from faults.holds import PATIENT, release, until_held
from faults.kinds.kind import ANY, FEW, MANY, Kind, Step
from faults.kinds.network import once
from faults.scene import Scene
from faults.small_world import FEWEST_CALLS

ANY_CALL = {"method": "", "path": "/billing/"}


def limited(code: int, **more: Any) -> Step:
    """Some call, of whatever kind, is answered 429."""

    def strike(scene: Scene) -> None:
        place = {"skip": scene.dice.randint(0, FEWEST_CALLS - 1)}
        scene.befall("rate_limit", code=code, match=place, times=1, **ANY_CALL, **more)

    return strike


def dated_retry(scene: Scene) -> None:
    """Retry-After as a date."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    scene.befall("answer", status=429, body="", headers={"Retry-After": moment})


def quota(scene: Scene) -> None:
    """Zoho's day ends in mid-run."""
    used = scene.zoho.control.call("GET", "health")["limits"]["day"]
    scene.zoho.behave(calls_per_day=used + scene.dice.randint(2, FEWEST_CALLS - 1))
    scene.require(lambda: any(call["status"] == 429 for call in scene.zoho.calls()))


def quota_again(scene: Scene) -> None:
    """A new day."""
    scene.zoho.behave(calls_per_day=100_000)
    scene.kept["seconds"] = 90_000


def day_spent(scene: Scene) -> bool:
    """Whether a worker left rows for another day."""
    return any(worker.report and "day are spent" in worker.report.told for worker in scene.workers)


def hold_a_create(scene: Scene) -> None:
    """A create is held before Zoho looks at its token."""
    scene.befall("hold_before_commit")


def revoke(scene: Scene) -> None:
    """All access tokens end while a create is on its way."""
    scene.require(lambda: any(call["status"] == 401 for call in scene.zoho.calls()))
    if until_held(scene):
        scene.zoho.control.call("POST", "tokens/revoke", {})
    release(scene)


def token_refused(error: str) -> Step:
    """The token server refuses the first tokens."""

    def strike(scene: Scene) -> None:
        scene.befall("refuse_token", error=error, path="/oauth/v2/token", match={}, times=scene.dice.choice((1, None)))

    return strike


def unauthorised_for_ever(scene: Scene) -> None:
    """From some call on every token is refused."""
    scene.befall("unauthorised", times=None, match={"skip": scene.dice.randint(2, FEWEST_CALLS - 1)}, **ANY_CALL)


KINDS = (
    Kind("429 code 44", limited(44, retry_after=1), workers=ANY),
    Kind("429 code 1070", limited(1070, retry_after=1), workers=ANY),
    Kind("429 code 43", limited(43), workers=ANY),
    Kind("429 code 45", limited(45), workers=ANY),
    Kind("429 plain, Retry-After", once("answer", status=429, body="", headers={"Retry-After": "1"})),
    Kind("429, Retry-After as a date", dated_retry),
    Kind("503, Retry-After", once("answer", status=503, body="", headers={"Retry-After": "1"})),
    Kind("quota spent at Zoho", quota, lift=quota_again, workers=ANY),
    Kind("our share of the day spent", workers=FEW, environ={"ZOHO_CALLS_PER_DAY": "7"},
         lifted={"ZOHO_CALLS_PER_DAY": "100000"}, struck=day_spent),
    Kind("401 in mid-run", once("unauthorised"), workers=ANY),
    Kind("401 for ever", unauthorised_for_ever, workers=ANY),
    Kind("tokens revoked in mid-run", hold_a_create, revoke, workers=MANY, environ=PATIENT),
    Kind("token refused", token_refused("invalid_code"), workers=ANY),
    Kind("token denied", token_refused("Access Denied"), workers=ANY),
    Kind("token server resets", once("reset_before_commit", path="/oauth/v2/token", match={}), workers=ANY),
)  # fmt: skip
