"""The reconciliation's assets: four comparisons and the tie-out, by month, and what must hold of each month.

One multi-asset, so that any selection of kinds and months is one run. As with the Zoho assets, the function logs each
month's materialization itself and raises at its very end: a month that does not tie out is not green, the others are.
"""

from collections.abc import Callable, Iterator, Sequence

import dagster as dg

from zoho_pipeline.actions.reconcile import ReconcileRequest
from zoho_pipeline.calendar import Month
from zoho_pipeline.defs import circletel, mirror
from zoho_pipeline.defs.reconciliation_results import CHECKS, comparison_metadata, tie_out_metadata, verdicts
from zoho_pipeline.defs.zoho import key_of as zoho_key
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.mirror.objects import Extra
from zoho_pipeline.reconciliation.publishing import Published
from zoho_pipeline.reconciliation.reading import MonthBooks

GROUP = "reconciliation"
OWNER = "finance@circletel.co.za"
TIE_OUT = dg.AssetKey(["reconciliation", "tie_out"])
Reconcile = Callable[[ReconcileRequest, dict[str, str] | None, Callable[[str], None]], Iterator[MonthBooks]]
Publish = Callable[[Sequence[Month], dict[str, str] | None], Iterator[tuple[Month, Published]]]
Event = dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckResult
_TABLES = dict(zip(PARENTS_FIRST, circletel.TABLES, strict=True))


def key_of(entity: Entity) -> dg.AssetKey:
    """`reconciliation/invoices`"""
    return dg.AssetKey(["reconciliation", entity.value])


def _comparison(entity: Entity, partitions: dg.PartitionsDefinition[str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=key_of(entity),
        deps=[_TABLES[entity].key, mirror.key_of(entity), zoho_key(entity)],
        description=f"CircleTel's {entity} against Zoho's, record by record: each difference has a class, both values, "
        "its cause and what to do.",
        group_name=GROUP,
        kinds={"postgres", "sql"},
        owners=[OWNER],
        tags={"domain": "finance"},
        metadata={"dagster/table_name": "zoho_pipeline.reconciliation_items"},
        partitions_def=partitions,
        skippable=True,
    )


def _tie_out(partitions: dg.PartitionsDefinition[str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=TIE_OUT,
        deps=[*(key_of(entity) for entity in PARENTS_FIRST), *(mirror.key_of(kind) for kind in Extra)],
        description="From CircleTel's count and total, class by class, to Zoho's, for each kind and currency. Nothing "
        "may be left unexplained, and the independent controls must hold; else the month is not green.",
        group_name=GROUP,
        kinds={"postgres", "sql"},
        owners=[OWNER],
        tags={"domain": "finance"},
        metadata={"dagster/table_name": "zoho_pipeline.reconciliation_totals"},
        partitions_def=partitions,
        skippable=True,
    )


def reconciliation_assets(
    partitions: dg.PartitionsDefinition[str], reconcile: Reconcile, publish: Publish
) -> dg.AssetsDefinition:
    """The assets `reconciliation/customers` … `reconciliation/payments` and `reconciliation/tie_out`."""

    @dg.multi_asset(
        name="reconcile",
        description="Compares CircleTel with Zoho for the selected months, and ties the months out.",
        specs=[*(_comparison(entity, partitions) for entity in PARENTS_FIRST), _tie_out(partitions)],
        check_specs=[
            dg.AssetCheckSpec(name, asset=TIE_OUT, description=description, partitions_def=partitions)
            for name, description in CHECKS.items()
        ],
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def reconcile_months(context: dg.AssetExecutionContext) -> Iterator[Event]:
        selected = context.selected_asset_keys
        request = ReconcileRequest(
            months=sorted(Month.parse(key) for key in context.partition_keys),
            run_id=context.run.run_id,
            entities=frozenset(entity for entity in PARENTS_FIRST if key_of(entity) in selected),
        )
        open_ended = []
        try:
            for books in reconcile(request, None, context.log.info):
                papers = dict(publish([books.month], None)) if TIE_OUT in selected else {}
                yield from _events(books, request.entities, papers.get(books.month))
                yield from _checked(context, books)
                if TIE_OUT in selected and not books.ties:
                    open_ended.append(books.month.key)
        except Foreseen as error:
            raise dg.Failure(description=str(error), allow_retries=False) from None
        if open_ended:
            raise dg.Failure(
                f"{', '.join(open_ended)}: not tied out. What is left unexplained, and which control does not hold, "
                "stands in the tab Events of reconciliation/tie_out, at the month.",
                allow_retries=False,
            )

    return reconcile_months


def _events(books: MonthBooks, entities: frozenset[Entity], papers: Published | None) -> Iterator[Event]:
    for entity in (each for each in PARENTS_FIRST if each in entities):
        yield dg.AssetMaterialization(
            key_of(entity), partition=books.month.key, metadata=comparison_metadata(books, entity)
        )
    if papers is not None:
        event = dg.AssetMaterialization if books.ties else dg.AssetObservation
        yield event(TIE_OUT, partition=books.month.key, metadata=tie_out_metadata(books, papers))


def _checked(context: dg.AssetExecutionContext, books: MonthBooks) -> Iterator[Event]:
    """In a run of one month a check's result belongs to that month; in a range each is reported for its own."""
    for name, verdict in verdicts(books).items():
        if dg.AssetCheckKey(TIE_OUT, name) not in context.selected_asset_check_keys:
            continue
        if len(context.partition_keys) == 1:
            yield dg.AssetCheckResult(
                passed=verdict.passed,
                asset_key=TIE_OUT,
                check_name=name,
                severity=verdict.severity,
                description=verdict.sentence,
            )
        else:
            context.instance.report_runless_asset_event(
                dg.AssetCheckEvaluation(
                    asset_key=TIE_OUT,
                    check_name=name,
                    passed=verdict.passed,
                    severity=verdict.severity,
                    description=verdict.sentence,
                    partition=books.month.key,
                )
            )
