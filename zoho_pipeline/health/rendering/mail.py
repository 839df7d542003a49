"""The report as a mail that one can read: what changed first, then what is amiss with what to do, then the figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from zoho_pipeline.clock import JOHANNESBURG, shown
from zoho_pipeline.health.check import Change, Finding, HealthReport, Level, Table


@dataclass(frozen=True)
class MailText:
    """One mail, as plain text and as HTML."""

    subject: str
    body: str
    html: str


def as_mail(report: HealthReport) -> MailText:
    """The mail of a report that was compared with the last one mailed."""
    counts = report.counts()
    amiss = len(report.amiss)
    said = f"{amiss} of {len(report.findings)} checks need attention" if amiss else "all checks pass"
    worse = sum(change.worse for change in report.changes)
    subject = f"{report.level.value.upper()}: Zoho sync, {said}" + (f" ({worse} new or worse)" if worse else "")
    summary = ", ".join(f"{counts[level]} {level.value}" for level in reversed(Level) if counts[level])
    head = f"{report.level.value.upper()} on {shown(report.looked_at)} ({JOHANNESBURG.key}): {summary}."
    return MailText(subject, _text(report, head), _html(report, head))


def _since(report: HealthReport) -> str:
    if report.compared_with is None:
        return "What has changed: there is no earlier mail to compare with."
    if not report.changes:
        return f"Nothing has changed since the mail of {shown(report.compared_with)}."
    return f"What has changed since the mail of {shown(report.compared_with)}:"


def _text(report: HealthReport, head: str) -> str:
    return "\n".join([head, "", *_text_lines(report)]).rstrip() + "\n"


def _text_lines(report: HealthReport) -> Iterator[str]:
    yield _since(report)
    for change in report.changes:
        yield f"  {_change(change)}: {change.found}"
    yield ""
    for finding in report.amiss:
        yield f"{finding.level.value.upper()}  {finding.key}  ({finding.row})"
        for name, said in _about(finding):
            yield f"  {name}: {said}"
        yield ""
    for table in report.details:
        yield from _text_table(table)


def _text_table(table: Table) -> Iterator[str]:
    rows = [table.columns, *table.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    yield table.title
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""


_COLOURS = {Level.HEALTHY: "#1a7f37", Level.DEGRADED: "#9a6700", Level.UNHEALTHY: "#cf222e", Level.UNKNOWN: "#57606a"}


def _html(report: HealthReport, head: str) -> str:
    changes = "".join(f"<li><b>{escape(_change(each))}</b>: {escape(each.found)}</li>" for each in report.changes)
    findings = "".join(_html_finding(finding) for finding in report.amiss)
    tables = "".join(_html_table(table) for table in report.details)
    return (
        f"<p style='color:{_COLOURS[report.level]}'><b>{escape(head)}</b></p>"
        f"<p>{escape(_since(report))}</p><ul>{changes}</ul>{findings}{tables}"
    )


def _html_finding(finding: Finding) -> str:
    rows = "".join(
        f"<tr><th align='left' valign='top'>{escape(name)}</th><td>{escape(said)}</td></tr>"
        for name, said in _about(finding)
    )
    level = f"<b style='color:{_COLOURS[finding.level]}'>{finding.level.value.upper()}</b>"
    return f"<p>{level} {escape(finding.key)} ({escape(finding.row)})</p><table cellpadding='4'>{rows}</table>"


def _html_table(table: Table) -> str:
    head = "".join(f"<th align='left'>{escape(name)}</th>" for name in table.columns)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f"<p><b>{escape(table.title)}</b></p><table cellpadding='4'><tr>{head}</tr>{rows}</table>"


def _about(finding: Finding) -> Iterator[tuple[str, str]]:
    yield "Found", finding.found
    if finding.examples:
        yield "Such as", ", ".join(finding.examples)
    yield "What to do", finding.advice
    if finding.threshold:
        yield "Threshold", finding.threshold


def _change(change: Change) -> str:
    return f"{change.key} was {change.before.value} and is {change.after.value}"
