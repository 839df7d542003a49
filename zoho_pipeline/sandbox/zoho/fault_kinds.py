"""What can go wrong with a request. An action comes down to four questions: how long to wait before the request takes
effect, whether it takes effect (now, never, or late), how long to wait after that, and what the client gets to see.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoho_pipeline.sandbox.zoho.limits import MESSAGES

HTML_503 = "<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>"
COMMITS = ("now", "never", "late")
HELD_SECONDS = 60.0  # nobody is held for longer if no release comes
ANSWERS = ("own", "given", "reset", "silence", "truncated")


@dataclass(slots=True, frozen=True)
class Action:
    """What goes wrong. Times in seconds.

    before, after: pauses around the effect. commit: now, never, or late (`late` seconds after the answer).
    answer: the request's own; the given status, body and headers; a connection reset; silence for `silence`
    seconds and then a close; or the own answer truncated to `keep` bytes. Every pause ends early by a release.
    """

    kind: str
    before: float = 0.0
    commit: str = "now"
    late: float = 5.0
    after: float = 0.0
    answer: str = "own"
    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    silence: float = 30.0
    keep: int = 20


def action_of(given: Mapping[str, Any]) -> Action:
    """The action of a rule; ValueError says what is wrong with it."""
    kind = given.get("kind", "answer")
    if kind not in KINDS:
        raise ValueError(f"there is no fault of kind {kind!r}; there are {', '.join(KINDS)}")
    wanted = {**KINDS[kind](given), **{key: value for key, value in given.items() if key in _OWN}}
    action = Action(**{**wanted, "kind": kind})
    if action.commit not in COMMITS or action.answer not in ANSWERS:
        raise ValueError(f"commit is one of {', '.join(COMMITS)} and answer one of {', '.join(ANSWERS)}")
    return action


def _seconds(given: Mapping[str, Any], default: float) -> float:
    return float(given.get("seconds", default))


def _given(status: int, body: Any, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"commit": "never", "answer": "given", "status": status, "body": body, "headers": headers or {}}


def _rate_limit(given: Mapping[str, Any]) -> dict[str, Any]:
    code = int(given.get("code", 44))
    headers = {"Retry-After": str(given.get("retry_after", 3600))} if code == 43 or "retry_after" in given else {}
    return _given(429, {"code": code, "message": MESSAGES.get(code, "Too many requests.")}, headers)


def _refuse_token(given: Mapping[str, Any]) -> dict[str, Any]:
    error = given.get("error", "Access Denied")
    if error != "Access Denied":
        return _given(200, {"error": error})
    described = "You have made too many requests continuously. Please try again after some time."
    return _given(400, {"error": error, "error_description": described, "status": "failure"})


_OWN = {item.name for item in dataclasses.fields(Action)} - {"kind"}
_UNAUTHORISED = {"code": 57, "message": "You are not authorized to perform this operation"}

# Each kind is a ready-made answer to the four questions; a rule may override any of them.
KINDS: dict[str, Any] = {
    "answer": lambda given: _given(500, {"code": 1000, "message": "Internal error"}),
    "reset_before_commit": lambda given: {"commit": "never", "answer": "reset"},
    "reset_after_commit": lambda given: {"answer": "reset"},
    "delay_before_commit": lambda given: {"before": _seconds(given, 1.0)},
    "delay_after_commit": lambda given: {"after": _seconds(given, 1.0)},
    "hold_before_commit": lambda given: {"before": _seconds(given, HELD_SECONDS)},
    "hold_after_commit": lambda given: {"after": _seconds(given, HELD_SECONDS)},
    "truncate": lambda given: {"answer": "truncated"},
    "html_503": lambda given: _given(503, HTML_503),
    "lose_answer": lambda given: {"answer": "silence", "silence": _seconds(given, 30.0)},
    "late_commit": lambda given: {"commit": "late", "late": _seconds(given, 5.0), "answer": "reset"},
    "unauthorised": lambda given: _given(401, _UNAUTHORISED),
    "rate_limit": _rate_limit,
    "refuse_token": _refuse_token,
    "code_under_200": lambda given: _given(
        200, {"code": int(given.get("code", 1000)), "message": given.get("message", "Internal error")}
    ),
}
