"""Launching the job `sync_urgently` for single rows in the Dagster beside, over its GraphQL, and asking for its end.

Imports no Dagster: what is asked is what its own pages ask. Checked against dagster 1.13.
"""

from collections.abc import Mapping
from typing import Any

import requests

from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen

JOB, STEP = "sync_urgently", "zoho_billing_urgently"
ASKED_BY = "zoho_pipeline/asked_by"
"""The tag that names who has asked for the run."""
TIMEOUT_SECONDS = 10
ENDED = frozenset({"SUCCESS", "FAILURE", "CANCELED"})
_JOBS = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } jobs { name } } } } }"
_LAUNCH = """
mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}"""
_STATUS = "query Status($id: ID!) { runOrError(runId: $id) { __typename ... on Run { status } } }"


class DagsterAway(Foreseen):
    """Dagster's web server does not answer, or would not do what was asked."""


def launch(url: str, rows: Mapping[Entity, frozenset[str]], by: str) -> str:
    """Launch an urgent run for exactly these rows; its id. Dagster's queue starts it.

    Raises:
        DagsterAway: when it was not launched, or nobody can tell whether it was.
    """
    only = {entity.value: sorted(ids) for entity, ids in rows.items()}
    params = {
        "selector": _selector(url),
        "runConfigData": {"ops": {STEP: {"config": {"months": [], "only": only}}}},
        "executionMetadata": {"tags": [{"key": ASKED_BY, "value": by}]},
    }
    answer = _ask(url, _LAUNCH, params=params)["launchRun"]
    if answer["__typename"] != "LaunchRunSuccess":
        raise DagsterAway(f"Dagster did not launch the run ({answer['__typename']})")
    run_id: str = answer["run"]["runId"]
    return run_id


def status(url: str, run_id: str) -> str:
    """How the run stands, in Dagster's word: QUEUED, STARTED, SUCCESS …

    Raises:
        DagsterAway: when Dagster does not tell.
    """
    answer = _ask(url, _STATUS, id=run_id)["runOrError"]
    if answer["__typename"] != "Run":
        raise DagsterAway(f"Dagster does not know the run {run_id}")
    told: str = answer["status"]
    return told


def _selector(url: str) -> dict[str, str]:
    nodes = _ask(url, _JOBS)["repositoriesOrError"].get("nodes", [])
    for node in nodes:
        if any(job["name"] == JOB for job in node["jobs"]):
            return {"repositoryLocationName": node["location"]["name"], "repositoryName": node["name"], "jobName": JOB}
    raise DagsterAway(f"Dagster has no job {JOB} (its code may not load)")


def _ask(url: str, query: str, **variables: Any) -> dict[str, Any]:
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy stands between the pages and Dagster
            question = {"query": query, "variables": variables}
            answer = session.post(f"{url}/graphql", json=question, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        body = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise DagsterAway(f"Dagster's web server does not answer ({type(error).__name__})") from error
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or body.get("errors"):
        raise DagsterAway("Dagster's web server answers, and refuses the question")
    return data
