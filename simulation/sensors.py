"""One tick: what Dagster's sensors and schedules, and the guard beside it, do; the same functions, without Dagster.

Where defs/ adds something to these functions (a key is launched once), that is done here as it is there.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from simulation.runs import Runs
from simulation.stage import Stage
from zoho_pipeline.actions import incidents
from zoho_pipeline.actions.due import read_due
from zoho_pipeline.actions.forgetting import forget_old_records
from zoho_pipeline.actions.mended import mended_months
from zoho_pipeline.actions.unfinished import Span, read_open, spans_due
from zoho_pipeline.actions.watch import Watch
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import JOHANNESBURG, local_date
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.recovery.due import Due, Why

FORGET_JOB = "forget_old_records"
FORGETS_AT = time(3, 15)


@dataclass
class Counted:
    """How often was looked, for the report."""

    ticks: int = 0
    skipped: int = 0
    """Looks that ended in a sentence instead (Zoho or the database is down)."""


@dataclass
class Sensors:
    """All sensors, the nightly schedule, and `zoho-pipeline watch`."""

    stage: Stage
    before_looking: Callable[[], None]
    """Called right before rows are looked at for incidents: whoever checks them sees the same."""
    counted: Counted = field(default_factory=Counted)
    daemon_lives: bool = True
    _launched: set[str] = field(default_factory=set)
    _forgot_on: date | None = None

    def __post_init__(self) -> None:
        self.runs = Runs(self.stage)
        self._watch = Watch(self.stage.environ)
        self._side_by_side = ThreadPoolExecutor(len(Why), "sensor")

    def close(self) -> None:
        """End its threads."""
        self._side_by_side.shutdown()

    def tick(self) -> None:
        """Everybody looks once."""
        self.counted.ticks += 1
        if self.daemon_lives:
            if self.stage.database_is_up:
                self.stage.heartbeat()
            self._orderly(self._continue_unfinished)
            for due in self._side_by_side.map(self._due, Why):
                if due is not None and due.rows:
                    self._launch(due)
            self._orderly(self._show_mended)
            self._forget_at_night()
            self.before_looking()
            list(self._side_by_side.map(self._orderly, self._observers()))
            self._orderly(lambda: incidents.tell(self._environ))
        self._orderly(self._watch.look)

    def _observers(self) -> list[Callable[[], object]]:
        return [
            self._note_runs,
            lambda: incidents.observe("checks", self.runs.failed_checks, self._environ),
            lambda: incidents.note_rows(self._environ),
            lambda: incidents.note_zoho(self._environ),
        ]

    @property
    def _environ(self) -> dict[str, str]:
        return self.stage.environ

    def _orderly(self, look: Callable[[], object]) -> None:
        """As a sensor's tick does it: what was foreseen is said, and the next tick looks again."""
        try:
            look()
        except Foreseen:
            self.counted.skipped += 1

    def _due(self, why: Why) -> Due | None:
        try:
            return read_due(why, self._environ)
        except Foreseen:
            self.counted.skipped += 1
            return None

    def _continue_unfinished(self) -> None:
        left_open, now = read_open(self._environ)
        for span in spans_due(left_open, now):
            if self._is_new(_key(span)):
                self.runs.materialise(span.entities, _months(span))

    def _launch(self, due: Due) -> None:
        if self._is_new(due.key):
            self.runs.urgently(due)

    def _show_mended(self) -> None:
        found = mended_months(self.runs.red, self._environ)
        incidents.note_mended(found, self._environ)
        for cell in found:
            del self.runs.red[cell]

    def _note_runs(self) -> None:
        if self.runs.ended:
            incidents.note_runs(self.runs.ended, self._environ)
            self.runs.ended.clear()

    def _forget_at_night(self) -> None:
        now = self.stage.clock.now()
        today = local_date(now)
        if self._forgot_on == today or now.astimezone(JOHANNESBURG).time() < FORGETS_AT:
            return
        failure = None
        try:
            forget_old_records(self._environ)
        except Foreseen as error:
            failure = error
        self._forgot_on = today
        self.runs.end(self.runs.run_id(), FORGET_JOB, FORGET_JOB, failure)

    def _is_new(self, key: str) -> bool:
        """Dagster launches a run's key once."""
        new = key not in self._launched
        self._launched.add(key)
        return new


def _key(span: Span) -> str:
    return f"{'+'.join(span.entities)} {span.first}..{span.last} {span.resumes_at.isoformat()}"


def _months(span: Span) -> list[Month]:
    months = [span.first]
    while months[-1] < span.last:
        months.append(months[-1].plus(1))
    return months


def next_night(now: datetime) -> datetime:
    """When the schedule is due next."""
    local = now.astimezone(JOHANNESBURG)
    tonight = datetime.combine(local.date(), FORGETS_AT, JOHANNESBURG)
    return tonight if local < tonight else tonight + timedelta(days=1)
