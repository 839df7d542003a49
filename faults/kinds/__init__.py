"""The kinds of fault, by where they strike."""

from faults.kinds import app, database, killing, limits, lists, network, people
from faults.kinds.kind import Kind

KINDS: tuple[Kind, ...] = (
    *lists.KINDS, *network.KINDS, *limits.KINDS, *killing.KINDS, *database.KINDS, *people.KINDS, *app.KINDS,
)  # fmt: skip
"""All of them."""

__all__ = ["KINDS", "Kind"]
