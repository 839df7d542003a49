"""What a person sees of a month's books in the terminal."""

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from zoho_pipeline.actions.fixing import Fixed
from zoho_pipeline.clock import SystemClock, local_date, shown
from zoho_pipeline.money import rand
from zoho_pipeline.reconciliation.reading import Item, MonthBooks, ageing
from zoho_pipeline.reconciliation.tie_out import TieOut
from zoho_pipeline.sync.approvals import Approval

DEAREST = 15
"""Items that are shown one by one."""


def print_books(books: MonthBooks, console: Console) -> None:
    """The month's tie-outs, controls, ageing and dearest items."""
    as_of = f", Zoho as of {shown(min(books.as_of.values()))}" if books.as_of else ""
    console.rule(f"{books.month}{as_of}", align="left")
    for tie_out in books.tie_outs:
        console.print(_tie_out(tie_out))
    console.print(_controls(books))
    mend = [item for item in books.items if not item.what.meaning.expected]
    if mend:
        console.print(_items(mend))
        for currency in sorted({item.currency for item in mend}):
            aged = ageing([item for item in mend if item.currency == currency], local_date(SystemClock().now()))
            console.print("By age in days: " + ", ".join(f"{name}: {rand(aged[name], currency)}" for name in aged))
    sentence = "ties out" if books.ties else "does NOT tie out"
    waiting = f"{len(mend)} items wait for somebody" if mend else "nobody has to do anything"
    console.print(f"{books.month} {sentence}; {waiting}.", style="green" if books.ties else "red")


def print_fixed(fixed: Fixed, console: Console) -> None:
    """What was tried, what became of it, and what waits for a person."""
    if not fixed.tried:
        console.print("There is nothing that the sync could mend.")
    else:
        console.print(_items(list(fixed.tried), "What was handed to the sync"))
        for result in fixed.results:
            for trouble in result.troubles:
                console.print(f"{trouble.label}: {trouble.outcome}, {trouble.reason}. {trouble.advice}", markup=False)
    if fixed.after is not None:
        console.print(f"{fixed.cleared} of {len(fixed.tried)} are mended, as a new comparison shows.")
    elif fixed.tried:
        console.print("This was a dry run: nothing was sent.")
    if fixed.approvable:
        console.print(_items(list(fixed.approvable), "What waits for a person's approval, row by row"))


def _tie_out(each: TieOut) -> Table:
    title = f"{each.entity}" if each.currency == "ZAR" else f"{each.entity} in {each.currency}"
    table = Table(title=title, title_justify="left", min_width=64)
    for heading, justify in (("", "left"), ("count", "right"), ("amount", "right")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    table.add_row("CircleTel", *_figures(each.circletel_count, each.circletel_amount))
    for line in each.lines:
        if line.count or line.amount:
            table.add_row(f"  {line.what.heading}", *_figures(line.count, line.amount))
    table.add_row("Zoho", *_figures(each.zoho_count, each.zoho_amount), end_section=True)
    table.add_row(
        "unexplained", *_figures(each.unexplained_count, each.unexplained_amount), style=None if each.ties else "red"
    )
    return table


def _controls(books: MonthBooks) -> Table:
    table = Table(title="Controls", title_justify="left", min_width=64)
    for heading in ("what is compared", "stated", "found", "difference"):
        table.add_column(heading, justify="left" if heading == "what is compared" else "right", overflow="fold")
    for each in books.controls:
        style = "red" if each.binding and not each.holds else None
        figures = (rand(amount, each.currency) for amount in (each.stated, each.found, each.difference))
        table.add_row(each.meaning, *figures, style=style)
    return table


def _items(items: list[Item], title: str = "What somebody has to mend") -> Table:
    more = f", the dearest {DEAREST} of {len(items)}" if len(items) > DEAREST else ""
    table = Table(title=f"{title}{more}", title_justify="left")
    for heading in ("kind", "record", "class", "CircleTel", "Zoho", "difference", "cause"):
        table.add_column(heading, overflow="fold")
    for item in items[:DEAREST]:
        difference = "" if item.difference is None else rand(item.difference, item.currency)
        table.add_row(
            item.entity.singular, item.label, item.what.heading, item.circletel or "", item.zoho or "", difference,
            item.why,
        )  # fmt: skip
    return table


def _figures(count: int, amount: Decimal) -> tuple[str, str]:
    return f"{count:,}".replace(",", " "), rand(amount)


def missed_table(entries: Sequence[Approval]) -> Table:
    """Recurring invoices that wait to be sent."""
    table = Table(title="Missed by Zoho", title_justify="left")
    for heading in ("number", "invoice", "month", "from", "until", "rand", "approved by"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        shown_values = (str(entry.shown[name] or "") for name in ("invoice", "month", "from", "until"))
        amount = rand(Decimal(entry.shown["rand"]))
        table.add_row(str(entry.id), *shown_values, amount, entry.approved_by or "")
    return table
