"""Faults on demand: rules that say which requests go wrong, and how.

A rule's action comes down to four questions: how long to wait before the request takes effect, whether it
takes effect (now, never, or late), how long to wait after that, and what the client gets to see.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoho_pipeline.sandbox.zoho.limits import MESSAGES

HTML_503 = "<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>"
COMMITS = ("now", "never", "late")
ANSWERS = ("own", "given", "reset", "silence", "truncated")


@dataclass(slots=True, frozen=True)
class Action:
    """What goes wrong. Times in seconds.

    before, after: pauses around the effect. commit: now, never, or late (`late` seconds after the answer).
    answer: the request's own; the given status, body and headers; a connection reset; silence for `silence`
    seconds and then a close; or the own answer truncated to `keep` bytes.
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


@dataclass(slots=True)
class Rule:
    """Which requests an action befalls, and how often it did."""

    name: str
    action: Action
    method: str
    path: re.Pattern[str]
    body: re.Pattern[str]
    actor: str
    nth: frozenset[int]
    skip: int
    times: int | None
    probability: float
    chance: random.Random
    given: Mapping[str, Any]
    matched: int = 0
    fired: int = 0

    def fires(self, method: str, path: str, body: str, actor: str) -> bool:
        """Whether this request is befallen; counts it."""
        if self.method not in ("", method) or self.actor not in ("", actor):
            return False
        if not self.path.search(path) or not self.body.search(body):
            return False
        self.matched += 1
        if self.times is not None and self.fired >= self.times:
            return False
        if self.matched <= self.skip or (self.nth and self.matched not in self.nth):
            return False
        if self.probability < 1 and self.chance.random() >= self.probability:
            return False
        self.fired += 1
        return True


class Faults:
    """The rules in force; the first that fires counts."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, given: list[Mapping[str, Any]]) -> None:
        """Put rules in force after those there are; ValueError says what is wrong with one."""
        self._rules += [_rule(rule, len(self._rules) + number) for number, rule in enumerate(given, start=1)]

    def clear(self) -> None:
        """No faults any more."""
        self._rules.clear()

    def befalling(self, method: str, path: str, body: bytes, actor: str) -> Rule | None:
        """The rule that befalls this request."""
        if not self._rules:
            return None
        text = body.decode("utf-8", "replace")
        return next((rule for rule in self._rules if rule.fires(method, path, text, actor)), None)

    def report(self) -> list[dict[str, Any]]:
        """The rules as given, with how often each matched and fired."""
        return [{**rule.given, "name": rule.name, "matched": rule.matched, "fired": rule.fired} for rule in self._rules]


def _rule(given: Mapping[str, Any], number: int) -> Rule:
    match = given.get("match", {})
    unknown = set(match) - {"method", "path", "body", "actor", "nth", "skip", "times", "probability", "seed"}
    if unknown:
        raise ValueError(f"a rule cannot match by {', '.join(sorted(unknown))}")
    nth = match.get("nth", [])
    try:
        return Rule(
            name=str(given.get("name", f"rule {number}")),
            action=_action(given["action"]),
            method=str(match.get("method", "")).upper(),
            path=re.compile(match.get("path", "")),
            body=re.compile(match.get("body", "")),
            actor=str(match.get("actor", "")),
            nth=frozenset([nth] if isinstance(nth, int) else nth),
            skip=int(match.get("skip", 0)),
            times=None if match.get("times") is None else int(match["times"]),
            probability=float(match.get("probability", 1)),
            chance=random.Random(match.get("seed", 0)),
            given=given,
        )
    except KeyError as error:
        raise ValueError(f"a rule lacks {error}") from None
    except re.error as error:
        raise ValueError(f"a rule's pattern is no regular expression: {error}") from None


def _action(given: Mapping[str, Any]) -> Action:
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
