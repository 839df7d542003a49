"""What a month's workbook and report are made of. Pure."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.metadata import version

from zoho_pipeline.clock import local_date
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.closing.states import Stage, Standing
from zoho_pipeline.reconciliation.reading import MonthBooks
from zoho_pipeline.reconciliation.trend import Past


@dataclass(frozen=True)
class Cover:
    """The sign-off as it stands when the papers are made; moments in UTC.

    `trail_head` is the hash at the head of the audit trail: who has it can tell later that nothing before was changed.
    """

    stage: Stage = Stage.OPEN
    prepared_by: str | None = None
    prepared_at: datetime | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    trail_head: str | None = None

    @classmethod
    def of(cls, standing: Standing, trail_head: str) -> "Cover":
        """As the trail tells it."""
        prepared, approved = standing.prepared, standing.approved
        return cls(
            standing.stage,
            prepared.by.name if prepared else None,
            prepared.at if prepared else None,
            approved.by.name if approved else None,
            approved.at if approved else None,
            trail_head,
        )


@dataclass(frozen=True)
class Statement:
    """A month as it is published.

    Attributes:
        books: the month.
        at: when the papers are made (UTC); ages count to this day in Johannesburg.
        cover: the sign-off.
        past: this month and those before it, oldest first, for the trend.
        settings: variables in force and what may be shown of each; whoever fills it leaves out values of secrets.
    """

    books: MonthBooks
    at: datetime
    cover: Cover = field(default_factory=Cover)
    past: Sequence[Past] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day to which ages count."""
        return local_date(self.at)

    @property
    def verdict(self) -> str:
        """Whether the month ties, in a sentence."""
        books = self.books
        if absent := [kind for kind in Entity if kind not in books.as_of]:
            return f"Not complete: {', '.join(absent)} were never compared."
        if open_ends := [each.entity for each in books.tie_outs if not each.ties]:
            return f"Does not tie: of {', '.join(dict.fromkeys(open_ends))} something is left unexplained."
        if failed := [each.meaning for each in books.controls if each.binding and not each.holds]:
            return f"Does not tie: a control does not hold ({'; '.join(failed)})."
        return "Ties: every record and every cent is explained, and every binding control holds."


RULES = (
    "CircleTel is the source of truth; what Zoho holds is explained from it.",
    (
        "Two sides meet by the link that the row holds, else by our key, else by the app's keys, else by content where "
        "each has exactly one counterpart."
    ),
    (
        "A month holds customers and services by created_at, invoices by invoice_date, payments by completed_at, in "
        "Africa/Johannesburg; the first open month also holds everything earlier, the last everything later."
    ),
    (
        "CircleTel's count and total, with the effect of each class, must come to Zoho's: what is left is unexplained, "
        "and nothing may be."
    ),
    "Amounts include VAT; of subscriptions they are a month's price. Currencies are never added up.",
    "An item's age counts from its document's day, or from when it was found where it has none.",
    "Binding controls are independent of the comparison: one figure from two sources that know nothing of each other.",
    "An expected class needs nobody; it is left out of what is at stake and of the ageing.",
)
"""How the figures come about, for whoever reads or audits the papers."""


def versions() -> dict[str, str]:
    """What made the papers."""
    made_with = ("zoho-pipeline", "xlsxwriter", "jinja2", "sqlalchemy")
    return {**{name: version(name) for name in made_with}, "python": platform.python_version()}
