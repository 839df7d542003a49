"""What to do about an item: in words, and as the command that does it or leads to it. Pure."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from zoho_pipeline.reconciliation.classes import Class, Fix
from zoho_pipeline.reconciliation.reading import Item
from zoho_pipeline.states import State, SyncStatus

BY = "--by WHO"
"""In commands, words in capitals are for the person to fill in."""


@dataclass(frozen=True)
class Suggestion:
    """What to do; `command` is None where nothing is to be done, or only outside of the pipeline."""

    text: str
    command: str | None = None


def suggestion(item: Item) -> Suggestion:
    """The way to mend this item."""
    meaning = item.what.meaning
    if item.what is Class.MISSING_IN_ZOHO:
        return _missing(item)
    if item.what in _COMMANDS:
        return Suggestion(meaning.advice, _COMMANDS[item.what](item))
    return Suggestion(meaning.advice, _fix(item) if meaning.fix is Fix.SYNC else None)


def _missing(item: Item) -> Suggestion:
    """By how the row stands: what goes by itself needs no command, what a person decides needs theirs."""
    told = _BY_STATE.get(item.cause or "")
    if told is None:
        return Suggestion(item.what.meaning.advice, _fix(item))
    words, command = told
    return Suggestion(words, command(item) if command else None)


def _words(*words: str) -> str:
    return shlex.join(["zoho-pipeline", *words])


def _fix(item: Item) -> str:
    return f"{_words('reconcile', 'fix', '--month', item.month, '--class', item.what)} {BY}"


def _retry(item: Item) -> str:
    return _words("retry", item.entity, item.row_id)


def _relink(item: Item) -> str:
    return f"{_words('relink', item.entity, item.row_id)} ZOHO_ID {BY}"


def _link(item: Item) -> str:
    return f"{_words('relink', item.entity, item.row_id, item.zoho_id)} {BY}"


def _enter_and_link(item: Item) -> str:
    return f"{_words('relink', item.entity)} ID {shlex.quote(item.zoho_id)} {BY}"


def _duplicates(item: Item) -> str:
    return _words("duplicates")


def _withdrawn(item: Item) -> str:
    return _words("withdrawn")


def _cancellations(item: Item) -> str:
    return _words("cancellations", "list")


def _missed(item: Item) -> str:
    return _words("reconcile", "missed", "--month", item.month)


_Command = Callable[[Item], str]
_COMMANDS: dict[Class, _Command] = {
    Class.MISSING_IN_CIRCLETEL: _enter_and_link,
    Class.DELETED_IN_ZOHO: _relink,
    Class.DUPLICATE_IN_ZOHO: _duplicates,
    Class.TWO_ROWS_ONE_OBJECT: _duplicates,
    Class.NOT_LINKED: _link,
    Class.NOT_ELIGIBLE: _withdrawn,
    Class.STATUS: _withdrawn,
    Class.REFUNDED: _withdrawn,
    Class.STILL_BILLED: _cancellations,
    Class.MISSED: _missed,
}
_BY_STATE: dict[str, tuple[str, _Command | None]] = {
    State.WAITING: ("Nothing at first: the next run sends it. To send it now, have it fixed.", _fix),
    SyncStatus.PENDING: ("Nothing at first: the next run sends it. To send it now, have it fixed.", _fix),
    State.BLOCKED: ("See what keeps its parent from going; it follows by itself.", None),
    State.AWAITED: ("Nothing: it goes when Zoho has raised the invoice that it pays.", None),
    State.SENDING: ("Nothing: it is being sent.", None),
    SyncStatus.SYNCING: ("Nothing at first: it is being sent. If it stands so for long, have it taken over.",
                         lambda item: _words("reset-stuck", item.entity)),
    State.IN_DOUBT: ("Nothing: Zoho's next lists show whether it arrived, and it is sent again if not.", None),
    State.FAILED: ("It is tried again by itself; to try it now, retry it.", _retry),
    State.REFUSED: ("Correct it in CircleTel: it cannot be sent as it is. It goes then, or retry it.", _retry),
    State.PARKED: (
        "A person decides: link it to what stands in Zoho (relink), or have it tried again (retry) if it is not there.",
        _relink,
    ),
    State.RESOLVED: ("Nothing: a person has done without it. It goes when its content changes.", None),
    State.NOT_ELIGIBLE: ("Nothing: it is not for Zoho.", None),
    "excluded": ("The sync sends no invoice of this type: have it entered in Zoho by hand, or do without it.", None),
    State.BEFORE_ZOHO: ("Nothing: the debt is older than Zoho's billing of the service.", None),
}  # fmt: skip
"""A row that is not in Zoho, by its state there (or by what CircleTel's column says, where no run has seen it)."""
