"""The table that a benchmark prints, and the exit status that it earns."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

HEADER = ("what", "measured", "claimed", "ratio", "")


@dataclass(frozen=True)
class Line:
    """One thing measured.

    `unit` stands behind the figure. `at_most` is the claim, None where nothing is claimed; an aim is not claimed yet,
    and fails nothing. `ratio` compares with what was measured beside it in the same run, as the text of `what` says.
    """

    what: str
    measured: float
    unit: str = ""
    at_most: float | None = None
    ratio: float | None = None
    is_aim: bool = False

    @property
    def reached(self) -> bool:
        """Whether the figure is as low as was claimed or aimed at; a line without a bound reaches all it can."""
        return self.at_most is None or self.measured <= self.at_most

    @property
    def fails(self) -> bool:
        """Whether a claim does not hold."""
        return not (self.reached or self.is_aim)

    def cells(self) -> tuple[str, str, str, str, str]:
        """The line as text."""
        claim = "" if self.at_most is None else f"{'aim ' if self.is_aim else ''}≤ {_figure(self.at_most, self.unit)}"
        ratio = "" if self.ratio is None else f"{self.ratio:.{0 if self.ratio >= 100 else 2}f} x"
        missed = "not yet" if self.is_aim else "NOT MET"
        verdict = "" if self.at_most is None else ("met" if self.reached else missed)
        return (self.what, _figure(self.measured, self.unit), claim, ratio, verdict)


def show(title: str, lines: Iterable[Line]) -> int:
    """Print the table; 1 if a claim does not hold, else 0."""
    kept = list(lines)
    rows = [HEADER, *(line.cells() for line in kept)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADER))]
    say(f"\n{title}")
    for what, *figures in rows:
        cells = [what.ljust(widths[0]), *map(str.rjust, figures, widths[1:])]
        say("  " + "  ".join(cells).rstrip())
    return 1 if any(line.fails for line in kept) else 0


def say(text: str) -> None:
    """A line to the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _figure(value: float, unit: str) -> str:
    digits = 0 if value == int(value) or value >= 1000 else (1 if value >= 100 else 2 if value >= 0.1 else 4)
    return f"{value:,.{digits}f}{f' {unit}' if unit else ''}"
