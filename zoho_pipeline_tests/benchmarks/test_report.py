"""The table of a benchmark, and the status that it ends with."""

import pytest

from benchmarks.report import Line, show

MET = Line("choosing", 1.2, "s", at_most=2.0)
MISSED = Line("choosing", 2.4, "s", at_most=2.0)
OUT_OF_REACH = Line("overhead", 9.0, "ms", at_most=2.0, is_aim=True)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([], 0),
        ([MET], 0),
        ([MET, MISSED], 1),
        ([MISSED, MET], 1),
        ([MET, OUT_OF_REACH], 0),
        ([Line("no claim", 1e9)], 0),
    ],
)
def test_a_claim_that_does_not_hold_decides_the_status_and_an_aim_does_not(lines: list[Line], status: int) -> None:
    assert show("Title", lines) == status


def test_what_is_claimed_holds_at_its_very_bound() -> None:
    assert Line("calls", 126, at_most=126).reached


def test_each_line_says_what_was_measured_claimed_and_found(capsys: pytest.CaptureFixture[str]) -> None:
    show("Title", [MET, MISSED, OUT_OF_REACH, Line("beside it", 1234.5, "ms", ratio=3.456)])
    title, _, *lines = capsys.readouterr().out.strip().splitlines()
    assert title == "Title"
    assert [line.split() for line in lines] == [
        ["choosing", "1.20", "s", "≤", "2", "s", "met"],
        ["choosing", "2.40", "s", "≤", "2", "s", "NOT", "MET"],
        ["overhead", "9", "ms", "aim", "≤", "2", "ms", "not", "yet"],
        ["beside", "it", "1,234", "ms", "3.46", "x"],
    ]
