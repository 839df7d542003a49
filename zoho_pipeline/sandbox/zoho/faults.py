"""Faults on demand: rules that say which requests go wrong, and what waits on purpose until it is released."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from zoho_pipeline.sandbox.zoho.fault_kinds import Action, action_of
from zoho_pipeline.sandbox.zoho.ledger import Entry

_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)


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


@dataclass(slots=True, eq=False)
class Befallen:
    """A request that goes wrong: the rule's name, the request's number in the ledger, and the UUIDs that it names."""

    rule: str
    action: Action
    seq: int
    uuids: list[str]
    released: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def release(self) -> None:
        """End its pause, from whatever thread."""
        self.loop.call_soon_threadsafe(self.released.set)


class Faults:
    """The rules in force, of which the first that fires counts; and the requests that are held."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._held: list[Befallen] = []

    def add(self, given: list[Mapping[str, Any]]) -> None:
        """Put rules in force after those there are; ValueError says what is wrong with one."""
        self._rules += [_rule(rule, len(self._rules) + number) for number, rule in enumerate(given, start=1)]

    def clear(self) -> None:
        """No faults any more; what is held is held still."""
        self._rules.clear()

    def befalling(self, entry: Entry, body: bytes) -> Befallen | None:
        """What befalls this request."""
        if not self._rules:
            return None
        text = body.decode("utf-8", "replace")
        for rule in self._rules:
            if rule.fires(entry.method, entry.path, text, entry.actor):
                uuids = list(dict.fromkeys(_UUID.findall(f"{entry.path} {entry.query} {text}")))
                return Befallen(rule.name, rule.action, entry.seq, uuids)
        return None

    @contextmanager
    def holding(self, befallen: Befallen) -> Iterator[None]:
        """While the request pauses it is held, and may be released."""
        self._held.append(befallen)
        try:
            yield
        finally:
            self._held.remove(befallen)

    def release(self) -> int:
        """Let all go on that is held; how much that was. What the rules hold from now on is held."""
        held = list(self._held)
        for befallen in held:
            befallen.release()
        return len(held)

    def report(self) -> list[dict[str, Any]]:
        """The rules as given, with how often each matched and fired."""
        return [{**rule.given, "name": rule.name, "matched": rule.matched, "fired": rule.fired} for rule in self._rules]

    def held(self) -> list[dict[str, Any]]:
        """What is held now, in the order in which it paused."""
        return [{"rule": each.rule, "seq": each.seq, "uuids": each.uuids} for each in self._held]


def _rule(given: Mapping[str, Any], number: int) -> Rule:
    match = given.get("match", {})
    unknown = set(match) - {"method", "path", "body", "actor", "nth", "skip", "times", "probability", "seed"}
    if unknown:
        raise ValueError(f"a rule cannot match by {', '.join(sorted(unknown))}")
    nth = match.get("nth", [])
    try:
        return Rule(
            name=str(given.get("name", f"rule {number}")),
            action=action_of(given["action"]),
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
