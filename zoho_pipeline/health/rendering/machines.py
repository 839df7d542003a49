"""The report for machines: JSON, Nagios, Prometheus."""

import json
from collections.abc import Iterator

from zoho_pipeline.health.check import Finding, HealthReport, Level

NAGIOS = {Level.HEALTHY: 0, Level.DEGRADED: 1, Level.UNHEALTHY: 2, Level.UNKNOWN: 3}
"""The statuses of a Nagios plugin: OK, WARNING, CRITICAL, UNKNOWN."""
_WORDS = {Level.HEALTHY: "OK", Level.DEGRADED: "WARNING", Level.UNHEALTHY: "CRITICAL", Level.UNKNOWN: "UNKNOWN"}
_VALUES = {Level.HEALTHY: 0, Level.DEGRADED: 1, Level.UNHEALTHY: 2, Level.UNKNOWN: 3}
NAMED_AT_MOST = 3


def as_json(report: HealthReport) -> str:
    """Everything; the names of the fields stay as they are."""
    body = {
        "level": report.level.value,
        "looked_at": report.looked_at.isoformat(),
        "findings": [_finding(finding) for finding in report.findings],
        "missing": dict(report.missing),
        "compared_with": report.compared_with.isoformat() if report.compared_with else None,
        "changes": [
            {"check": change.key, "before": change.before.value, "after": change.after.value, "found": change.found}
            for change in report.changes
        ],
        "details": [
            {"title": table.title, "columns": list(table.columns), "rows": [list(row) for row in table.rows]}
            for table in report.details
        ],
    }
    return json.dumps(body, indent=2, ensure_ascii=False)


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "component": finding.component.value,
        "entity": finding.entity.value if finding.entity else None,
        "level": finding.level.value,
        "found": finding.found,
        "advice": finding.advice,
        "value": finding.value,
        "threshold": finding.threshold,
        "examples": list(finding.examples),
        "runbook": finding.row,
    }


def as_nagios(report: HealthReport) -> str:
    """One line, with the counts as performance data; the bar that divides the two stands nowhere else."""
    counts = report.counts()
    amiss = [f"{finding.key}: {finding.found}" for finding in report.amiss]
    said = "; ".join(amiss[:NAMED_AT_MOST]) or f"{counts[Level.HEALTHY]} checks passed"
    if len(amiss) > NAMED_AT_MOST:
        said += f"; and {len(amiss) - NAMED_AT_MOST} more"
    figures = " ".join(f"{level.value}={counts[level]}" for level in Level)
    return f"ZOHO {_WORDS[report.level]} - {' '.join(said.replace('|', '/').split())} | {figures}"


def as_prometheus(report: HealthReport) -> str:
    """The text format for node_exporter's textfile collector: 0 healthy, 1 degraded, 2 unhealthy, 3 unknown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: HealthReport) -> Iterator[str]:
    scale = "0 healthy, 1 degraded, 2 unhealthy, 3 could not look"
    yield f"# HELP zoho_pipeline_health The health of the whole: {scale}."
    yield "# TYPE zoho_pipeline_health gauge"
    yield f"zoho_pipeline_health {_VALUES[report.level]}"
    yield f"# HELP zoho_pipeline_check The result of a check: {scale}."
    yield "# TYPE zoho_pipeline_check gauge"
    for finding in sorted(report.findings, key=lambda finding: finding.key):
        labels = {"check": finding.check, "component": finding.component.value, "entity": finding.entity or ""}
        named = ",".join(f'{name}="{value}"' for name, value in labels.items())
        yield f"zoho_pipeline_check{{{named}}} {_VALUES[finding.level]}"
    yield "# HELP zoho_pipeline_health_looked_at_seconds When it was looked, since 1970."
    yield "# TYPE zoho_pipeline_health_looked_at_seconds gauge"
    yield f"zoho_pipeline_health_looked_at_seconds {report.looked_at.timestamp():.0f}"
