"""A month's books as Dagster shows them: pure. Only what names a record gets in, never what names a person."""

from collections import Counter
from decimal import Decimal

import dagster as dg

from zoho_pipeline.clock import shown
from zoho_pipeline.defs.checks import Verdict
from zoho_pipeline.entities import Entity
from zoho_pipeline.money import rand
from zoho_pipeline.reconciliation.publishing import Published
from zoho_pipeline.reconciliation.reading import Item, MonthBooks
from zoho_pipeline.reconciliation.tie_out import TieOut

ROWS_SHOWN = 20
"""Rows of a table that is put into the event log at most."""

CHECKS = {
    "tied_out": "CircleTel's count and total and Zoho's are explained by the classes, to 0 and 0.00.",
    "controls_hold": "What Zoho says its customers owe agrees with its documents.",
    "nothing_to_mend": "No item is left that somebody has to mend.",
}
"""What must hold of a month, by the name of its asset check."""

Metadata = dict[str, dg.MetadataValue]


def comparison_metadata(books: MonthBooks, entity: Entity) -> Metadata:
    """What was found of one kind: classes with counts and money, then the dearest items."""
    items = [item for item in books.items if item.entity is entity]
    counted = Counter(item.what for item in items)
    at_stake = {what: sum((item.at_stake for item in items if item.what is what), Decimal(0)) for what in counted}
    rows = [
        dg.TableRecord(
            {
                "class": what.heading,
                "items": count,
                "at stake": rand(at_stake[what]),
                "means": what.meaning.explains,
                "what to do": what.meaning.advice,
            }
        )
        for what, count in counted.most_common()
    ]
    return {
        "classes": _table(rows, "class", "items", "at stake", "means", "what to do"),
        "items": _table([_item(item) for item in items[:ROWS_SHOWN]], *_ITEM),
        "items_found": dg.MetadataValue.int(len(items)),
        "to_mend": dg.MetadataValue.int(sum(not item.what.meaning.expected for item in items)),
        "zoho_as_of": dg.MetadataValue.text(shown(books.as_of[entity])),
    }


def tie_out_metadata(books: MonthBooks, papers: Published) -> Metadata:
    """The tie-out as finance reads it, the controls, and where workbook and report are."""
    controls = [
        dg.TableRecord(
            {
                "control": control.meaning,
                "stated": rand(control.stated, control.currency),
                "found": rand(control.found, control.currency),
                "difference": rand(control.difference, control.currency),
                "must hold": "yes" if control.binding else "no",
            }
        )
        for control in books.controls
    ]
    lines = [record for tie_out in books.tie_outs for record in _tie_out(tie_out)]
    return {
        "tied out": dg.MetadataValue.bool(books.ties),
        "workbook": dg.MetadataValue.path(papers.workbook),
        "report": dg.MetadataValue.path(papers.report),
        "tie-out": _table(lines, "kind", "line", "count", "amount"),
        "controls": _table(controls, "control", "stated", "found", "difference", "must hold"),
    }


def verdicts(books: MonthBooks) -> dict[str, Verdict]:
    """How the month stands, by the names of CHECKS. What was not compared is never a pass."""
    apart = [each for each in books.tie_outs if not each.ties]
    broken = [each for each in books.controls if each.binding and not each.holds]
    mend = [item for item in books.items if not item.what.meaning.expected]
    missing = ", ".join(entity for entity in Entity if entity not in books.as_of)
    unseen = f"{missing} of {books.month} were never compared" if missing else ""
    return {
        "tied_out": Verdict(
            not apart and not unseen,
            unseen or "; ".join(_unexplained(each) for each in apart) or "Nothing is left unexplained.",
        ),
        "controls_hold": Verdict(
            not broken and bool(books.controls),
            "; ".join(f"{each.meaning}: {rand(each.difference, each.currency)} apart" for each in broken)
            or ("They agree." if books.controls else "They were never worked out."),
        ),
        "nothing_to_mend": Verdict(
            not mend and not unseen,
            unseen or (f"{len(mend)} items wait for somebody." if mend else "Nobody has to do anything."),
            dg.AssetCheckSeverity.WARN,
        ),
    }


def _unexplained(each: TieOut) -> str:
    return f"{each.entity}: {each.unexplained_count} and {rand(each.unexplained_amount, each.currency)} unexplained"


def _tie_out(each: TieOut) -> list[dg.TableRecord]:
    rows: list[tuple[str, int, Decimal]] = [("CircleTel", each.circletel_count, each.circletel_amount)]
    rows += [(line.what.heading, line.count, line.amount) for line in each.lines if line.count or line.amount]
    rows += [
        ("Zoho", each.zoho_count, each.zoho_amount),
        ("unexplained", each.unexplained_count, each.unexplained_amount),
    ]
    kind = each.entity if each.currency == "ZAR" else f"{each.entity} in {each.currency}"
    return [
        dg.TableRecord({"kind": str(kind), "line": name, "count": count, "amount": rand(amount, each.currency)})
        for name, count, amount in rows
    ]


_ITEM = ("record", "class", "CircleTel", "Zoho", "difference", "cause", "what to do")


def _item(item: Item) -> dg.TableRecord:
    return dg.TableRecord(
        {
            "record": item.label,
            "class": item.what.heading,
            "CircleTel": item.circletel,
            "Zoho": item.zoho,
            "difference": None if item.difference is None else rand(item.difference, item.currency),
            "cause": item.cause,
            "what to do": item.what.meaning.advice,
        }
    )


def _table(records: list[dg.TableRecord], *names: str) -> dg.TableMetadataValue:
    return dg.MetadataValue.table(records, dg.TableSchema(columns=[dg.TableColumn(name) for name in names]))
