"""Column charts as small SVG pictures that stand by themselves. Pure.

They carry their own ground and ink, so that they can be read on a dark page too.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640.0, 200.0
TOP, BOTTOM, LEFT = 28.0, 34.0, 12.0
GAP = 0.25
"""Of a column's room, what stays free."""
MOST_LABELS = 16
"""Beneath more columns than these only every second, third … is named."""
_INK, _GROUND, _COLUMN, _OVER, _LIMIT = "#1f2933", "#ffffff", "#3b6ea5", "#c0392b", "#b7791f"


@dataclass(frozen=True)
class Column:
    """A column: what stands beneath it, and how high it is."""

    label: str
    value: float


@dataclass(frozen=True)
class Chart:
    """Columns side by side, and a line that they should not reach, if there is one."""

    title: str
    columns: Sequence[Column]
    unit: str
    limit: float | None = None
    limit_name: str = ""

    @property
    def svg(self) -> str:
        """The picture."""
        return _svg(self)

    @property
    def data_url(self) -> str:
        """The picture as an address that holds it, for `![](…)`."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg.encode()).decode()}"


def _svg(chart: Chart) -> str:
    most = max([column.value for column in chart.columns] + [chart.limit or 0.0]) or 1.0
    size = f'width="{WIDTH:.0f}" height="{HEIGHT:.0f}" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" role="img">',
        f"<title>{escape(chart.title)}</title>",
        f'<rect width="100%" height="100%" fill="{_GROUND}"/>',
        _text(LEFT, 16, f"{chart.title} ({chart.unit})", 12),
    ]
    room = (WIDTH - 2 * LEFT) / max(1, len(chart.columns))
    every = -(-len(chart.columns) // MOST_LABELS)
    for place, column in enumerate(chart.columns):
        parts += _column(chart, column, LEFT + place * room, room, most, named=place % every == 0)
    if chart.limit is not None:
        y = _height(most - chart.limit, most) + TOP
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_LIMIT}" '
            'stroke-dasharray="6 4"/>'
        )
        parts.append(_text(WIDTH - LEFT, y - 3, f"{chart.limit_name} {_short(chart.limit)}", 10, "end", _LIMIT))
    return "".join([*parts, "</svg>"])


def _column(chart: Chart, column: Column, x: float, room: float, most: float, *, named: bool) -> list[str]:
    height = _height(column.value, most)
    over = chart.limit is not None and column.value >= chart.limit
    middle = x + room / 2
    name = f"<title>{escape(column.label)}: {_short(column.value)}</title>"
    box = f'x="{x + room * GAP / 2:.1f}" y="{TOP + _plot() - height:.1f}" width="{room * (1 - GAP):.1f}"'
    parts = [f'<rect {box} height="{height:.1f}" fill="{_OVER if over else _COLUMN}">{name}</rect>']
    if named:
        parts.append(_text(middle, HEIGHT - 18, column.label, 10, "middle"))
        parts.append(_text(middle, HEIGHT - 5, _short(column.value), 10, "middle"))
    return parts


def _plot() -> float:
    return HEIGHT - TOP - BOTTOM


def _height(value: float, most: float) -> float:
    return value / most * _plot()


def _short(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0").replace(",", " ")


def _text(x: float, y: float, said: str, size: int, anchor: str = "start", ink: str = _INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{ink}">{escape(said)}</text>'
