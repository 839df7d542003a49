"""The tables of docs/runbook.md and docs/deployment.md tell of exactly the checks and thresholds that there are."""

import re
from collections.abc import Iterator
from pathlib import Path

from zoho_pipeline.health.check import Check
from zoho_pipeline.health.registry import registry
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.sandbox.dagster import INSTANCE_FILE

DOCS = Path(INSTANCE_FILE).parent / "docs"
HEADING = "## Health checks"
DEFAULTS = HealthSettings.model_validate({})


def lines() -> list[str]:
    """The table's lines as the registry has them, a line for each check of all kinds."""
    return list(dict.fromkeys(_line(check) for check in registry()))


def _line(check: Check) -> str:
    thresholds = ", ".join(f"`{DEFAULTS.variable(name)}` ({getattr(DEFAULTS, name):g})" for name in check.variables)
    return f"| `{check.name}` ({check.row}) | {check.meaning} | {thresholds or '-'} | {check.advice} |"


def test_the_runbooks_table_is_the_registry() -> None:
    section = (DOCS / "runbook.md").read_text().partition(HEADING)[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == lines()


def test_every_row_of_the_runbook_on_health_is_borne_by_a_check_or_named_beside_the_table() -> None:
    section = (DOCS / "runbook.md").read_text().partition(HEADING)[2].partition("\n## ")[0]
    wanted = (*range(1, 8), 17, *range(23, 28), 31, 32, 37, 38)
    rows = set(re.findall(r"\bR\d+\b", section))
    assert [f"R{number}" for number in wanted if f"R{number}" not in rows] == []


def test_every_threshold_stands_in_the_table_of_variables_with_its_default() -> None:
    text = (DOCS / "deployment.md").read_text()
    missing = [line for line in _variables() if line not in text]
    assert missing == []


def _variables() -> Iterator[str]:
    for name in HealthSettings.model_fields:
        yield f"| `{DEFAULTS.variable(name)}` | {getattr(DEFAULTS, name):g} |"


def test_every_threshold_is_one_of_a_check() -> None:
    used = {name for check in registry() for name in check.variables}
    assert set(HealthSettings.model_fields) - used == {"kept_days"}
