"""What a person sees of the health report in the terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from zoho_pipeline.clock import shown
from zoho_pipeline.health.check import Finding, HealthReport, Level
from zoho_pipeline.health.check import Table as Figures

_STYLES = {Level.HEALTHY: "green", Level.DEGRADED: "yellow", Level.UNHEALTHY: "red", Level.UNKNOWN: "magenta"}
_SIGNS = {Level.HEALTHY: "✅", Level.DEGRADED: "⚠️ ", Level.UNHEALTHY: "❌", Level.UNKNOWN: "❔"}


def shown_report(report: HealthReport, *, every: bool) -> Iterator[RenderableType]:
    """The level, what changed, what is amiss (or every check), and the figures."""
    counts = report.counts()
    summary = ", ".join(f"{counts[level]} {level.value}" for level in reversed(Level) if counts[level])
    yield Text(f"{_SIGNS[report.level]} {report.level.value.upper()}: {summary}.", f"bold {_STYLES[report.level]}")
    if report.changes and report.compared_with:
        yield Text(f"Since {shown(report.compared_with)}:")
        for change in report.changes:
            yield Text(f"  {change.key}: {change.before.value} → {change.after.value}", _STYLES[change.after])
    if found := report.findings if every else report.amiss:
        yield _findings(found)
    for figures in report.details:
        yield _figures(figures)


def _findings(findings: tuple[Finding, ...]) -> Table:
    table = Table(title="Checks")
    for heading in ("check", "", "what was found, and what to do"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        said = Text(finding.found)
        if finding.examples:
            said.append(f" Such as {', '.join(finding.examples)}.")
        if finding.advice:
            said.append(f"\n→ {finding.advice}", "dim")
        table.add_row(finding.key, Text(finding.level.value, _STYLES[finding.level]), said)
    return table


def _figures(figures: Figures) -> Table:
    table = Table(title=figures.title)
    for place, column in enumerate(figures.columns):
        table.add_column(column, justify="right" if place else "left")
    for row in figures.rows:
        table.add_row(*row)
    return table
