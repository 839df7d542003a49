"""Five simulated days with faults: every row at rest, every incident told once; and every moment is a simulated one."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import zoho_pipeline
from simulation.clock import FUNCTIONS, SCHEMA
from simulation.report import as_json, table
from simulation.stage import Stage
from zoho_pipeline_tests.simulation.conftest import DAYS, Sample

_KEYWORDS = re.compile(
    r"\b(CURRENT_(TIMESTAMP|DATE|TIME)|LOCALTIME(STAMP)?|timeofday)\b|'(now|today|tomorrow|yesterday)'::", re.IGNORECASE
)
_COLUMNS = """
    SELECT n.nspname || '.' || c.relname AS relation, quote_ident(a.attname) AS name,
           a.atttypid = 'timestamptz[]'::regtype AS is_array, pg_get_expr(d.adbin, d.adrelid) AS by_default
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE n.nspname = ANY(:schemas) AND c.relkind = 'r' AND NOT a.attisdropped
      AND a.atttypid IN ('timestamptz'::regtype, 'timestamptz[]'::regtype)
    ORDER BY 1, 2
"""


def moments(stage: Stage, relation: str, column: str, is_array: bool) -> list[datetime]:
    """All that the column holds, each once."""
    value = f"unnest({column})" if is_array else column
    rows = stage.query(f"SELECT DISTINCT {value} AS moment FROM {relation} WHERE {column} IS NOT NULL")
    return [row.moment for row in rows]


def test_nothing_is_found_wrong(sample: Sample) -> None:
    assert [f"{finding.kind}: {finding.story}" for finding in sample.report.findings] == []


def test_faults_struck_and_people_were_told_of_them(sample: Sample) -> None:
    report = sample.report
    assert report.struck.total() >= DAYS
    assert report.messages.incidents
    assert set(report.messages.sent.values()) == {report.messages.expected}


def test_something_of_every_kind_came_into_zoho(sample: Sample) -> None:
    synced = {kind for (kind, state), rows in sample.report.verdict.standing.items() if state == "synced" and rows}
    assert synced == {"customers", "subscriptions", "invoices", "payments"}


def test_the_report_tells_of_everything_that_was_counted(sample: Sample) -> None:
    report = sample.report
    assert as_json(report)["calls_per_record"] == round(report.calls_per_record, 3)
    assert f"{DAYS} days with seed {report.seed}" in table(report)


def test_every_moment_that_was_stored_is_a_simulated_one(sample: Sample) -> None:
    real = datetime.now(UTC)
    stored = {
        f"{column.relation}.{column.name}": moment
        for column in sample.stage.query(_COLUMNS, schemas=["zoho_pipeline", "public"])
        for moment in moments(sample.stage, column.relation, column.name, column.is_array)
        if abs(moment - real) < timedelta(days=365)
    }
    assert stored == {}


def test_no_column_takes_its_moment_from_the_real_clock(sample: Sample) -> None:
    columns = sample.stage.query(_COLUMNS, schemas=["zoho_pipeline", "public"])
    by_default = {f"{one.relation}.{one.name}": one.by_default for one in columns if one.by_default}
    dated = {name: said for name, said in by_default.items() if said != "'{}'::timestamp with time zone[]"}
    assert dated
    assert set(dated.values()) <= {f"{name}()" for name in FUNCTIONS}  # the real ones would be told with their schema


def test_no_function_of_the_pipelines_own_looks_past_the_injected_clock(sample: Sample) -> None:
    functions = sample.stage.query(
        "SELECT proname, prosrc, proconfig FROM pg_proc WHERE pronamespace = 'zoho_pipeline'::regnamespace"
    )
    assert functions
    for function in functions:
        assert not function.proconfig, f"{function.proname} has a search path of its own"
        assert not _KEYWORDS.search(function.prosrc)
        assert "pg_catalog." not in function.prosrc


def test_nobody_asks_the_database_for_the_time_by_a_word_that_cannot_be_injected() -> None:
    package = Path(zoho_pipeline.__file__).parent
    files = [file for kind in ("*.py", "*.sql") for file in package.rglob(kind)]
    assert files
    assert [str(file) for file in files if _KEYWORDS.search(file.read_text(encoding="utf-8"))] == []


def test_the_database_and_the_product_tell_the_same_simulated_time(sample: Sample) -> None:
    for name in FUNCTIONS:
        (row,) = sample.stage.query(f"SELECT {name}() AS injected, {SCHEMA}.{name}() AS moment")
        assert row.injected == row.moment or name == "clock_timestamp"
        assert abs(row.injected - sample.stage.clock.now()) < timedelta(minutes=1)
