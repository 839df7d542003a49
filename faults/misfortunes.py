"""Misfortunes that befall a worker from within its own process, at a point that cannot be hit from outside.

A hook around one function of the product raises a signal against the process itself: just before rows are claimed,
before a row's lease is checked, between that check and the request, between the answer and its recording, or after the
recording. Or the process's wall clock is another one. Nothing of what the product does is changed.
"""

import importlib
import re
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from zoho_pipeline.clock import SystemClock
from zoho_pipeline.zoho.exchange import Exchange

ONWARD_SECONDS = 0.002
CLAIM, CHECK, SEND, ANSWERED, RECORDED = "claim", "check", "send", "answered", "recorded"
HOOKS = {
    CLAIM: ("zoho_pipeline.sync.sending", "claim"),
    CHECK: ("zoho_pipeline.sync.leases", "lease_of"),
    RECORDED: ("zoho_pipeline.sync.recorder", "Recorder.record"),
}
"""The functions of the product that are hooked beside Exchange.run: module, name in it."""
_ARRIVING: dict[str, Callable[..., list[str]]] = {
    CLAIM: lambda connection, entity, *rest: [str(entity)],
    CHECK: lambda engine, entity, *rest: [str(entity)],
    RECORDED: lambda recorder, ended: [str(each.row.entity) for each in ended],
}
"""What arrives at each, by the function's arguments: the kind of each row, of a claim once."""
Strike = Callable[[str], None]


@dataclass(frozen=True)
class Misfortune:
    """What happens at the nth arrival at a point, or a clock that jumps.

    Attributes:
        path: only what matches this pattern counts: a request's method and path, elsewhere the kind of row.
        signal: KILL or STOP for the process; none: its thread at this point waits until it is told to go on.
        everybody: it befalls every worker, not only the first.
    """

    point: str = ""
    nth: int = 1
    path: str = ""
    signal: str = ""
    clock_jump_seconds: float = 0.0
    after_calls: int = 0
    everybody: bool = False


@dataclass(frozen=True)
class Marks:
    """Files by which worker and campaign tell each other that it has befallen, and that whoever waits may go on."""

    befallen: Path
    onward: Path


def befall(misfortune: Misfortune, marks: Marks) -> None:
    """Lay the hook.

    Raises:
        LookupError: the product has no such function any more.
    """
    if misfortune.clock_jump_seconds:
        _wrap_exchange(_clock_jumps(misfortune, marks), None)
    elif misfortune.point == SEND:
        _wrap_exchange(_strike(misfortune, marks), None)
    elif misfortune.point == ANSWERED:
        _wrap_exchange(None, _strike(misfortune, marks))
    elif misfortune.point == RECORDED:
        _wrap(misfortune.point, after=_strike(misfortune, marks))
    else:
        _wrap(misfortune.point, before=_strike(misfortune, marks))


def _wrap(point: str, before: Strike | None = None, after: Strike | None = None) -> None:
    owner, name = hooked(point)
    function = getattr(owner, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        arriving = _ARRIVING[point](*arguments, **named)
        if before is not None:
            _each(before, arriving)
        answer = function(*arguments, **named)
        if after is not None:
            _each(after, arriving)
        return answer

    setattr(owner, name, wrapped)


def _each(strike: Strike, arriving: list[str]) -> None:
    for what in arriving:
        strike(what)


def hooked(point: str) -> tuple[Any, str]:
    """What is hooked for a point: the module or class, and the function's name in it.

    Raises:
        LookupError: it is not there.
    """
    module, path = HOOKS[point]
    owner: Any = importlib.import_module(module)
    *classes, name = path.split(".")
    for part in classes:
        owner = getattr(owner, part, None)
    if not callable(getattr(owner, name, None)):
        raise LookupError(f"{module} has no {path} any more: tell faults/misfortunes.py where {point!r} is now")
    return owner, name


def _wrap_exchange(before: Strike | None, after: Strike | None) -> None:
    run = Exchange.run

    def wrapped(self: Exchange, request: Any, token: str) -> Any:
        what = f"{request.method} {request.path}"
        if before is not None:
            before(what)
        try:
            return run(self, request, token)
        finally:  # an answer that is lost is an end too
            if after is not None:
                after(what)

    Exchange.run = wrapped  # type: ignore[method-assign]


def _strike(misfortune: Misfortune, marks: Marks) -> Strike:
    pattern, lock, seen = re.compile(misfortune.path), threading.Lock(), [0]

    def strike(what: str) -> None:
        if not pattern.search(what):
            return
        with lock:
            seen[0] += 1
            hit = seen[0] == misfortune.nth
        if hit:
            marks.befallen.touch()
            _befall_this_thread(misfortune.signal, marks)

    return strike


def _befall_this_thread(name: str, marks: Marks) -> None:
    """Stop or kill the process at this very point, or let the thread wait.

    A signal to the process may be taken by another thread, and this one runs on meanwhile: it could pass the check of
    the lease, or send, before the stop reaches it. A signal to the thread itself strikes before the call returns.
    """
    while not name and not marks.onward.exists():
        time.sleep(ONWARD_SECONDS)
    if name:
        signal.pthread_kill(threading.get_ident(), getattr(signal, f"SIG{name}"))


def _clock_jumps(misfortune: Misfortune, marks: Marks) -> Strike:
    jump, calls, lock = misfortune.clock_jump_seconds, [0], threading.Lock()
    now, wall, wall_ns = SystemClock.now, time.time, time.time_ns

    def jumped(self: SystemClock) -> datetime:
        return now(self) + timedelta(seconds=jump)

    def count(what: str) -> None:
        with lock:
            calls[0] += 1
            if calls[0] != misfortune.after_calls + 1:
                return
        marks.befallen.touch()
        SystemClock.now = jumped  # type: ignore[method-assign]
        time.time = lambda: wall() + jump
        time.time_ns = lambda: wall_ns() + round(jump * 1e9)

    return count
