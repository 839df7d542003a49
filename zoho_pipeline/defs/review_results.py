"""Reviews and checklists as Dagster shows them: pure. Pictures stand within the markdown."""

import dagster as dg

from zoho_pipeline.reviews.checklist import Checklist, Mark
from zoho_pipeline.reviews.checklist_paper import checklist_markdown, checklist_table, told
from zoho_pipeline.reviews.paper import Review, Table, bullets, markdown

ROWS_SHOWN = 200
"""Rows of a table that is put into the event log at most."""
NOTHING_LEFT = "nothing_left_to_do"
Metadata = dict[str, dg.MetadataValue]


def review_metadata(review: Review) -> Metadata:
    """The whole review, and its tables as such."""
    tables: Metadata = {each.title: _table(each) for each in review.tables}
    return {
        "review": dg.MetadataValue.md(markdown(review)),
        "what a person must do": dg.MetadataValue.md(bullets(review.todo)),
        "targets not met": dg.MetadataValue.int(len(review.missed)),
        **tables,
    }


def target_results(review: Review) -> list[dg.AssetCheckResult]:
    """Each target as a check; what nobody could look at is no pass."""
    return [
        dg.AssetCheckResult(
            check_name=each.name,
            passed=each.met is True,
            severity=dg.AssetCheckSeverity.ERROR if each.severe else dg.AssetCheckSeverity.WARN,
            description=f"{each.sentence} {each.todo}".strip() if each.met is not True else each.sentence,
        )
        for each in review.targets
    ]


def checklist_metadata(checklist: Checklist, file: str | None) -> Metadata:
    """The list, what is left to people, and where the file is; None where it could not be written."""
    return {
        "checklist": dg.MetadataValue.md(checklist_markdown(checklist)),
        "what a person must do": dg.MetadataValue.md(bullets(checklist.todo)),
        "lines": _table(checklist_table(checklist)),
        "file": dg.MetadataValue.path(file) if file else dg.MetadataValue.text("could not be written"),
        **{mark.value: dg.MetadataValue.int(checklist.count(mark)) for mark in Mark},
    }


def nothing_left(checklist: Checklist) -> dg.AssetCheckResult:
    """Whether a person has anything to do; a warning, for the list itself is as it should be."""
    return dg.AssetCheckResult(
        check_name=NOTHING_LEFT,
        passed=not checklist.todo,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{told(checklist)} Left to a person: {len(checklist.todo)}.",
    )


def _table(of: Table) -> dg.TableMetadataValue:
    records = [dg.TableRecord(dict(zip(of.columns, row, strict=True))) for row in of.rows[:ROWS_SHOWN]]
    return dg.MetadataValue.table(records, dg.TableSchema(columns=[dg.TableColumn(name) for name in of.columns]))
