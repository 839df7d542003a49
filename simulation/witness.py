"""Who watches at every tick, by SQL and Zoho's ledger alone: what is amiss, what was opened, how many calls."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError

from simulation.stage import Stage
from zoho_pipeline.sandbox.sample.days import day_of

_ROW_KEY = re.compile(r"^(customers|subscriptions|invoices|payments) (parked|refused) \w+$")
_AMISS = """
    SELECT DISTINCT entity || ' ' || state || ' ' || coalesce(cause, 'unknown') AS key
    FROM zoho_pipeline.sync_records WHERE state IN ('parked', 'refused')
"""
_DOWN = "SELECT 1 FROM zoho_pipeline.api_budget WHERE outage_since IS NOT NULL"
_OPEN = "SELECT scope, key FROM zoho_pipeline.incidents WHERE cleared_at IS NULL"
_PROGRESS = """
    SELECT (SELECT count(*) FROM zoho_pipeline.api_calls), (SELECT max(id) FROM zoho_pipeline.incident_events),
           (SELECT count(*) FROM zoho_pipeline.messages WHERE sent_at IS NULL),
           (SELECT md5(string_agg(concat_ws(' ', entity, row_id, state, tries, doubt_looks), ','
            ORDER BY entity, row_id)) FROM zoho_pipeline.sync_records),
           (SELECT md5(string_agg(concat_ws(' ', outage_since, trial_since, cool_down_until), ','))
            FROM zoho_pipeline.api_budget)
"""
Amiss = frozenset[tuple[str, str]]


@dataclass
class Witness:
    """What was seen, tick by tick."""

    stage: Stage
    wrong: list[str] = field(default_factory=list)
    """What the incidents should have said and did not, or said and should not."""
    calls: list[tuple[datetime, int]] = field(default_factory=list)
    """How many calls the product made up to each tick since the one before."""
    answers: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    _amiss: Amiss | None = None
    _sequence: int = 0

    def before_looking(self) -> None:
        """Right before the observers look: what they must see."""
        self._amiss = None
        if self.stage.database_is_up:
            rows = {("rows", row.key) for row in self.stage.query(_AMISS)}
            down = {("zoho", "outage") for _ in self.stage.query(_DOWN)}
            self._amiss = frozenset(rows | down)

    def after_tick(self) -> None:
        """What is open now is what was amiss, and nothing else of these kinds; and the calls since."""
        self._count_calls()
        if self._amiss is None or not self.stage.database_is_up:
            return
        self.looks += 1
        told = {(row.scope, row.key) for row in self.stage.query(_OPEN)}
        told = {(scope, key) for scope, key in told if _ROW_KEY.match(key) or (scope, key) == ("zoho", "outage")}
        at = f"{self.stage.clock.now():%Y-%m-%d %H:%M}"
        self.wrong += [f"{at}: {scope} {key} is amiss and not open" for scope, key in self._amiss - told]
        self.wrong += [f"{at}: {scope} {key} is open and not amiss" for scope, key in told - self._amiss]
        self._amiss = None

    def progress(self) -> tuple[Any, ...] | None:
        """Changes with everything that the product does; None while its database is down."""
        try:
            return tuple(self.stage.query(_PROGRESS)[0]) if self.stage.database_is_up else None
        except OperationalError:
            return None

    def calls_by_day(self) -> dict[date, int]:
        """By days in Johannesburg."""
        days: defaultdict[date, int] = defaultdict(int)
        for moment, calls in self.calls:
            days[day_of(moment)] += calls
        return dict(days)

    def most_in_24_hours(self) -> int:
        """The most calls of any 24 hours in a row."""
        return max((sum(calls for _, calls in window) for window in self._windows()), default=0)

    def _windows(self) -> Iterator[list[tuple[datetime, int]]]:
        first = 0
        for last, (moment, _) in enumerate(self.calls):
            while self.calls[first][0] <= moment - timedelta(hours=24):
                first += 1
            yield self.calls[first : last + 1]

    def _count_calls(self) -> None:
        entries = self.stage.zoho.control.call("GET", f"ledger?since={self._sequence}")["entries"]
        if not entries:
            return
        self._sequence = entries[-1]["seq"]
        ours = [one for one in entries if not one["actor"] and one["path"].startswith("/billing")]
        self.answers.update(str(one["status"]) for one in ours)
        if ours:
            self.calls.append((self.stage.clock.now(), len(ours)))
