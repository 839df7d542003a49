"""One look at the health of everything, the same for command, UI, mail and the daily checklist."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

from sqlalchemy import Connection, Engine

from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.clock import Clock, SystemClock
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.health.check import HealthReport
from zoho_pipeline.health.details import details
from zoho_pipeline.health.facts import Schema
from zoho_pipeline.health.keeping import changed, keep, kept_by, last_kept, note_mailed
from zoho_pipeline.health.looking import Looking, Wish
from zoho_pipeline.health.mailing import send_mail
from zoho_pipeline.health.registry import judged
from zoho_pipeline.health.rendering.mail import as_mail
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.settings import DatabaseSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages

Log = Callable[[str], None]


def read_health(
    environ: Mapping[str, str] | None,
    *,
    detailed: bool = False,
    ask_zoho: bool = True,
    run_id: str | None = None,
    log: Log = lambda sentence: None,
    clock: Clock | None = None,
    since_mailed: bool = False,
) -> HealthReport:
    """Look at everything, whatever is down: what cannot be looked at is a finding of its own.

    Costs four calls to Zoho at most, none where Zoho shall not be asked. The report is kept where that is possible, and
    its `changes` are those since the one before (the last one that was mailed, if `since_mailed`).

    Raises:
        SettingsError: when a threshold is wrong; nothing else.
    """
    settings, clock = HealthSettings.load(environ), clock or SystemClock()
    looking = Looking(environ, settings, Wish(detailed, ask_zoho, run_id), clock)
    try:
        facts = looking.facts()
        report = HealthReport(
            judged(facts, settings), facts.now, facts.missing, details=details(facts) if detailed else ()
        )
        if looking.engine is None or facts.schema != Schema(None):
            return report
        try:
            return _compared(looking.engine, report, run_id, settings, mailed=since_mailed)
        except Foreseen as error:
            log(f"The report could not be kept: {error}")
            return report
    finally:
        looking.close()


def health_found_by(run_id: str | None, environ: Mapping[str, str] | None) -> HealthReport | None:
    """What the run has found already, without looking, or asking Zoho, again; None where it has not looked.

    Raises:
        Foreseen: the database could not be asked.
    """
    if run_id is None:
        return None
    with _database(environ, "read the health report") as connection:
        return kept_by(connection, run_id)


def mail_report(report: HealthReport, environ: Mapping[str, str] | None, clock: Clock | None = None) -> tuple[str, ...]:
    """Mail it to operations, and note that: the next mail tells what has changed since. Their addresses.

    A database that is down keeps nobody from being told; then the note is missing.

    Raises:
        NotMailed: no mail server is set up, or it did not take the mail.
        SettingsError: a variable of the mail is wrong.
    """
    recipients = send_mail(AlertSettings.load(environ), clock or SystemClock(), as_mail(report))
    with suppress(Foreseen):
        _note_mailed(environ)
    return recipients


def _note_mailed(environ: Mapping[str, str] | None) -> None:
    with _database(environ, "note that the health report was mailed") as connection:
        note_mailed(connection)


@contextmanager
def _database(environ: Mapping[str, str] | None, what_for: str) -> Iterator[Connection]:
    engine = open_engine(DatabaseSettings.load(environ), connections=1)
    try:
        with telling_of_outages(engine, what_for), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _compared(
    engine: Engine, report: HealthReport, run_id: str | None, settings: HealthSettings, *, mailed: bool
) -> HealthReport:
    with telling_of_outages(engine, "keep the health report"), engine.begin() as connection:
        before = last_kept(connection, mailed=mailed)
        keep(connection, report, run_id, settings.kept_days)
    return replace(report, changes=changed(before, report.findings), compared_with=before.at if before else None)
