"""A review as people read it: verdicts, charts and tables, and its markdown. Pure.

Everything that is put into it names records by kind, id and number, never people.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zoho_pipeline.reviews.charts import Chart

Value = str | int | float | bool | None
_CODE = re.compile(r"(`[^`|]+`)")
_MARKS = re.compile(r"([\\`*_|<>\[\]])")


@dataclass(frozen=True)
class Table:
    """A titled table; its values are such as a JSON document takes."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]
    empty: str = "None."
    """What stands in its place where it has no row."""


@dataclass(frozen=True)
class Target:
    """Something that should be so.

    Attributes:
        name: that of the asset check that says so too.
        sentence: how it is, with its figures.
        met: None where nobody could look, which is never a pass.
        todo: what a person must do where it is not met.
        severe: it must not be so for a day: the check fails with ERROR, and people are alerted.
    """

    name: str
    sentence: str
    met: bool | None
    todo: str = ""
    severe: bool = False


@dataclass(frozen=True)
class Review:
    """What one review found."""

    title: str
    period: str
    targets: tuple[Target, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def todo(self) -> tuple[str, ...]:
        """What a person must do, once each."""
        wanted = (each.todo for each in self.targets if each.met is not True and each.todo)
        return tuple(dict.fromkeys(wanted))

    @property
    def missed(self) -> tuple[Target, ...]:
        """Targets that are not met; what could not be looked at is not among them."""
        return tuple(each for each in self.targets if each.met is False)

    @property
    def unseen(self) -> tuple[Target, ...]:
        """Targets that nobody could look at."""
        return tuple(each for each in self.targets if each.met is None)

    def target(self, name: str) -> Target:
        """The target of that name."""
        return next(each for each in self.targets if each.name == name)


def markdown(review: Review, *, pictures: bool = True) -> str:
    """The whole review; charts are pictures within the text, or left out."""
    parts = [f"# {review.title}\n\n{review.period}", section("What a person must do", bullets(review.todo))]
    verdicts = [(_MET[each.met], each.sentence) for each in review.targets]
    parts.append(section("Targets", table(Table("", ("", "target"), verdicts))))
    if review.notes:
        parts.append(section("What one should know", bullets(review.notes)))
    if pictures:
        parts += [section(chart.title, f"![{safe(chart.title)}]({chart.data_url})") for chart in review.charts]
    parts += [section(each.title, table(each)) for each in review.tables]
    return "\n\n".join(parts) + "\n"


_MET = {True: "✅ met", False: "❌ not met", None: "❔ could not be looked at"}


def section(title: str, body: str) -> str:
    """A heading and what stands below it."""
    return f"## {safe(title)}\n\n{body}"


def bullets(lines: Sequence[str], empty: str = "Nothing.") -> str:
    """A list; the sentence where it has no entry."""
    return "\n".join(f"- {safe(line)}" for line in lines) or empty


def table(of: Table) -> str:
    """The table in markdown."""
    if not of.rows:
        return of.empty
    lines = [_line(of.columns), _line(["---"] * len(of.columns))]
    return "\n".join([*lines, *(_line([safe(shown(value)) for value in row]) for row in of.rows)])


def shown(value: Value) -> str:
    """A table's value as text."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}".replace(",", " ") if isinstance(value, int | float) else value


def safe(text: str) -> str:
    """On one line, and without anything that markdown or HTML would take for its own; commands in `…` stay commands."""
    parts = _CODE.split(re.sub(r"\s+", " ", text).strip())
    return "".join(part if number % 2 else _MARKS.sub(r"\\\1", part) for number, part in enumerate(parts))


def percent(part: int, whole: int) -> float:
    """The part in percent, to two places; 0 of nothing."""
    return round(100 * part / whole, 2) if whole else 0.0


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
