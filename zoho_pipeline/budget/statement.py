"""The one statement that a permit costs: it asks for the permit, keeps the ledger, and looks last what the caller asks.

It is in the driver's own style, for it is asked before every single call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass
class Condition:
    """What must still hold when a call is let through, such as a lease: looked at after the permit has been given.

    Attributes:
        sql: an expression in the driver's style, true where it holds; `values` are its parameters.
        holds: the answer; None where the caller had to wait after the permit, and therefore has to look again.
    """

    sql: str
    values: Mapping[str, object]
    holds: bool | None = None


@cache
def take(condition: str = "NULL::boolean") -> str:
    """The statement, with a condition that is looked at where the call may go at once."""
    return f"""
SELECT p.*,
    zoho_pipeline.note_calls(
        %(organisation)s, %(ticket)s, CASE WHEN p.granted THEN p.goes_in END,
        %(method)s, %(endpoint)s, %(purpose)s, %(entity)s, %(record_id)s, %(run_id)s,
        %(ended)s::bigint[], %(statuses)s::smallint[], %(codes)s::int[], %(ms)s::int[]
    ) AS noted,
    CASE WHEN p.granted AND p.goes_in <= 0 THEN {condition} END AS holds
FROM zoho_pipeline.take_permit(
    %(organisation)s, %(ticket)s, %(wanted)s, %(writes)s, %(probes)s, %(ended)s::bigint[], %(lingering)s::bigint[],
    %(served)s::bigint[], %(served_ago)s, %(failed)s::bigint[], %(wrote)s::bigint[], %(failure)s,
    %(per_minute)s, %(per_day)s, %(in_flight)s, %(burst)s, %(space)s, %(lease)s, %(pause)s, %(pause_limit)s
) AS p
"""  # noqa: S608 - constants only
