"""Round trips are counted as they travel."""

from sqlalchemy import text

from benchmarks.counting import round_trips
from zoho_pipeline_tests.practice.databases import Databases


def test_a_statement_with_many_sets_of_values_counts_once_for_each(databases: Databases) -> None:
    with databases.fresh() as engine, round_trips() as trips:
        with engine.begin() as connection:
            connection.execute(text("SELECT set_config('a.b', :value, true)"), [{"value": "1"}, {"value": "2"}])
        assert trips.by_kind["BEGIN"] == trips.by_kind["COMMIT"] == 1
        assert trips.total == 4
