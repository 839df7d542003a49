"""What the practice world asks of a running Dagster, over its GraphQL interface."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.sandbox import dagster_queries as queries

ENDED = frozenset({"SUCCESS", "FAILURE", "CANCELED"})
TIMEOUT_SECONDS = 30
POOL, POOL_SLOTS = "zoho_api", 2
"""Bulk runs at a time, as in dagster.yaml."""


class DagsterRefused(Foreseen):
    """Dagster answered, and would not do what was asked."""


@dataclass(frozen=True)
class MonthDone:
    """What a run has reported of one kind's month."""

    entity: Entity
    month: str
    materialized: bool
    values: Mapping[str, Any]


@dataclass
class DagsterClient:
    """Asks the web server at this address."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False  # no proxy stands between this machine and itself

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The answer's data.

        Raises:
            DagsterRefused: when GraphQL says that the question is wrong.
        """
        answer = self.session.post(
            f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=TIMEOUT_SECONDS
        )
        answer.raise_for_status()
        body = answer.json()
        if body.get("errors"):
            raise DagsterRefused(f"Dagster refused a question: {body['errors'][0]['message']}")
        data: dict[str, Any] = body["data"]
        return data

    def ready(self) -> bool:
        """Whether the web server answers and has loaded the code.

        Raises:
            DagsterRefused: when the code cannot be loaded.
        """
        try:
            entries = self.ask(queries.LOCATIONS)["workspaceOrError"].get("locationEntries", [])
        except requests.RequestException:
            return False
        for entry in entries:
            outcome = entry["locationOrLoadError"] or {}
            if outcome.get("__typename") == "PythonError" and "UNAVAILABLE" not in outcome["message"]:
                raise DagsterRefused(f"Dagster cannot load the code: {outcome['message']}")
        return any((entry["locationOrLoadError"] or {}).get("__typename") == "RepositoryLocation" for entry in entries)

    def make_pool_known(self) -> None:
        """Before its first run: else Dagster lets those that are queued beside that one pass."""
        self.ask(queries.SET_POOL, pool=POOL, slots=POOL_SLOTS)

    def partition_keys(self, entity: Entity) -> list[str]:
        """The months of the kind."""
        keys: list[str] = self._node(entity)["partitionKeys"]
        return keys

    def partition_counts(self, entity: Entity) -> dict[str, int]:
        """How many months are `numMaterialized`, `numFailed`, `numMaterializing`, of `numPartitions`."""
        counts: dict[str, int] = self._node(entity)["partitionStats"]
        return counts

    def launch_backfill(
        self, entities: Sequence[Entity] = PARENTS_FIRST, months: Sequence[str] | None = None, title: str = "Backfill"
    ) -> str:
        """Launch a backfill of these kinds and months (None: all of them); its id."""
        params: dict[str, Any] = {
            "assetSelection": [{"path": ["zoho", kind.value]} for kind in entities],
            "title": title,
        }
        params |= {"allPartitions": True} if months is None else {"partitionNames": list(months)}
        answer = self.ask(queries.LAUNCH, params=params)["launchPartitionBackfill"]
        if answer["__typename"] != "LaunchBackfillSuccess":
            raise DagsterRefused(f"Dagster did not launch the backfill: {answer.get('message', answer['__typename'])}")
        backfill_id: str = answer["backfillId"]
        return backfill_id

    def runs(self, backfill_id: str) -> dict[str, str]:
        """The backfill's runs so far: status by run id."""
        answer = self.ask(queries.RUNS, tags=[{"key": "dagster/backfill", "value": backfill_id}])["runsOrError"]
        return {run["runId"]: run["status"] for run in answer.get("results", [])}

    def follow(self, backfill_id: str, expected: int, patience: Callable[[], None]) -> Iterator[MonthDone]:
        """Each month as the backfill's runs report it, until they have all ended.

        `expected` says how many months of kinds there are to come; where the runs end with fewer, the backfill's own
        end is waited for, since it may be about to launch another run. `patience` is called while nothing comes.
        """
        cursors: dict[str, str | None] = {}
        seen = 0
        while True:
            runs, over = self.runs(backfill_id), self._over(backfill_id)  # both before the events: none is missed
            for run_id in runs:
                for event in self._events(run_id, cursors):
                    if event["__typename"] in ("MaterializationEvent", "ObservationEvent"):
                        seen += 1
                        yield _month_done(event)
            if set(runs.values()) <= ENDED and (over or (runs and seen >= expected)):
                return
            patience()
            time.sleep(0.3)

    def why_failed(self, backfill_id: str) -> list[str]:
        """What the backfill's runs said when they failed."""
        return [
            event["error"]["message"].strip()
            for run_id in self.runs(backfill_id)
            for event in self._events(run_id, {})
            if event["__typename"] == "ExecutionStepFailureEvent" and event["error"]
        ]

    def _over(self, backfill_id: str) -> bool:
        """Whether the backfill launches no more runs."""
        answer = self.ask(queries.BACKFILL, id=backfill_id)["partitionBackfillOrError"]
        return answer.get("status") not in ("REQUESTED", "CANCELING", "FAILING", None)

    def _events(self, run_id: str, cursors: dict[str, str | None]) -> Iterator[dict[str, Any]]:
        """The run's events after its cursor, which moves along."""
        more = True
        while more:
            answer = self.ask(queries.EVENTS, run=run_id, after=cursors.get(run_id))["logsForRun"]
            cursors[run_id], more = answer.get("cursor", cursors.get(run_id)), answer.get("hasMore", False)
            yield from answer.get("events", [])

    def _node(self, entity: Entity) -> dict[str, Any]:
        node: dict[str, Any] = self.ask(queries.PARTITIONS, key={"path": ["zoho", entity.value]})["assetNodeOrError"]
        if node["__typename"] != "AssetNode":
            raise DagsterRefused(f"Dagster knows no asset zoho/{entity}.")
        return node


def _month_done(event: Mapping[str, Any]) -> MonthDone:
    values = {}
    for entry in event["metadataEntries"]:
        known = [entry[name] for name in ("intValue", "floatValue", "text", "boolValue") if name in entry]
        if known:
            values[entry["label"]] = known[0]
    return MonthDone(
        Entity(event["assetKey"]["path"][-1]), event["partition"], event["__typename"] == "MaterializationEvent", values
    )
