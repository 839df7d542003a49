"""The days: what happens is kept in order of time, and the product ticks in between, as often as there is need."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count

from simulation.kinds import Scene
from simulation.office import WORK_HOURS, Errand, Office
from simulation.operations import Operations
from simulation.plan import Fault, planned
from simulation.rounds import HOUR, Rounds
from simulation.sensors import Sensors, next_night
from simulation.stage import Stage
from simulation.troubles import Troubles
from simulation.witness import Witness
from zoho_pipeline.clock import JOHANNESBURG, local_date

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=1)
LONGEST_BY_NIGHT = timedelta(hours=3)
NIGHT = (18, 8)
SLOWER = 4
"""So many times longer each pause is as long as nothing moves."""
WHEN_DOWN = timedelta(minutes=15)
TROUBLES_A_DAY = 0.45
LAST_BACKFILL = timedelta(hours=4)
"""Before the end: what has changed since a person's last backfill goes with this one."""
CALM_DAYS = 3
"""Of each ten, the last ones have no troubles planted, so that whole days without any come about."""


@dataclass
class Simulation:
    """One run."""

    stage: Stage
    begins: datetime
    days: int
    seed: int
    now_and_then: Callable[["Simulation", date], None] = lambda simulation, day: None
    """Called at the end of each day."""
    faultless: bool = False
    """Nothing goes wrong, and every morning somebody looks at the health of everything."""
    active: list[Fault] = field(default_factory=list)
    struck: list[Fault] = field(default_factory=list)
    _events: list[tuple[datetime, int, Errand, bool]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.faults = [] if self.faultless else planned(self.begins, self.days, self._dice("faults"))
        self.rounds = Rounds(self.stage)
        self.witness = Witness(self.stage)
        self.sensors = Sensors(self.stage, self.witness.before_looking)
        self.office = Office(self.stage, self._dice("office"), self.zoho_is_well)
        self.troubles = Troubles(self.stage, self.office, self._dice("troubles"), self.later, self.zoho_is_well)
        self.operations = Operations(self.stage, self.sensors, self._dice("operations"))
        self.scene = Scene(self.stage, self.sensors)

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(days=self.days)

    def zoho_is_well(self) -> bool:
        """Whether people and the app can work in Zoho."""
        return not any(fault.kind.zoho for fault in self.active)

    def later(self, moment: datetime, errand: Errand) -> None:
        """Have it done at the moment, but for the database, which has to be up."""
        self._put(moment, errand, needs_database=True)

    def play(self) -> None:
        """All days."""
        self._plan()
        for backfill_at in (self.begins + timedelta(minutes=20), self.ends - LAST_BACKFILL):
            self.later(backfill_at, self.sensors.runs.materialise_all)
        step, today = SHORTEST, local_date(self.begins)
        try:
            before = self.witness.progress()
            while self.stage.clock.now() < self.ends:
                happened = self._do_what_is_due()
                self.sensors.tick()
                self.witness.after_tick()
                after = self.witness.progress()
                moved, before = happened or after != before, after
                step = SHORTEST if moved else min(step * SLOWER, self._longest())
                self.stage.at(self._next(step))
                if (day := local_date(self.stage.clock.now())) != today:
                    self.now_and_then(self, today)
                    today = day
        finally:
            self.sensors.close()

    def _plan(self) -> None:
        dice = self._dice("days")
        for number in range(self.days):
            day = local_date(self.begins) + timedelta(days=number)
            errands = [*self.office.day(day), *self.operations.day(day)]
            calm = number % 10 >= 10 - CALM_DAYS or number >= self.days - 2
            if self.faultless:
                errands.append((HOUR, self.rounds.look))
            elif not calm and dice.random() < TROUBLES_A_DAY:
                errands.append((dice.choice(WORK_HOURS), self.troubles.some()))
            for hour, errand in errands:
                moment = datetime(day.year, day.month, day.day, hour, tzinfo=JOHANNESBURG)
                if moment > self.begins:
                    self.later(moment, errand)
        for fault in self.faults:
            down = fault.kind.name == "database down"
            self._put(fault.begins, partial(self._strike, fault), needs_database=not down)
            self._put(fault.ends, partial(self._lift, fault), needs_database=not down)

    def _strike(self, fault: Fault) -> None:
        fault.kind.lay(self.scene)
        self.active.append(fault)
        self.struck.append(fault)

    def _lift(self, fault: Fault) -> None:
        fault.kind.lift(self.scene)
        self.active.remove(fault)

    def _put(self, moment: datetime, errand: Errand, needs_database: bool) -> None:
        heapq.heappush(self._events, (moment, next(self._order), errand, needs_database))

    def _do_what_is_due(self) -> bool:
        """Whether anything was."""
        happened = False
        while self._events and self._events[0][0] <= self.stage.clock.now():
            _, _, errand, needs_database = heapq.heappop(self._events)
            if needs_database and not self.stage.database_is_up:
                self._put(self.stage.clock.now() + WHEN_DOWN, errand, needs_database)
                continue
            errand()
            happened = True
        return happened

    def _next(self, step: timedelta) -> datetime:
        """The next tick: after the step, or with what happens before."""
        now = self.stage.clock.now()
        soonest = [now + step, next_night(now)]
        if self._events:
            soonest.append(self._events[0][0])
        return max(min(soonest), now)

    def _longest(self) -> timedelta:
        hour = self.stage.clock.now().astimezone(JOHANNESBURG).hour
        return LONGEST_BY_NIGHT if hour >= NIGHT[0] or hour < NIGHT[1] else LONGEST

    def _dice(self, for_what: str) -> random.Random:
        return random.Random(f"{self.seed} {for_what}")
