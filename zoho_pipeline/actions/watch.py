"""The guard outside of Dagster, which it does not need: sees whether the daemon lives, and sends what is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zoho_pipeline.actions.incidents import Told, at_work, tell_with
from zoho_pipeline.alerts import daemon
from zoho_pipeline.alerts.connect import channels
from zoho_pipeline.alerts.incidents import observe
from zoho_pipeline.alerts.outage import Outage
from zoho_pipeline.alerts.settings import AlertSettings, DagsterStorageSettings
from zoho_pipeline.alerts.symptoms import Symptom
from zoho_pipeline.clock import Clock, SystemClock
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.settings import DatabaseSettings
from zoho_pipeline.store.database import open_engine


@dataclass(frozen=True)
class Watched:
    """What one look showed: what is amiss with Dagster, and what was told."""

    symptoms: Sequence[Symptom]
    told: Told

    @property
    def well(self) -> bool:
        """The daemon lives, and no channel failed."""
        return not self.symptoms and not self.told.delivered.failed

    def __str__(self) -> str:
        amiss = "; ".join(f"{each.title}: {each.cause}" for each in self.symptoms)
        return f"{amiss or 'Dagster lives'}. Messages: {self.told}."


@dataclass
class Watch:
    """Looks as often as it is told to, and remembers between looks when it could not use the database."""

    environ: Mapping[str, str] | None = None
    clock: Clock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        self._settings = AlertSettings.load(self.environ)
        self._outage = Outage(channels(self._settings, self.clock))

    def look(self) -> Watched:
        """Look once.

        Raises:
            Foreseen: when the ledger cannot be written; after two such looks people are told without it.
        """
        try:
            return self._looked()
        except Foreseen as error:
            self._outage.failed(str(error), self.clock.now())
            raise

    def _looked(self) -> Watched:
        with at_work("watch over Dagster", self.environ) as (engine, settings):
            now = self.clock.now()
            symptoms = self._symptoms(now)
            with engine.begin() as connection:
                self._outage.enter(connection, now)
                observe(connection, settings, daemon.SCOPE, symptoms, now)
            self._outage.over(now)
            return Watched(symptoms, tell_with(engine, settings, self.clock))

    def _symptoms(self, now: datetime) -> list[Symptom]:
        silence = timedelta(seconds=self._settings.daemon_silent_seconds)
        try:
            storage = DagsterStorageSettings.load(self.environ)
            engine = open_engine(DatabaseSettings.model_validate({"url": storage.url}), connections=1)
            try:
                return daemon.symptoms(daemon.read_life(engine), now, silence)
            finally:
                engine.dispose()
        except Foreseen as error:
            return [daemon.blind(str(error))]
