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

CLAIM, CHECK, SEND, ANSWERED, RECORDED = "claim", "check", "send", "answered", "recorded"
HOOKS = {
    CLAIM: ("zoho_pipeline.sync.sending", "claim"),
    CHECK: ("zoho_pipeline.sync.leases", "still_ours"),
    RECORDED: ("zoho_pipeline.sync.recorder", "Recorder.record"),
}
"""The functions of the product that are hooked beside Exchange.run: module, name in it."""
Strike = Callable[[str], None]


@dataclass(frozen=True)
class Misfortune:
    """A signal at the nth arrival at a point (of requests whose path matches), or a clock that jumps.

    `mark` is a file that is made right before it strikes, so that the campaign knows that it did.
    """

    point: str = ""
    nth: int = 1
    path: str = ""
    signal: str = ""
    clock_jump_seconds: float = 0.0
    after_calls: int = 0
    mark: str = ""


def befall(misfortune: Misfortune) -> None:
    """Lay the hook.

    Raises:
        LookupError: the product has no such function any more.
    """
    if misfortune.clock_jump_seconds:
        _wrap_exchange(_clock_jumps(misfortune), None)
    elif misfortune.point == SEND:
        _wrap_exchange(_strike(misfortune), None)
    elif misfortune.point == ANSWERED:
        _wrap_exchange(None, _strike(misfortune))
    elif misfortune.point == RECORDED:
        _wrap(misfortune.point, after=_strike(misfortune))
    else:
        _wrap(misfortune.point, before=_strike(misfortune))


def _wrap(point: str, before: Strike | None = None, after: Strike | None = None) -> None:
    owner, name = hooked(point)
    function = getattr(owner, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        if before is not None:
            before("")
        answer = function(*arguments, **named)
        if after is not None:
            after("")
        return answer

    setattr(owner, name, wrapped)


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


def _strike(misfortune: Misfortune) -> Strike:
    pattern, lock, seen = re.compile(misfortune.path), threading.Lock(), [0]

    def strike(what: str) -> None:
        if not pattern.search(what):
            return
        with lock:
            seen[0] += 1
            hit = seen[0] == misfortune.nth
        if hit:
            _note(misfortune)
            _befall_this_thread(misfortune.signal)

    return strike


def _note(misfortune: Misfortune) -> None:
    if misfortune.mark:
        Path(misfortune.mark).touch()


def _befall_this_thread(name: str) -> None:
    """Stop or kill the process at this very point.

    A signal to the process may be taken by another thread, and this one runs on meanwhile: it could pass the check of
    the lease, or send, before the stop reaches it. A signal to the thread itself strikes before the call returns.
    """
    signal.pthread_kill(threading.get_ident(), getattr(signal, f"SIG{name}"))


def _clock_jumps(misfortune: Misfortune) -> Strike:
    jump, calls, lock = misfortune.clock_jump_seconds, [0], threading.Lock()
    now, wall, wall_ns = SystemClock.now, time.time, time.time_ns

    def jumped(self: SystemClock) -> datetime:
        return now(self) + timedelta(seconds=jump)

    def count(what: str) -> None:
        with lock:
            calls[0] += 1
            if calls[0] != misfortune.after_calls + 1:
                return
        _note(misfortune)
        SystemClock.now = jumped  # type: ignore[method-assign]
        time.time = lambda: wall() + jump
        time.time_ns = lambda: wall_ns() + round(jump * 1e9)

    return count
