"""Whether Dagster lives, for the operations page: by its storage, read in the background."""

from dataclasses import dataclass
from datetime import timedelta

from zoho_pipeline.actions.opening import Environ
from zoho_pipeline.alerts.daemon import blind, read_life, symptoms
from zoho_pipeline.alerts.settings import AlertSettings, DagsterStorageSettings
from zoho_pipeline.clock import Clock, shown
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.settings import DatabaseSettings, SettingsError
from zoho_pipeline.store.database import open_engine

UNSET = "DAGSTER_POSTGRES_URL is missing or wrong here, so nobody can tell whether Dagster's daemon lives."


@dataclass(frozen=True)
class DagsterStanding:
    """What is known of it, in a sentence. `lives` is None where nobody can tell."""

    lives: bool | None
    said: str
    advice: str = ""


def read_dagster(environ: Environ, clock: Clock) -> DagsterStanding:
    """Look at the last signs of life. Takes as long as Dagster's storage lets one wait."""
    try:
        storage, alerts = DagsterStorageSettings.load(environ), AlertSettings.load(environ)
    except SettingsError:
        return DagsterStanding(None, UNSET)
    engine = open_engine(DatabaseSettings.model_validate({"url": storage.url}), connections=1)
    try:
        life = read_life(engine)
    except Foreseen as error:
        unseen = blind(str(error))
        return DagsterStanding(None, f"{unseen.title}: {unseen.cause}.", unseen.advice)
    finally:
        engine.dispose()
    for amiss in symptoms(life, clock.now(), timedelta(seconds=alerts.daemon_silent_seconds)):
        return DagsterStanding(False, f"{amiss.title}: {amiss.cause}.", amiss.advice)
    assert life.latest is not None
    return DagsterStanding(True, f"Dagster's daemon lives: its last sign of life was at {shown(life.latest)}.")
