"""The checks on the four Zoho assets: seen with every run, red when something stands twice, never green when blind."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from zoho_pipeline.actions.duplicates import Looked, look_for_duplicates
from zoho_pipeline.definitions import build_defs
from zoho_pipeline.defs.checks import Look
from zoho_pipeline.defs.zoho import STEP, key_of
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.recovery.duplicates import MERGE_OR_DELETE, Duplicate
from zoho_pipeline_tests.defs.practice import FIRST_MONTH, MONTHS, PracticeBackfill
from zoho_pipeline_tests.practice.world import PracticeWorld

CHECK = "nothing_stands_twice"
NOW = datetime(2025, 11, 15, 6, 0, tzinfo=UTC)
TWICE = Duplicate(Entity.INVOICES, ("5001", "5002"), ("row-1",), "each carries its key", MERGE_OR_DELETE)
ALIKE = Duplicate(Entity.PAYMENTS, ("6001", "6002"), (), "they are alike", "Compare them.", certain=False)
ALL_LISTED = dict.fromkeys(PARENTS_FIRST, NOW)


@dataclass
class PracticeLook:
    """Sees what the test tells it."""

    found: tuple[Duplicate, ...] = ()
    as_of: Mapping[Entity, datetime] = field(default_factory=lambda: ALL_LISTED)
    fails_with: Foreseen | None = None
    asked: list[set[Entity]] = field(default_factory=list)

    def __call__(self, environ: dict[str, str] | None, entities: Collection[Entity]) -> Looked:
        self.asked.append(set(entities))
        if self.fails_with:
            raise self.fails_with
        return Looked(self.found, self.as_of, NOW)


def evaluations(
    look: Look,
    *,
    backfill: PracticeBackfill | None = None,
    entities: Iterable[Entity] = PARENTS_FIRST,
    months: list[str] = MONTHS,
) -> tuple[dict[Entity, dg.AssetCheckEvaluation], dg.ExecuteInProcessResult]:
    """What each asset's check says after a run over the months, and the run."""
    defs = build_defs(first_month=FIRST_MONTH, backfill=backfill or PracticeBackfill(), look=look)
    span = {"dagster/asset_partition_range_start": months[0], "dagster/asset_partition_range_end": months[-1]}
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance,
            asset_selection=[key_of(entity) for entity in entities],
            partition_key=months[0] if len(months) == 1 else None,
            tags=span if len(months) > 1 else None,
            run_config={"ops": {STEP: {"config": {}}}},
            raise_on_error=False,
        )
    found = {Entity(one.asset_key.path[-1]): one for one in result.get_asset_check_evaluations()}
    assert all(one.check_name == CHECK for one in found.values())
    return found, result


def test_every_zoho_asset_has_the_check() -> None:
    specs = build_defs(first_month=FIRST_MONTH, backfill=PracticeBackfill()).resolve_asset_graph()
    assert {key.asset_key for key in specs.asset_check_keys if key.name == CHECK} == {
        key_of(entity) for entity in PARENTS_FIRST
    }


@pytest.mark.parametrize("months", [MONTHS, MONTHS[:1]])
def test_it_passes_where_nothing_stands_twice_and_says_as_of_when(months: list[str]) -> None:
    found, result = evaluations(PracticeLook(), months=months)

    assert result.success
    assert set(found) == set(PARENTS_FIRST)
    assert all(one.passed for one in found.values())
    assert found[Entity.INVOICES].metadata["as of"] == dg.MetadataValue.timestamp(NOW)


def test_what_stands_twice_is_an_error_with_a_table_on_the_asset_that_it_is_of() -> None:
    found, result = evaluations(PracticeLook((TWICE,)))

    assert result.success, "the check says so; the months that went well stay green"
    assert [entity for entity, one in found.items() if not one.passed] == [Entity.INVOICES]
    assert found[Entity.INVOICES].severity is dg.AssetCheckSeverity.ERROR
    table = found[Entity.INVOICES].metadata["what stands twice"]
    assert isinstance(table, dg.TableMetadataValue)
    assert [dict(record.data) for record in table.records] == [
        {
            "kind": "invoice",
            "objects in Zoho": "5001, 5002",
            "rows in CircleTel": "row-1",
            "how one knows": "each carries its key",
            "what to do": MERGE_OR_DELETE,
        }
    ]


def test_what_only_looks_alike_is_a_warning() -> None:
    found, _ = evaluations(PracticeLook((ALIKE,)))
    assert not found[Entity.PAYMENTS].passed
    assert found[Entity.PAYMENTS].severity is dg.AssetCheckSeverity.WARN


def test_only_the_assets_of_the_run_are_looked_at() -> None:
    look = PracticeLook()
    found, _ = evaluations(look, entities=[Entity.INVOICES])
    assert (set(found), look.asked) == ({Entity.INVOICES}, [{Entity.INVOICES}])


def test_it_looks_after_a_run_that_failed_too() -> None:
    found, result = evaluations(
        PracticeLook((TWICE,)), backfill=PracticeBackfill({(Entity.INVOICES, MONTHS[0]): 1}, stops_with=None)
    )
    assert not result.success
    assert not found[Entity.INVOICES].passed


def test_a_look_that_fails_is_no_pass_and_fails_no_run() -> None:
    found, result = evaluations(PracticeLook(fails_with=Foreseen("The database does not answer.")))

    assert result.success
    assert [one.passed for one in found.values()] == [False] * 4
    assert found[Entity.CUSTOMERS].description == "It could not look: The database does not answer."


def test_a_kind_that_was_never_listed_is_no_pass() -> None:
    listed: dict[Entity, datetime] = {entity: NOW for entity in PARENTS_FIRST if entity is not Entity.PAYMENTS}
    found, _ = evaluations(PracticeLook(as_of=listed))

    assert [entity for entity, one in found.items() if not one.passed] == [Entity.PAYMENTS]
    assert "were never listed completely" in (found[Entity.PAYMENTS].description or "")


def test_an_old_list_is_no_pass() -> None:
    found, _ = evaluations(PracticeLook(as_of=ALL_LISTED | {Entity.CUSTOMERS: NOW - timedelta(days=8)}))

    assert [entity for entity, one in found.items() if not one.passed] == [Entity.CUSTOMERS]
    assert "too long ago to tell" in (found[Entity.CUSTOMERS].description or "")


def test_the_real_look_names_the_second_object_of_a_row(world: PracticeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    row = world.circletel.customer()
    world.run()
    first = world.zoho.one("customers")["customer_id"]
    second = world.zoho.customer(row, display_name="Another Name", email="another@example.co.za")
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    look_for_duplicates(fresh=True)
    found, _ = evaluations(look_for_duplicates)

    (record,) = _records(found[Entity.CUSTOMERS])
    assert (record["objects in Zoho"], record["rows in CircleTel"]) == (", ".join(sorted([first, second])), row)
    assert "Another" not in str(found)
    assert "@" not in str(found)


def _records(evaluation: dg.AssetCheckEvaluation) -> list[Mapping[str, object]]:
    table = evaluation.metadata["what stands twice"]
    assert isinstance(table, dg.TableMetadataValue)
    return [record.data for record in table.records]
