"""What a right sync must end with, row by row: the yardstick that the judge measures with.

What belongs here: the outcomes, what is expected of a row, and keeping all of it with the practice database, so
that another process can judge later. What does not: how the expectations are found (`expect.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Engine, text


class Kind(Enum):
    """The four kinds, by Zoho's name for their lists."""

    CUSTOMER = "customers"
    SUBSCRIPTION = "subscriptions"
    INVOICE = "invoices"
    PAYMENT = "payments"


class Outcome(Enum):
    """How a row may end."""

    SYNCED = "synced"
    """Exactly one object in Zoho, made by the sync; the row is linked to it."""
    ALREADY = "already"
    """In Zoho before the sync came: that one object stays the only one; the row ends linked to it."""
    REFUSED = "refused"
    """Cannot be sent as it is: 'failed', nothing new in Zoho."""
    PARKED = "parked"
    """A person must decide: 'failed', nothing new in Zoho."""
    BLOCKED = "blocked"
    """Waits for its parent or for a day: 'pending', nothing in Zoho."""
    EXCLUDED = "excluded"
    """Not for Zoho: left as it was."""


IN_ZOHO = frozenset({Outcome.SYNCED, Outcome.ALREADY})


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one row. More than one allowed outcome: the rules leave the choice to the sync."""

    kind: Kind
    row_id: str
    allowed: frozenset[Outcome]
    reason: str
    object_id: str | None = None
    """The object in Zoho that was this row's before the sync, if any."""
    status_was: str | None = None
    link_was: str | None = None
    """zoho_sync_status and the Zoho id on the row before the sync."""
    starts_at: date | None = None
    """A subscription's first day, if the sync makes it."""
    monthly: Decimal | None = None
    """What a subscription must charge a month, ZAR including VAT."""
    pays_row: str | None = None
    """The CircleTel invoice whose object in Zoho this payment is applied to."""
    pays_object: str | None = None
    """The invoice in Zoho, raised by a subscription, that this payment is applied to."""

    @property
    def surely_in_zoho(self) -> bool:
        """Whether every allowed outcome leaves an object in Zoho."""
        return self.allowed <= IN_ZOHO

    @property
    def maybe_in_zoho(self) -> bool:
        """Whether some allowed outcome does."""
        return bool(self.allowed & IN_ZOHO)


@dataclass(frozen=True)
class Truth:
    """All expectations, and what stood in Zoho before the sync."""

    expectations: Mapping[str, Expectation]
    """By row id."""
    seeded: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Kind (Zoho's list name) → ids of the objects that were there."""
    applied: Mapping[str, Decimal] = field(default_factory=dict)
    """Zoho invoice id → money that payments had already covered."""
    invoiced_until: Mapping[str, date] = field(default_factory=dict)
    """Service id → the last day that CircleTel has billed."""

    def of(self, kind: Kind) -> list[Expectation]:
        """The expectations of one kind."""
        return [one for one in self.expectations.values() if one.kind is kind]

    def changed(self, row_id: str, **changes: Any) -> Truth:
        """The truth after somebody mended (or spoilt) a row: its expectation with these fields changed."""
        changed = replace(self.expectations[row_id], **changes)
        return replace(self, expectations={**self.expectations, row_id: changed})

    def counts(self) -> dict[str, dict[str, int]]:
        """Kind → outcomes (joined by 'or') → number of rows."""
        found: dict[str, dict[str, int]] = {}
        for one in self.expectations.values():
            name = " or ".join(sorted(outcome.value for outcome in one.allowed))
            by_outcome = found.setdefault(one.kind.value, {})
            by_outcome[name] = by_outcome.get(name, 0) + 1
        return found


def save(truth: Truth, engine: Engine) -> None:
    """Keep the truth with the practice database, in the sandbox's own schema."""
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS zoho_pipeline_sandbox.truth"))
        connection.execute(text("CREATE TABLE zoho_pipeline_sandbox.truth (part text PRIMARY KEY, content jsonb)"))
        insert = text("INSERT INTO zoho_pipeline_sandbox.truth VALUES (:part, CAST(:content AS jsonb))")
        connection.execute(insert, [{"part": part, "content": json.dumps(c)} for part, c in _parts(truth)])


def load(engine: Engine) -> Truth:
    """The truth that was kept with the practice database."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT part, content FROM zoho_pipeline_sandbox.truth"))
        parts: dict[str, Any] = {row.part: row.content for row in rows}
    expectations = [_expectation(content) for content in parts["expectations"]]
    return Truth(
        expectations={one.row_id: one for one in expectations},
        seeded={kind: frozenset(ids) for kind, ids in parts["seeded"].items()},
        applied={key: Decimal(amount) for key, amount in parts["applied"].items()},
        invoiced_until={key: date.fromisoformat(day) for key, day in parts["invoiced_until"].items()},
    )


def _parts(truth: Truth) -> Iterable[tuple[str, Any]]:
    yield "expectations", [_plain(asdict(one)) for one in truth.expectations.values()]
    yield "seeded", {kind: sorted(ids) for kind, ids in truth.seeded.items()}
    yield "applied", {key: str(amount) for key, amount in truth.applied.items()}
    yield "invoiced_until", {key: day.isoformat() for key, day in truth.invoiced_until.items()}


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    return {
        **content,
        "kind": content["kind"].value,
        "allowed": sorted(outcome.value for outcome in content["allowed"]),
        "starts_at": content["starts_at"] and content["starts_at"].isoformat(),
        "monthly": None if content["monthly"] is None else str(content["monthly"]),
    }


def _expectation(content: dict[str, Any]) -> Expectation:
    return Expectation(
        **{
            **content,
            "kind": Kind(content["kind"]),
            "allowed": frozenset(map(Outcome, content["allowed"])),
            "starts_at": content["starts_at"] and date.fromisoformat(content["starts_at"]),
            "monthly": None if content["monthly"] is None else Decimal(content["monthly"]),
        }
    )
