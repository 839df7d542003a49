"""How a review or a checklist becomes an asset: materialized for each partition, with its targets as checks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg

from zoho_pipeline.actions import checklists
from zoho_pipeline.defs.review_results import (
    NOTHING_LEFT,
    checklist_metadata,
    nothing_left,
    review_metadata,
    target_results,
)
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.reviews.checklist import Checklist
from zoho_pipeline.reviews.paper import Review

GROUP = "reviews"
OWNER = "operations@circletel.co.za"
AFTER_ALL, LAST_OF_ALL = "-1", "-2"
Environ = dict[str, str] | None
Partitions = dg.PartitionsDefinition[str]
Event = dg.AssetMaterialization | dg.AssetCheckResult


def key_of(name: str) -> dg.AssetKey:
    """`reviews/weekly_sync`"""
    return dg.AssetKey([GROUP, name])


@dataclass(frozen=True)
class Shown:
    """What the UI says of an asset: its name, what it is, the runbook's rows, and its partitions."""

    name: str
    description: str
    rows: str
    partitions: Partitions | None

    @property
    def key(self) -> dg.AssetKey:
        return key_of(self.name)


def review_asset(of: Shown, targets: Mapping[str, str], read: Callable[[str], Review]) -> dg.AssetsDefinition:
    """The asset of a review, and its targets as checks."""

    @dg.multi_asset(
        name=of.name,
        specs=[_spec(of, {"postgres", "sql"})],
        check_specs=_checks(of, targets),
        can_subset=True,
        op_tags={"dagster/priority": AFTER_ALL},
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def reviewed(context: dg.AssetExecutionContext) -> Iterator[Event]:
        for partition in _partitions(context, of):
            try:
                found = read(partition)
            except Foreseen as error:
                raise dg.Failure(description=str(error), allow_retries=False) from None
            yield dg.AssetMaterialization(of.key, partition=partition, metadata=review_metadata(found))
            yield from _checked(context, of, partition, target_results(found))

    return reviewed


def checklist_asset(
    of: Shown, environ: Environ, make: Callable[[dg.AssetExecutionContext, str], Checklist]
) -> dg.AssetsDefinition:
    """A list that cannot be put on file is shown all the same, and the run fails saying so."""

    @dg.multi_asset(
        name=of.name,
        specs=[_spec(of, {"markdown"})],
        check_specs=_checks(of, {NOTHING_LEFT: "Every line is done, and nothing is left to a person."}),
        can_subset=True,
        op_tags={"dagster/priority": LAST_OF_ALL},
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def ticked(context: dg.AssetExecutionContext) -> Iterator[Event]:
        for partition in _partitions(context, of):
            try:
                made = make(context, partition)
            except Foreseen as error:
                raise dg.Failure(description=str(error), allow_retries=False) from None
            file, fault = _on_file(made, environ)
            metadata = checklist_metadata(made, file)
            yield dg.AssetMaterialization(of.key, partition=partition or None, metadata=metadata)
            yield from _checked(context, of, partition, [nothing_left(made)])
            if fault:
                raise dg.Failure(description=fault, allow_retries=False)

    return ticked


def _on_file(made: Checklist, environ: Environ) -> tuple[str | None, str]:
    """Where it is, or why it is not there."""
    try:
        return checklists.publish_checklist(made, environ), ""
    except Foreseen as error:
        return None, str(error)


def _spec(of: Shown, kinds: set[str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        of.key,
        description=of.description,
        group_name=GROUP,
        kinds=kinds,
        owners=[OWNER],
        tags={"runbook": of.rows},
        partitions_def=of.partitions,
        skippable=True,
    )


def _checks(of: Shown, meanings: Mapping[str, str]) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(name, asset=of.key, description=meaning, partitions_def=of.partitions)
        for name, meaning in meanings.items()
    ]


def _partitions(context: dg.AssetExecutionContext, of: Shown) -> Sequence[str]:
    """Those of the run; one without a name where there are none."""
    return context.partition_keys if of.partitions else [""]


def _checked(
    context: dg.AssetExecutionContext, of: Shown, partition: str, results: Sequence[dg.AssetCheckResult]
) -> Iterator[Event]:
    """In a run of one partition a result belongs to that; in a range each is reported for its own."""
    wanted = [
        each for each in results if dg.AssetCheckKey(of.key, str(each.check_name)) in context.selected_asset_check_keys
    ]
    for each in wanted:
        if not of.partitions or len(context.partition_keys) == 1:
            yield each
        else:
            context.instance.report_runless_asset_event(
                dg.AssetCheckEvaluation(
                    asset_key=of.key,
                    check_name=str(each.check_name),
                    passed=each.passed,
                    severity=each.severity,
                    description=each.description,
                    partition=partition,
                )
            )
