"""What reviews and checklists look like: markdown, pictures, and one list of what a person must do."""

import base64
from datetime import date
from xml.etree import ElementTree

import pytest

from zoho_pipeline.reviews.charts import Chart, Column
from zoho_pipeline.reviews.checklist import Checklist, Evidence, Line, Look, Mark, Ticked, tick
from zoho_pipeline.reviews.checklist_paper import checklist_markdown
from zoho_pipeline.reviews.paper import Review, Table, Target, markdown, safe, table

SVG = "{http://www.w3.org/2000/svg}"


def elements(chart: Chart, name: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(base64.b64decode(chart.data_url.partition(",")[2])).findall(f"{SVG}{name}")


def test_a_chart_is_a_picture_whose_columns_are_as_high_as_their_values() -> None:
    chart = Chart("Syncs <by> day", [Column("Mon", 5), Column("Tue", 10), Column("Wed", 0)], "syncs")
    _, *columns = elements(chart, "rect")
    heights = [float(each.attrib["height"]) for each in columns]
    assert heights[0] * 2 == heights[1] > 0 == heights[2]
    assert "Syncs <by> day (syncs)" in [each.text for each in elements(chart, "text")]


def test_a_limit_is_a_line_and_what_reaches_it_has_another_colour() -> None:
    chart = Chart("Calls", [Column("1", 5), Column("2", 10)], "calls", limit=10, limit_name="limit")
    _, below, reached = elements(chart, "rect")
    assert len(elements(chart, "line")) == 1
    assert below.attrib["fill"] != reached.attrib["fill"]


def test_an_empty_chart_is_a_picture_too() -> None:
    assert len(elements(Chart("Calls", [], "calls"), "rect")) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", r"a \| b"),
        ("<script>", r"\<script\>"),
        ("two\nlines", "two lines"),
        (
            "run `zoho-pipeline retry-failed --dry_run` first_of all",
            r"run `zoho-pipeline retry-failed --dry_run` first\_of all",
        ),
        ("one ` alone", r"one \` alone"),
    ],
)
def test_text_cannot_break_the_page_and_commands_stay_commands(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_a_table_without_a_row_says_so() -> None:
    assert table(Table("Failures", ("kind",), [], "No row is failing.")) == "No row is failing."


def test_what_a_person_must_do_stands_once_and_only_of_what_is_not_met() -> None:
    targets = (Target("a", "", False, "Mend it."), Target("b", "", None, "Mend it."), Target("c", "", True, "Nothing."))
    review = Review("Review", "November", targets, ())
    assert review.todo == ("Mend it.",)
    assert markdown(review).count("Mend it.") == 1
    assert "Nothing." not in markdown(review)


def test_what_could_not_be_looked_at_is_never_ticked_and_left_to_a_person() -> None:
    line = Line("Check for failed syncs", "R4", lambda evidence: Ticked(Mark.DONE, str(evidence.failed_today.get())))
    ((_, ticked),) = tick([line], Evidence(failed_today=Look(why_not="The database is down.")))
    assert (ticked.mark, ticked.found) == (Mark.UNSEEN, "The database is down.")
    assert ticked.todo == ("Check for failed syncs: by hand, for it could not be looked at. The database is down.",)


def test_only_what_is_done_is_ticked() -> None:
    lines = [(Line(mark.value, "R1", lambda _: Ticked(Mark.DONE, "")), Ticked(mark, "")) for mark in Mark]
    written = checklist_markdown(Checklist("daily", "Daily", "", date(2025, 11, 14), lines))
    assert [line.split("]")[0] for line in written.splitlines() if line.startswith("- [")] == [
        "- [x", "- [ ", "- [ ", "- [ ",
    ]  # fmt: skip
