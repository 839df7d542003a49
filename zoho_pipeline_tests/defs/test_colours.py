"""Which months are green after a run, and which are not."""

import pytest

from zoho_pipeline.calendar import NoSuchMonth
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.settings import SettingsError
from zoho_pipeline_tests.defs.practice import MONTHS, PracticeBackfill, PracticeDagster, failure_of

GREEN = dict.fromkeys(MONTHS, "green")
GREY = dict.fromkeys(MONTHS, "grey")


def test_months_without_trouble_are_green(dagster: PracticeDagster) -> None:
    result = dagster.run(PracticeBackfill())

    assert result.success
    assert [dagster.colours(entity) for entity in PARENTS_FIRST] == [GREEN] * 4


def test_a_month_with_a_bad_row_is_red_and_the_months_beside_it_are_green(dagster: PracticeDagster) -> None:
    result = dagster.run(PracticeBackfill({(Entity.INVOICES, "2025-03"): 2}))

    assert not result.success
    assert dagster.colours(Entity.INVOICES) == GREEN | {"2025-03": "red"}


def test_a_bad_customer_does_not_stop_the_other_kinds(dagster: PracticeDagster) -> None:
    dagster.run(PracticeBackfill({(Entity.CUSTOMERS, "2025-02"): 1}))

    assert dagster.colours(Entity.CUSTOMERS) == GREEN | {"2025-02": "red"}
    assert [dagster.colours(entity) for entity in PARENTS_FIRST[1:]] == [GREEN] * 3


def test_only_the_selected_months_and_kinds_run(dagster: PracticeDagster) -> None:
    backfill = PracticeBackfill()
    dagster.run(backfill, months=["2025-03", "2025-04"], entities=[Entity.INVOICES])

    request = backfill.requests[0]
    assert request.entities == {Entity.INVOICES}
    assert [month.key for month in request.months] == ["2025-03", "2025-04"]
    assert dagster.colours(Entity.INVOICES) == GREY | {"2025-03": "green", "2025-04": "green"}
    assert dagster.colours(Entity.PAYMENTS) == GREY


def test_a_single_month_is_coloured_like_a_range(dagster: PracticeDagster) -> None:
    dagster.run(PracticeBackfill({(Entity.INVOICES, "2025-03"): 1}), months=["2025-03"])

    assert dagster.colours(Entity.INVOICES) == GREY | {"2025-03": "red"}
    assert dagster.colours(Entity.PAYMENTS) == GREY | {"2025-03": "green"}


def test_a_month_that_was_green_turns_red_and_green_again(dagster: PracticeDagster) -> None:
    month = (Entity.PAYMENTS, "2025-05")
    seen = []
    for backfill in (PracticeBackfill(), PracticeBackfill({month: 1}), PracticeBackfill()):
        dagster.run(backfill)
        seen.append(dagster.colours(Entity.PAYMENTS)["2025-05"])

    assert seen == ["green", "red", "green"]


def test_an_unfinished_month_is_red(dagster: PracticeDagster) -> None:
    result = dagster.run(PracticeBackfill(interrupted={(Entity.INVOICES, "2025-04"): "the day's quota is spent"}))

    assert dagster.colours(Entity.INVOICES) == GREEN | {"2025-04": "red"}
    assert "invoices 2025-04: unfinished: the day's quota is spent" in failure_of(result)


def test_a_month_that_was_never_reached_is_red(dagster: PracticeDagster) -> None:
    result = dagster.run(PracticeBackfill(skipped=frozenset({(Entity.PAYMENTS, "2025-05")})))

    assert dagster.colours(Entity.PAYMENTS) == GREEN | {"2025-05": "red"}
    assert "payments 2025-05: not reached" in failure_of(result)


@pytest.mark.parametrize("error", [SettingsError("ZOHO_ORG_ID is missing."), NoSuchMonth("There is no month 1999-01.")])
def test_wrong_settings_fail_the_run_with_their_sentence(dagster: PracticeDagster, error: Exception) -> None:
    result = dagster.run(PracticeBackfill(stops_with=error))
    assert failure_of(result) == str(error)


def test_a_foreseen_error_fails_the_run_with_its_sentence_and_keeps_what_was_done(dagster: PracticeDagster) -> None:
    result = dagster.run(
        PracticeBackfill(
            skipped=frozenset({(Entity.PAYMENTS, "2025-05")}),
            stops_with=Foreseen("Zoho does not answer at https://example.test: try later."),
        )
    )

    assert failure_of(result) == "Zoho does not answer at https://example.test: try later."
    assert dagster.colours(Entity.INVOICES) == GREEN
    assert dagster.colours(Entity.PAYMENTS) == GREEN | {"2025-05": "red"}


def test_a_dry_run_marks_no_month(dagster: PracticeDagster) -> None:
    result = dagster.run(PracticeBackfill({(Entity.INVOICES, "2025-03"): 2}), config={"dry_run": True})

    assert result.success
    assert [dagster.colours(entity) for entity in PARENTS_FIRST] == [GREY] * 4


def test_with_zohos_writes_off_no_month_is_marked_either(dagster: PracticeDagster) -> None:
    result = dagster.run(PracticeBackfill({(Entity.INVOICES, "2025-03"): 2}, writes_off=True))

    assert result.success
    assert [dagster.colours(entity) for entity in PARENTS_FIRST] == [GREY] * 4


def test_a_dry_run_leaves_the_colours_as_they_were(dagster: PracticeDagster) -> None:
    dagster.run(PracticeBackfill({(Entity.INVOICES, "2025-03"): 2}))
    before = dagster.colours(Entity.INVOICES)
    dagster.run(PracticeBackfill(), config={"dry_run": True})

    assert dagster.colours(Entity.INVOICES) == before == GREEN | {"2025-03": "red"}
