"""The code location: what is in it, and that each of its things says what it is."""

import subprocess
import sys
from datetime import datetime

import dagster as dg
import pytest

from zoho_pipeline.actions.mirror import BOOKS
from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.clock import JOHANNESBURG, local_date
from zoho_pipeline.definitions import build_defs
from zoho_pipeline.defs.config import BackfillConfig
from zoho_pipeline.defs.partitions import months
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.health.check import Component
from zoho_pipeline_tests.defs.practice import FIRST_MONTH, PracticeBackfill

TABLES = ["customers", "customer_services", "customer_invoices", "payment_transactions"]
REVIEWS = ["weekly_sync", "performance", "api_cost", "security"]
REVIEWS += [f"{each}_checklist" for each in ("daily", "weekly", "monthly", "documentation")]


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return build_defs(first_month=FIRST_MONTH, backfill=PracticeBackfill())


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def test_circletels_tables_zoho_the_mirror_the_reconciliation_reviews_and_health_are_there(
    specs: dict[str, dg.AssetSpec],
) -> None:
    wanted = {f"circletel/{table}" for table in TABLES} | {f"zoho/{kind}" for kind in PARENTS_FIRST}
    wanted |= {f"mirror/{kind}" for kind in BOOKS} | {f"reconciliation/{kind}" for kind in (*PARENTS_FIRST, "tie_out")}
    wanted |= {f"reviews/{name}" for name in REVIEWS} | {f"health/{part}" for part in Component}
    assert set(specs) == wanted


def test_every_asset_says_what_it_is_and_whose(specs: dict[str, dg.AssetSpec]) -> None:
    bare = [
        name
        for name, spec in specs.items()
        if not (spec.description and spec.owners and spec.kinds and spec.tags)
        or not (spec.group_name == "reviews" or spec.metadata["dagster/table_name"])
    ]
    assert bare == []


def test_the_tables_show_their_columns(specs: dict[str, dg.AssetSpec]) -> None:
    for table in TABLES:
        schema = specs[f"circletel/{table}"].metadata["dagster/column_schema"]
        assert {"id", "zoho_sync_status"} <= {column.name for column in schema.columns}


def test_the_zoho_assets_lead_to_their_code(specs: dict[str, dg.AssetSpec]) -> None:
    for kind in PARENTS_FIRST:
        assert "zoho_pipeline/defs/zoho.py" in str(specs[f"zoho/{kind}"].metadata["dagster/code_references"])


def test_parents_stand_before_children(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    order = [key.path[1] for key in graph.toposorted_asset_keys if key.path[0] == "zoho"]
    assert order == list(PARENTS_FIRST)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2025, 3, 31, 23, 59, tzinfo=JOHANNESBURG),
        datetime(2025, 4, 1, 0, 0, tzinfo=JOHANNESBURG),
        datetime(2025, 12, 31, 22, 30, tzinfo=JOHANNESBURG),
    ],
)
def test_the_partitions_are_the_open_months(moment: datetime) -> None:
    first = Month(2024, 11)
    partitions = months(first)
    with dg.partition_loading_context(effective_dt=moment):
        assert partitions.get_partition_keys() == OpenMonths.until(first, local_date(moment)).keys()


def test_every_setting_of_a_run_is_described() -> None:
    assert all(field.description for field in BackfillConfig.model_fields.values())


def test_a_limit_of_no_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        BackfillConfig(max_rows=0)


def test_it_loads_in_a_fresh_interpreter() -> None:
    code = "import dagster; from zoho_pipeline.definitions import defs; dagster.Definitions.validate_loadable(defs)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert loaded.returncode == 0, loaded.stderr
