"""Templates into pages, and the files that browsers fetch: styles, a script, a mark."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from zoho_pipeline.clock import shown
from zoho_pipeline.reconciliation import report
from zoho_pipeline.reconciliation.report.page import TEMPLATES
from zoho_pipeline.reconciliation.report.view import amount, count


@dataclass(frozen=True)
class Asset:
    """A file that browsers fetch once, and again when it is another."""

    content: bytes
    media_type: str

    @property
    def version(self) -> str:
        """Tells one content from another."""
        return hashlib.sha256(self.content).hexdigest()[:16]


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page."""
    return HTMLResponse(_templates().get_template(template).render(values), status)


@cache
def assets() -> Mapping[str, Asset]:
    """By name; the styles begin with those of the month's report, so that both look alike."""
    own = resources.files(__package__) / "assets"
    styles = (resources.files(report) / TEMPLATES / "report.css", own / "pages.css", own / "operations.css")
    return {
        "pages.css": Asset(b"".join(each.read_bytes() for each in styles), "text/css"),
        "mark.svg": Asset((own / "mark.svg").read_bytes(), "image/svg+xml"),
        "pages.js": Asset((own / "pages.js").read_bytes(), "text/javascript"),
        "operations.js": Asset((own / "operations.js").read_bytes(), "text/javascript"),
    }


@cache
def _templates() -> Environment:
    of = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    of.filters.update(money=amount, count=count, moment=_moment, plain=_plain)
    of.globals["asset"] = _asset
    return of


def _asset(name: str) -> str:
    return f"/assets/{name}?v={assets()[name].version}"


def _moment(at: datetime | None) -> str:
    return shown(at) if at else "never"


def _plain(word: str | None) -> str:
    """A word of the database as people write it."""
    return (word or "").replace("_", " ")
