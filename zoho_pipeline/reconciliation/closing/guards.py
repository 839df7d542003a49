"""What stands against signing a month: every reason, each a sentence. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import shown
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.money import ZERO, rand
from zoho_pipeline.people.person import Person
from zoho_pipeline.reconciliation.closing.notes import Note
from zoho_pipeline.reconciliation.closing.states import Stage, Standing
from zoho_pipeline.reconciliation.controls import CURRENCY, Control, Name
from zoho_pipeline.reconciliation.reading import Item, MonthBooks

TOLD = 30
"""Reasons that a sentence tells; all are in `reasons`."""
BINDING = tuple(name for name in Name if Control(name, CURRENCY, ZERO, ZERO).binding)


class NotSigned(Foreseen):
    """The month cannot be prepared, approved or reopened now."""

    def __init__(self, month: Month, attempted: str, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        told = [f"- {reason}" for reason in reasons[:TOLD]]
        if len(reasons) > TOLD:
            told.append(f"- and {len(reasons) - TOLD} more.")
        super().__init__("\n".join([f"{month} was not {attempted}:", *told]))


def against_signing(
    books: MonthBooks, carried: Sequence[Item], notes: Sequence[Note], materiality: Decimal, today: date
) -> list[str]:
    """All that is wrong with the month itself; `carried` are the items of months before it that came after signing."""
    return [
        *_not_over(books.month, today),
        *_not_compared(books),
        *_not_tied(books),
        *_controls(books),
        *_unnoted([*books.items, *carried], notes, materiality),
    ]


def against_preparing(months: Mapping[Month, Standing], month: Month) -> list[str]:
    """What in the other months' standing, and its own, is against preparing it."""
    return [*_signed(months.get(month)), *_out_of_order(months, month)]


def against_approving(months: Mapping[Month, Standing], month: Month, approver: Person) -> list[str]:
    """Likewise against approving it, and who may not."""
    standing = months.get(month, Standing(month))
    if standing.signed:
        return list(_signed(standing))
    if standing.prepared is None:
        return [f"It is {standing.stage}: somebody has to prepare it first."]
    same = standing.prepared.by.id == approver.id
    own = [f"{approver.name} has prepared it, so somebody else has to approve it."] if same else []
    return [*own, *_out_of_order(months, month)]


def against_reopening(months: Mapping[Month, Standing], month: Month, why: str) -> list[str]:
    """Likewise against reopening it."""
    standing = months.get(month, Standing(month))
    unsigned = [] if standing.signed else [f"It is {standing.stage}, so it is open for changes as it is."]
    return unsigned if why.strip() else [*unsigned, "A signed month is reopened for a reason only: say why (--reason)."]


def _signed(standing: Standing | None) -> Iterator[str]:
    if standing is not None and standing.stage is Stage.APPROVED and standing.approved is not None:
        by = standing.approved
        yield (
            f"It is signed, approved by {by.by.name} on {shown(by.at)}. What changed since is shown with the next open "
            "month; to sign it anew, reopen it."
        )


def _out_of_order(months: Mapping[Month, Standing], month: Month) -> Iterator[str]:
    """Once months are signed, none is left out: its changes would belong to a month that is gone."""
    begun = [each.month for each in months.values() if each.signed or each.reopened]
    earlier = min(begun, default=month)
    while earlier < month:
        if earlier not in months or not months[earlier].signed:
            yield f"{earlier} is not signed, and months are signed one after another."
        earlier = earlier.plus(1)


def _not_over(month: Month, today: date) -> Iterator[str]:
    if today <= month.last_day:
        yield f"It is not over before {month.plus(1).first_day}."


def _not_compared(books: MonthBooks) -> Iterator[str]:
    for entity in PARENTS_FIRST:
        as_of = books.as_of.get(entity)
        if as_of is None:
            yield f"Its {entity} were never compared with Zoho's: run the comparison."
        elif as_of < books.month.plus(1).starts_at:
            yield f"Its {entity} were last compared with Zoho's lists of {shown(as_of)}, before its end: compare anew."


def _not_tied(books: MonthBooks) -> Iterator[str]:
    for each in books.tie_outs:
        if not each.ties:
            yield (
                f"Its {each.entity} do not tie out: {each.unexplained_count} of them and "
                f"{rand(each.unexplained_amount, each.currency)} are explained by no item. Compare them anew; if it "
                "stays, tell development."
            )


def _controls(books: MonthBooks) -> Iterator[str]:
    known = {each.name for each in books.controls}
    for name in BINDING:
        if name not in known:
            yield f"The control {name} was never worked out: run the comparison."
    for each in books.controls:
        if each.binding and not each.holds:
            yield (
                f"The control {each.name} does not hold: {rand(each.stated, each.currency)} is stated, "
                f"{rand(each.found, each.currency)} found ({each.meaning})."
            )


def _unnoted(items: Collection[Item], notes: Sequence[Note], materiality: Decimal) -> Iterator[str]:
    for item in items:
        if item.what.meaning.expected or item.at_stake <= materiality:
            continue
        if not any(note.speaks_of(item) for note in notes):
            yield (
                f"Item {item.id} ({item.what.heading}, {item.entity.singular} {item.label} of {item.month}, "
                f"{rand(item.at_stake, item.currency)}) is over the materiality of {rand(materiality)}, and nobody has "
                f"said what it is: mend it, or note it (`zoho-pipeline reconcile note {item.id}`)."
            )
