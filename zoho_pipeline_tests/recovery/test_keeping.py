"""From when on a kind is kept in step: an unbroken row of months that were backfilled, up to the present."""

import pytest

from zoho_pipeline.calendar import Month
from zoho_pipeline.recovery.keeping import first_kept


def months(*keys: str) -> list[Month]:
    return [Month.parse(key) for key in keys]


@pytest.mark.parametrize(
    ("done", "present", "first"),
    [
        (["2025-09", "2025-10", "2025-11"], ["2025-11"], "2025-09"),
        (["2025-08", "2025-10", "2025-11"], ["2025-11"], "2025-10"),
        (["2025-10", "2025-11", "2025-12"], ["2025-11", "2025-12"], "2025-10"),
        (["2025-01", "2025-02"], [], None),
        ([], [], None),
    ],
)
def test_a_gap_ends_it_and_months_of_the_past_alone_begin_nothing(
    done: list[str], present: list[str], first: str | None
) -> None:
    assert first_kept(months(*done), months(*present)) == (Month.parse(first) if first else None)
