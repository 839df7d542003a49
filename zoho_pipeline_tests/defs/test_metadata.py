"""What a month's page shows of it."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.defs.practice import PracticeBackfill, PracticeDagster, failure_of

MARCH = (Entity.INVOICES, "2025-03")


def values(event: dg.AssetMaterialization | dg.AssetObservation) -> dict[str, Any]:
    """The metadata without its wrapping."""
    return {name: value.value for name, value in event.metadata.items()}


def table(event: dg.AssetObservation) -> Sequence[dg.TableRecord]:
    """The rows that did not go."""
    shown = event.metadata["rows that did not go"]
    assert isinstance(shown, dg.TableMetadataValue)
    return shown.records


def test_a_green_month_shows_its_counts_calls_and_seconds(dagster: PracticeDagster) -> None:
    dagster.run(PracticeBackfill())

    shown = values(dagster.materializations(Entity.CUSTOMERS)["2025-03"])
    assert shown == dict.fromkeys([outcome.value for outcome in Outcome], 0) | {
        "created": 3,
        "unchanged": 2,
        "parents_brought_along": 0,
        "api_calls": 7,
        "seconds": 1.23,
        "dry_run": False,
        "dagster/partition_row_count": 5,
    }


def test_a_month_that_is_not_green_shows_its_rows_and_what_to_do(dagster: PracticeDagster) -> None:
    dagster.run(PracticeBackfill({MARCH: 2}))

    event = dagster.observations(Entity.INVOICES)["2025-03"]
    shown = values(event)
    assert (shown["created"], shown["refused"], shown["api_calls"], shown["seconds"]) == (3, 2, 7, 1.23)
    assert [dict(record.data) for record in table(event)] == [
        {
            "record": f"INV-2025-0000{number}",
            "outcome": "refused",
            "reason": "the total differs by 0.01",
            "what to do": "mend the lines",
            "id": f"id-{number}",
        }
        for number in range(2)
    ]


def test_at_most_twenty_rows_get_into_the_event_log(dagster: PracticeDagster) -> None:
    dagster.run(PracticeBackfill({MARCH: 57}))

    event = dagster.observations(Entity.INVOICES)["2025-03"]
    assert (len(table(event)), values(event)["refused"]) == (20, 57)


def test_what_somebody_must_act_on_stands_first(dagster: PracticeDagster) -> None:
    dagster.run(PracticeBackfill({MARCH: 1}, interrupted={MARCH: "the day's quota is spent"}))

    shown = values(dagster.observations(Entity.INVOICES)["2025-03"])
    assert list(shown)[:3] == ["interrupted", "rows that did not go", "created"]


def test_the_failure_names_the_months_and_why(dagster: PracticeDagster) -> None:
    result = dagster.run(PracticeBackfill({MARCH: 2, (Entity.CUSTOMERS, "2025-02"): 1}))

    assert failure_of(result).startswith(
        "2 months are not green. customers 2025-02: 1 refused; invoices 2025-03: 2 refused."
    )


def test_a_dry_run_leaves_an_observation_of_each_month(dagster: PracticeDagster) -> None:
    dagster.run(PracticeBackfill({MARCH: 1}), config={"dry_run": True})

    seen = {month: values(event) for month, event in dagster.observations(Entity.INVOICES).items()}
    assert [(month, shown["dry_run"], shown["refused"]) for month, shown in seen.items()] == [
        ("2025-02", True, 0),
        ("2025-03", True, 1),
        ("2025-04", True, 0),
        ("2025-05", True, 0),
    ]
    assert dagster.materializations(Entity.INVOICES) == {}


def test_what_a_person_sets_reaches_the_backfill(dagster: PracticeDagster) -> None:
    backfill = PracticeBackfill()
    result = dagster.run(backfill, config={"dry_run": True, "max_rows": 5, "confirmed": True})

    request = backfill.requests[0]
    assert (request.dry_run, request.max_rows, request.confirmed) == (True, 5, True)
    assert (request.run_id, request.by) == (result.run_id, "dagster")
