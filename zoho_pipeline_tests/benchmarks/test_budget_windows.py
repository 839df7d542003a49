"""The judge of the budget counts as Zoho does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.budget_windows import Seen, in_minute, seen

BEGIN = datetime(2025, 3, 1, 8, tzinfo=UTC)


def entry(second: float, status: int = 200, code: int = 0, path: str = "/billing/v1/settings/taxes") -> dict[str, Any]:
    moment = (BEGIN + timedelta(seconds=second)).isoformat(timespec="milliseconds")
    return {"time": moment, "path": path, "status": status, "code": code}


def every(seconds: float, minutes: float) -> Seen:
    return seen(entry(number * seconds) for number in range(round(minutes * 60 / seconds) + 1))


def test_refused_calls_and_token_requests_are_counted_apart() -> None:
    found = seen(
        [entry(0), entry(1, 429, 44), entry(2, 429, 44), entry(3, 429, 1070), entry(4, path="/oauth/v2/token")]
    )
    assert (len(found.admitted), dict(found.refusals), found.tokens) == (1, {44: 2, 1070: 1}, 1)


def test_a_call_counts_for_the_sixty_seconds_after_it() -> None:
    assert [in_minute([0.0, 30.0], moment) for moment in (0.0, 30.0, 59.9, 60.0, 89.9, 90.0)] == [1, 2, 2, 1, 1, 0]


def test_even_use_fills_every_minute_alike() -> None:
    windows = every(1.0, minutes=5).windows()
    assert (windows.lowest, windows.highest) == (60, 60)
    assert windows.mean == pytest.approx(60, abs=0.01)


def test_an_empty_stretch_is_found_wherever_it_lies() -> None:
    calls = [second for second in range(400) if not 250 <= second < 280]
    windows = seen(map(entry, calls)).windows()
    assert windows.lowest == 30
    assert 30 < windows.mean < 60


def test_a_burst_across_two_calendar_minutes_is_found() -> None:
    calls = [*range(0, 170, 10), *(175 + number / 10 for number in range(100)), *range(190, 300, 10)]
    assert seen(map(entry, calls)).windows().highest > 100


def test_a_run_without_a_full_minute_is_not_judged() -> None:
    with pytest.raises(ValueError, match="no full minute"):
        every(1.0, minutes=1.9).windows()
