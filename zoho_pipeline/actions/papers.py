"""A month's workbook and report, made of its latest comparison and put where finance finds them."""

import os
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from zoho_pipeline.actions.opening import Environ, opened
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.health.variables import Standing as VariableStanding
from zoho_pipeline.health.variables import variables
from zoho_pipeline.reconciliation.closing.signing import one_moment
from zoho_pipeline.reconciliation.closing.states import Standing
from zoho_pipeline.reconciliation.closing.trail import read_trail
from zoho_pipeline.reconciliation.publishing import Published, ReportSettings, publish
from zoho_pipeline.reconciliation.reading import read_month
from zoho_pipeline.reconciliation.statement import Cover, Statement
from zoho_pipeline.reconciliation.trend import read_trend
from zoho_pipeline.settings import environment


class NeverCompared(Foreseen):
    """A month of which there is nothing to put on paper."""


def publish_months(months: Sequence[Month], environ: Environ) -> Iterator[tuple[Month, Published]]:
    """Make both papers of each month, oldest first.

    Raises:
        NeverCompared: a month was never compared.
        Foreseen: when the settings, the database or the place do not allow it.
    """
    place = ReportSettings.load(environ).reports_url
    with opened("publish a reconciliation", environ) as at:
        for month in sorted(set(months)):
            with one_moment(at.engine) as connection:
                statement = _statement(connection, month, environ)
            yield month, publish(statement, place)


def _statement(connection: Connection, month: Month, environ: Environ) -> Statement:
    books = read_month(connection, month)
    if not books.as_of:
        raise NeverCompared(
            f"{month} was never compared: `zoho-pipeline reconcile --month {month} --refresh` does that."
        )
    trail = read_trail(connection)
    cover = Cover.of(trail.months.get(month, Standing(month)), trail.head.printed)
    return Statement(books, SystemClock().now(), cover, read_trend(connection, month), _settings(environ))


def _settings(environ: Environ) -> dict[str, str]:
    """What was in force beside the defaults; values of secrets are not shown."""
    known = variables(environment(os.environ if environ is None else environ))
    return {each.name: each.shown for each in known if each.standing is VariableStanding.SET}
