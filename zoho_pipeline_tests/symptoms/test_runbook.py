"""The table of docs/runbook.md tells of exactly the symptoms that are played, and whom each wakes."""

from pathlib import Path

from zoho_pipeline.sandbox.dagster import INSTANCE_FILE
from zoho_pipeline_tests.symptoms.everyone import ONE_AFTER_ANOTHER
from zoho_pipeline_tests.symptoms.rows import SYMPTOMS

RUNBOOK = Path(INSTANCE_FILE).parent / "docs" / "runbook.md"
COLUMNS = ["you see", "rows", "why", "by itself", "woken", "do"]


def table() -> list[list[str]]:
    """The cells of the table under the heading *Symptoms*, its head first."""
    section = RUNBOOK.read_text().split("\n## Symptoms\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_it_lists_every_symptom_with_its_rows_and_whom_it_wakes() -> None:
    head, *lines = table()
    assert head == COLUMNS
    listed = [(line[0], line[1], line[4]) for line in lines]
    assert listed == [
        (each.name, each.rows, f"level {each.told.level}" if each.told else "nobody")
        for each in (*SYMPTOMS, *ONE_AFTER_ANOTHER)
    ]


def test_no_cell_is_empty() -> None:
    assert [line for line in table() if len(line) != len(COLUMNS) or not all(line)] == []
