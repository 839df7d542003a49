"""The mirror's assets: Zoho's lists in local tables, and the details that lists do not give."""

from collections.abc import Callable, Collection, Iterator

import dagster as dg

from zoho_pipeline.actions.mirror import BOOKS, Refreshed
from zoho_pipeline.defs.zoho import OWNER, POOL
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.mirror.objects import Extra, Listed
from zoho_pipeline.mirror.refresh import spoken

GROUP = "mirror"
Refresh = Callable[..., Iterator[Refreshed]]


def key_of(kind: Listed) -> dg.AssetKey:
    """`mirror/invoices`"""
    return dg.AssetKey(["mirror", kind.value])


def _spec(kind: Listed) -> dg.AssetSpec:
    more = {
        "invoices": " Tax, write-offs and what was applied to an invoice stand in details only, so each new or changed "
        "invoice costs a call.",
        Extra.CREDIT_NOTES.value: " The list is not documented by Zoho.",
    }
    return dg.AssetSpec(
        key=key_of(kind),
        description=f"Zoho's {spoken(kind)} as its lists of 200 show them.{more.get(kind.value, '')} What a complete "
        "listing no longer shows is taken to be gone.",
        group_name=GROUP,
        kinds={"zoho", "postgres"},
        owners=[OWNER],
        tags={"system": "zoho"},
        metadata={"dagster/table_name": f"zoho_pipeline.mirror_{kind.value}"},
        skippable=True,
    )


def mirror_assets(refresh: Refresh) -> dg.AssetsDefinition:
    """The assets `mirror/customers` … `mirror/refunds`. A spent quota is no failure: the next run goes on."""

    @dg.multi_asset(
        name="zoho_mirror",
        description="Reads Zoho's lists whole, and the details of documents that are new or have changed.",
        specs=[_spec(kind) for kind in BOOKS],
        can_subset=True,
        pool=POOL,
    )
    def zoho_mirror(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetObservation]:
        yield from _events(refresh, _selected(context), context.run.run_id, context.log)

    return zoho_mirror


def _selected(context: dg.AssetExecutionContext) -> Collection[Listed]:
    return [kind for kind in BOOKS if key_of(kind) in context.selected_asset_keys]


def _events(
    refresh: Refresh, kinds: Collection[Listed], run_id: str, log: dg.DagsterLogManager
) -> Iterator[dg.MaterializeResult[None] | dg.AssetObservation]:
    try:
        for done in refresh(None, log.info, kinds=kinds, run_id=run_id):
            if done.stopped is not None:
                log.warning(f"{done.kind}: {done.stopped}")
                yield dg.AssetObservation(key_of(done.kind), description=done.stopped)
            else:
                yield dg.MaterializeResult(asset_key=key_of(done.kind), metadata={"details_read": done.details})
    except Foreseen as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
