"""The runbook's reviews: one implementation behind assets, checklists and command. Reads only."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from zoho_pipeline.actions.opening import Environ, Opened, opened
from zoho_pipeline.alerts.settings import AlertSettings, DagsterStorageSettings, addresses
from zoho_pipeline.clock import Clock, SystemClock
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.reconciliation.closing.signing import one_moment
from zoho_pipeline.reviews.access import read_access
from zoho_pipeline.reviews.api_cost import Limits, read_api_cost, review_api_cost
from zoho_pipeline.reviews.dependencies import installed, known_faults
from zoho_pipeline.reviews.exposure import PLACES, RUN_LOGS, Exposed, scan
from zoho_pipeline.reviews.paper import Review
from zoho_pipeline.reviews.performance import read_performance, review_performance
from zoho_pipeline.reviews.security import Security, review_security
from zoho_pipeline.reviews.span import Span
from zoho_pipeline.reviews.weekly_sync import read_weekly_sync, review_weekly_sync
from zoho_pipeline.settings import DatabaseSettings, SettingsError, ZohoSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages


def weekly_sync(span: Span, environ: Environ, clock: Clock | None = None) -> Review:
    """The week's syncs, judged.

    Raises:
        Foreseen: here and below, when the settings, the database or its schema do not allow to look.
    """
    now = (clock or SystemClock()).now()
    with reading("read the week's syncs", environ) as (at, connection):
        week = read_weekly_sync(connection, at.shape, span, now)
    return review_weekly_sync(week, HealthSettings.load(environ))


def performance(span: Span, environ: Environ) -> Review:
    """The month's performance, judged."""
    with reading("read the month's performance", environ) as (at, connection):
        month = read_performance(connection, at.shape, span)
    return review_performance(month, HealthSettings.load(environ))


def api_cost(span: Span, environ: Environ) -> Review:
    """The month's calls to Zoho, judged."""
    with reading("read the month's calls", environ) as (_, connection):
        cost = read_api_cost(connection, span)
    zoho = ZohoSettings.load(environ)
    percent = HealthSettings.load(environ).api_day_percent
    return review_api_cost(cost, Limits(zoho.calls_per_minute, zoho.calls_per_day, percent))


def security(span: Span, environ: Environ, clock: Clock | None = None) -> Review:
    """The month's security, judged; places that cannot be scanned are told, and never a pass."""
    now = (clock or SystemClock()).now()
    secrets, ours = _secrets(environ), _ours(environ)
    with reading("review security", environ) as (_, connection):
        access = read_access(connection)
        exposed = [scan(connection, place, span, secrets, ours) for place in PLACES]
    unseen = []
    try:
        exposed.append(_run_logs(span, environ, secrets, ours))
    except Foreseen as error:
        unseen.append(f"{RUN_LOGS.name}: {error}")
    return review_security(Security(span, now, access, exposed, unseen, known_faults(installed())))


@contextmanager
def reading(attempted: str, environ: Environ) -> Iterator[tuple[Opened, Connection]]:
    """A checked database as it stands at one moment, to be read only.

    Raises:
        Foreseen: when the settings, the database or its schema do not allow it.
    """
    with opened(attempted, environ) as at, one_moment(at.engine) as connection:
        yield at, connection


def _run_logs(span: Span, environ: Environ, secrets: list[str], ours: list[str]) -> Exposed:
    """Dagster's own log of runs, which is in a database of its own."""
    storage = DagsterStorageSettings.load(environ)
    engine = open_engine(DatabaseSettings.model_validate({"url": storage.url}), connections=1)
    try:
        with telling_of_outages(engine, "read Dagster's run logs"), engine.connect() as connection:
            return scan(connection, RUN_LOGS, span, secrets, ours)
    finally:
        engine.dispose()


def _secrets(environ: Environ) -> list[str]:
    """Those in force, as they must stand nowhere; without Zoho's settings the database's alone."""
    password = make_url(DatabaseSettings.load(environ).url.get_secret_value()).password
    found = [password] if password else []
    try:
        zoho = ZohoSettings.load(environ)
    except SettingsError:
        return found
    found += [zoho.client_secret.get_secret_value(), zoho.refresh_token.get_secret_value()]
    if zoho.token_key is not None:
        found.append(zoho.token_key.get_secret_value())
    return found


def _ours(environ: Environ) -> list[str]:
    """Our own addresses, which are nobody's data."""
    alerts = AlertSettings.load(environ)
    contacts = (alerts.level_1_contact, alerts.level_2_contact, alerts.level_3_contact, alerts.mail_from or "")
    return [address for contact in contacts for address in addresses(contact)]
