"""Asset checks whose latest evaluation failed, read from Dagster's instance."""

from collections.abc import Iterator, Sequence

import dagster as dg
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecord,
    AssetCheckExecutionRecordStatus,
)

from zoho_pipeline.alerts.symptoms import Sign, Symptom

EVALUATED = {AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED}
INTEGRITY = frozenset({"nothing_stands_twice", "no_duplicate_customers"})
"""Checks whose failure means that records contradict each other, which is for the development team."""
FOUND = "found"
"""The metadata in which a check says how many rows it found."""


def failed_checks(instance: dg.DagsterInstance, keys: Sequence[dg.AssetCheckKey]) -> list[Symptom]:
    """A symptom for each whose latest evaluation failed with severity ERROR; a warning is none."""
    return [
        _symptom(evaluation)
        for evaluation in _evaluations(instance, keys)
        if not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR
    ]


def _evaluations(instance: dg.DagsterInstance, keys: Sequence[dg.AssetCheckKey]) -> Iterator[dg.AssetCheckEvaluation]:
    storage = instance.event_log_storage
    for key, latest in storage.get_latest_asset_check_execution_by_key(keys).items():
        record: AssetCheckExecutionRecord | None = latest
        if latest.status not in EVALUATED:  # a run is at it, or ended before it: what was seen before stands
            record = next(iter(storage.get_asset_check_execution_history(key, limit=1, status=EVALUATED)), None)
        if record and record.event and record.event.dagster_event:
            yield record.event.dagster_event.asset_check_evaluation_data


def _symptom(evaluation: dg.AssetCheckEvaluation) -> Symptom:
    asset = evaluation.asset_key.to_user_string()
    found = evaluation.metadata.get(FOUND)
    return Symptom(
        key=f"{asset}: {evaluation.check_name}",
        title=f"The check {evaluation.check_name} of {asset} has failed",
        cause=evaluation.description or "unknown",
        advice=f"See the tab Checks of {asset} in Dagster, and mend what it shows; the incident clears when the check "
        "passes.",
        rows=found.value if isinstance(found, dg.IntMetadataValue) and found.value else 0,
        signs=frozenset({Sign.DATA_INTEGRITY}) if evaluation.check_name in INTEGRITY else frozenset(),
    )
