"""The page itself: one file with its styles and charts inside, and nothing that a browser would have to fetch."""

from datetime import datetime
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from zoho_pipeline.clock import shown
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.reconciliation.controls import CURRENCY
from zoho_pipeline.reconciliation.report.view import DEAREST, PLOT_HEIGHT, PLOT_WIDTH, amount, count, view
from zoho_pipeline.reconciliation.statement import RULES, Statement, versions

TEMPLATES = "templates"


def write_report(path: Path, statement: Statement) -> None:
    """Write the page there.

    Raises:
        OSError: when it cannot be written.
    """
    path.write_text(page(statement), encoding="utf-8")


def page(statement: Statement) -> str:
    """The page."""
    of = Environment(
        loader=PackageLoader(__package__, TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    of.filters.update(money=amount, count=count, moment=_moment)
    styles = (resources.files(__package__) / TEMPLATES / "report.css").read_text(encoding="utf-8")
    return of.get_template("report.html").render(
        styles=Markup(styles),
        view=view(statement),
        statement=statement,
        books=statement.books,
        cover=statement.cover,
        kinds=PARENTS_FIRST,
        rand=CURRENCY,
        rules=RULES,
        versions=versions(),
        plot=(PLOT_WIDTH, PLOT_HEIGHT),
        dearest_shown=DEAREST,
    )


def _moment(at: datetime | None) -> str:
    return shown(at) if at else "not yet"
