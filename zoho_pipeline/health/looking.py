"""Looking at everything, whatever is down: a part that cannot be read says why, and never stands as well."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine

from zoho_pipeline.alerts.daemon import read_life
from zoho_pipeline.alerts.settings import AlertSettings, DagsterStorageSettings
from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.shape import Shape, TablesMissing, read_shape
from zoho_pipeline.clock import Clock, local_date
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import guard_database, guard_zoho
from zoho_pipeline.health import reading
from zoho_pipeline.health.asking import ask_zoho
from zoho_pipeline.health.facts import Api, Asked, Dagster, Database, Facts, Log, NotSeen, Schema, Switches, Zoho
from zoho_pipeline.health.reading_rows import read_recent, read_standing
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.health.standing import Standing
from zoho_pipeline.recovery.duplicates import Duplicate, find_duplicates
from zoho_pipeline.settings import DatabaseSettings, SyncSettings, ZohoSettings
from zoho_pipeline.store.database import open_engine, place, telling_of_outages
from zoho_pipeline.store.migrate import MigrationMissing, require_current

CONNECTIONS = len(PARENTS_FIRST) + 2
"""One for each kind, for what stands twice, and for everything else: what is large is read side by side."""
LOOK = "look at its health"
Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Wish:
    """How closely to look."""

    detailed: bool = False
    ask_zoho: bool = True
    run_id: str | None = None


@dataclass
class Looking:
    """One look. Where the database, or its schema, is found not to be there, the parts in it are not tried."""

    environ: Mapping[str, str] | None
    settings: HealthSettings
    wish: Wish
    clock: Clock
    engine: Engine | None = None
    _shape: Shape | None = None
    _without_database: str | None = None
    _without_schema: str | None = None
    _own: list[Engine] = field(default_factory=list)

    def facts(self) -> Facts:
        """Everything. Zoho is asked first, so that what the tables say of the token is as of now."""
        switches = self._part(self._switches)
        database = self._database()
        schema = self._part(self._schema)
        zoho = self._zoho() if self.wish.ask_zoho else None
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            rows = {entity: pool.submit(self._part, lambda e=entity: self._standing(e)) for entity in PARENTS_FIRST}
            duplicates = pool.submit(self._part, lambda: self._read(self._duplicates))
            return Facts(
                switches=switches,
                database=database,
                schema=schema,
                zoho=zoho,
                log=self._part(lambda: self._log()),
                recent=self._part(lambda: self._read(read_recent)),
                mirror=self._part(lambda: self._read(reading.read_mirror)),
                api=self._part(lambda: self._read(self._api)),
                incidents=self._part(lambda: self._read(reading.read_incidents)),
                dagster=self._part(self._dagster),
                duplicates=duplicates.result(),
                standing=_all_of({entity: running.result() for entity, running in rows.items()}),
                now=self.clock.now(),
            )

    def close(self) -> None:
        """Hang up."""
        for engine in self._own:
            engine.dispose()

    def _part(self, read: Callable[[], Seen]) -> Seen | NotSeen:
        try:
            return read()
        except Foreseen as error:
            return NotSeen(" ".join(str(error).split()))

    def _read(self, read: Callable[[Connection], Seen]) -> Seen:
        """From the pipeline's own schema."""
        if self._without_schema is not None:
            raise Foreseen(self._without_schema)
        return self._read_database(read)

    def _read_database(self, read: Callable[[Connection], Seen]) -> Seen:
        if self._without_database is not None or self.engine is None:
            raise Foreseen(self._without_database or "The database was not reached.")
        with telling_of_outages(self.engine, LOOK), self.engine.connect() as connection:
            reading.calmly(connection)
            return read(connection)

    # The parts

    def _switches(self) -> Switches:
        sync = SyncSettings.load(self.environ)
        return Switches(sync.writes, sync.paused)

    def _database(self) -> Database:
        """What keeps it from being used also says why nothing in it could be looked at."""
        try:
            sync = SyncSettings.load(self.environ)
            self.engine = open_engine(DatabaseSettings.load(self.environ), connections=CONNECTIONS)
            self._own.append(self.engine)
            self._read_database(lambda connection: guard_database(sync, connection))
        except Foreseen as error:
            self.engine, self._without_database = None, " ".join(str(error).split())
            self._without_schema = self._without_database
            return Database(reachable=False, sentence=self._without_database)
        missing = self._part(lambda: self._read_database(self._look_at_shape))
        used = self._part(lambda: self._read_database(reading.read_connections))
        most = (0, 0) if isinstance(used, NotSeen) else used
        reason = missing.reason if isinstance(missing, NotSeen) else None
        return Database(True, f"{place(self.engine)} answers and has CircleTel's tables.", reason, *most)

    def _look_at_shape(self, connection: Connection) -> None:
        self._shape = read_shape(connection)

    def _schema(self) -> Schema:
        try:
            self._read_database(require_current)
        except MigrationMissing as error:
            self._without_schema = str(error)
            return Schema(str(error))
        return Schema(None)

    def _zoho(self) -> Zoho:
        try:
            zoho = ZohoSettings.load(self.environ)
            guard_zoho(SyncSettings.load(self.environ), zoho)
            return ask_zoho(zoho, None if self._without_schema else self.engine, self.clock, self.wish.run_id)
        except Foreseen as error:
            reason = " ".join(str(error).split())
            not_seen = NotSeen(f"Not asked: {reason}")
            return Zoho(Asked(reason), not_seen, not_seen, not_seen)

    def _shaped(self) -> Shape:
        if self._shape is None:
            raise TablesMissing("CircleTel's tables are not all there.")
        return self._shape

    def _log(self) -> Log:
        """What its constraints refuse is told before our migration too."""
        shape = self._shape
        if self._without_schema is not None and shape is not None and self._without_database is None:
            return Log(tuple(entity for entity in PARENTS_FIRST if entity not in shape.logged), shape.log_details)
        return self._read(lambda connection: reading.read_log(connection, self._shaped()))

    def _standing(self, entity: Entity) -> Standing:
        sync = SyncSettings.load(self.environ)
        months = OpenMonths.until(Month.parse(sync.first_month), local_date(self.clock.now()))
        ends_at: datetime = months.last.plus(1).starts_at
        return self._read(lambda on: read_standing(on, entity, self._shaped(), self.settings, ends_at))

    def _duplicates(self, connection: Connection) -> dict[Entity, tuple[Duplicate, ...]]:
        """Of customers, as the runbook has it; the other kinds are looked at after every run (nothing_stands_twice)."""
        return {Entity.CUSTOMERS: tuple(find_duplicates(connection, [Entity.CUSTOMERS]))}

    def _api(self, connection: Connection) -> Api:
        return reading.read_api(connection, ZohoSettings.load(self.environ), detailed=self.wish.detailed)

    def _dagster(self) -> Dagster:
        alerts = AlertSettings.load(self.environ)
        url = DagsterStorageSettings.load(self.environ).url
        engine = open_engine(DatabaseSettings.model_validate({"url": url}), connections=1)
        self._own.append(engine)
        return Dagster(read_life(engine), self.clock.now(), timedelta(seconds=alerts.daemon_silent_seconds))


def _all_of(parts: Mapping[Entity, Standing | NotSeen]) -> Mapping[Entity, Standing] | NotSeen:
    for part in parts.values():
        if isinstance(part, NotSeen):
            return part
    return {entity: part for entity, part in parts.items() if isinstance(part, Standing)}
