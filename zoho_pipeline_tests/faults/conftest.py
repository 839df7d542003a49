"""What the runs of the campaign are played on, and runs that went well, to plant something wrong in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from faults.crew import PATIENCE_SECONDS
from faults.plan import ENTITIES, planned
from faults.playing import prepared
from faults.scene import Scene
from faults.stage import Stage, opened, running_stage

GoneWell = Callable[[str], AbstractContextManager[Scene]]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A server, a practice Zoho and a fork server for workers."""
    with running_stage() as made:
        yield made


@dataclass
class Played:
    """Runs without any fault, played once for each kind of record and copied for each test."""

    stage: Stage
    _kept: dict[str, tuple[Scene, Any]] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @contextmanager
    def copied(self, entity: str) -> Iterator[Scene]:
        """A copy of the run's database and Zoho, at its end."""
        if entity not in self._kept:
            self._kept[entity] = self._play(entity)
        scene, state = self._kept[entity]
        name = f"copy_{next(self._numbers)}"
        engine = opened(self.stage.server.create_database(name, f"clean_{entity}"))
        self.stage.zoho.control.call("PUT", "state", state)
        self.stage.zoho.control.call("POST", "limits/reset", {})  # tokens count, and every copy takes some
        self.stage.zoho.people.sign_in()
        try:
            url = engine.url.render_as_string()
            environ = scene.environ | {"CIRCLETEL_DATABASE_URL": url}
            yield replace(scene, engine=engine, environ=environ, workers=[], reports=self.stage.reports(), notes=[])
        finally:
            engine.dispose()
            self.stage.server.drop_database(name)

    def _play(self, entity: str) -> tuple[Scene, Any]:
        with prepared(self.stage, planned(1, 11, ["no fault, one worker"], entity)) as scene:
            for _ in range(2):
                (worker,) = scene.start(1, ENTITIES)
                worker.process.join(PATIENCE_SECONDS)
            scene.engine.dispose()
            self.stage.server.create_database(f"clean_{entity}", scene.engine.url.database)
            return scene, self.stage.zoho.control.call("GET", "state")


@pytest.fixture(scope="module")
def gone_well(stage: Stage) -> GoneWell:
    """`gone_well("invoices")` is a run that went well, at its end."""
    return Played(stage).copied
