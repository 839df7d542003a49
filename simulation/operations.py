"""The person on call: backfills in the morning, takes incidents on or not, retries, approves cancellations."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from simulation.sensors import Sensors
from simulation.stage import Stage
from zoho_pipeline.actions import cancellations, incidents
from zoho_pipeline.actions.retry import Choice, retry
from zoho_pipeline.causes import Cause
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.workdays import is_workday

NAME = "Zanele"
TAKES_ON = 0.6
"""Of the incidents that are open when the person looks."""
RETRIED = (Cause.ZOHO_ERROR, Cause.DATABASE, Cause.UNKNOWN, Cause.NOT_FOUND_IN_ZOHO)


@dataclass
class Operations:
    """What a person does with the product, by the runbook."""

    stage: Stage
    sensors: Sensors
    dice: random.Random
    taken_on: int = 0
    retried: int = 0
    approved: int = 0

    def day(self, day: date) -> list[tuple[int, Callable[[], None]]]:
        """The hours of a day, and what is done then; at weekends nobody is there."""
        if not is_workday(day):
            return []
        return [(9, self.look_at_incidents), (9, self.retry_parked), (9, self.backfill), (15, self.look_at_incidents)]

    def backfill(self) -> None:
        """All kinds and months, in Dagster."""
        if self.sensors.daemon_lives:
            _unless_it_cannot_be(self.sensors.runs.materialise_all)

    def look_at_incidents(self) -> None:
        """Take some of them on."""
        _unless_it_cannot_be(self._take_on)

    def retry_parked(self) -> None:
        """Retry what no correction mends, and approve the cancellations that are listed."""
        _unless_it_cannot_be(self._retry)
        _unless_it_cannot_be(self._approve)

    def _take_on(self) -> None:
        for incident in incidents.listed(self.stage.environ):
            if incident.acknowledged_at is None and self.dice.random() < TAKES_ON:
                incidents.acknowledge(incident.id, NAME, self.stage.environ)
                self.taken_on += 1

    def _retry(self) -> None:
        for cause in RETRIED:
            choice = Choice(cause=cause, older_than=timedelta(hours=2))
            self.retried += len(retry(choice, NAME, self.stage.environ, lambda sentence: None).rows)

    def _approve(self) -> None:
        waiting = [entry.id for entry in cancellations.listed(self.stage.environ) if entry.approved_at is None]
        if waiting:
            self.approved += len(cancellations.approve(waiting, NAME, self.stage.environ))


def _unless_it_cannot_be(do: Callable[[], None]) -> None:
    """A person who reads that Zoho or the database is down comes back another day."""
    try:
        do()
    except Foreseen:
        return
