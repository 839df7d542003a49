"""The one statement that permits cost: it asks for them, keeps the ledger, and looks last what the callers ask.

It is in the driver's own style, for something is asked before every single call; and it takes along what several
threads ask at the same time.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from zoho_pipeline.budget.endings import Ending


@dataclass
class Condition:
    """What must still hold when a call is let through, such as a lease: looked at after the permit has been given.

    Attributes:
        sql: an expression, true where it holds; it finds its `values` in the jsonb `given`.
        holds: the answer; None where the caller had to wait after the permit, and therefore has to look again.
    """

    sql: str
    values: Mapping[str, object]
    holds: bool | None = None


@dataclass(frozen=True)
class Asking:
    """What one thread asks: about a call (what `take_permits` wants to know, by name), and what has ended."""

    about: Mapping[str, object]
    ended: Sequence[Ending] = ()
    condition: Condition | None = None


def parameters(organisation: str, asked: Sequence[Asking], ended: Mapping[str, object]) -> dict[str, object]:
    """The statement's, of several askings; `ended` are the arrays of all the calls that have ended."""
    looks = looks_of(asked)
    rows = [
        {**asking.about}
        if asking.condition is None
        else {**asking.about, "look": looks.index(asking.condition.sql), "given": asking.condition.values}
        for asking in asked
    ]
    return {"organisation": organisation, "asked": json.dumps(rows), **ended}


def looks_of(asked: Sequence[Asking]) -> tuple[str, ...]:
    """The different conditions among them."""
    return tuple(sorted({asking.condition.sql for asking in asked if asking.condition is not None}))


@cache
def take(looks: tuple[str, ...] = ()) -> str:
    """The statement; it answers with a row for each asking, in their order.

    A condition is looked at where its call may go at once, and only after the last permit was given: the permits tell
    the transaction not to wait for the disk, and a lease tells it to (`sync.still_ours`), which must have the last
    word. A function that gives rows one by one has ended before the first of them is seen.
    """
    holds = " ".join(f"WHEN {place} THEN {look}" for place, look in enumerate((*looks, "NULL::boolean")))
    return f"""
SELECT p.*, CASE WHEN p.granted AND p.goes_in <= 0 THEN CASE p.look {holds} END END AS holds
FROM zoho_pipeline.take_permits(
    %(organisation)s, %(asked)s::jsonb,
    %(ended)s::bigint[], %(statuses)s::smallint[], %(codes)s::int[], %(ms)s::int[], %(lingering)s::bigint[],
    %(served)s::bigint[], %(served_ago)s, %(failed)s::bigint[], %(wrote)s::bigint[], %(failure)s,
    %(pause)s, %(pause_limit)s
) AS p
ORDER BY p.place
"""  # noqa: S608 - constants only
