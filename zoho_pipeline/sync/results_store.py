"""Keeping what each run did, for the pages, the reviews and the command line."""

from sqlalchemy import Engine, func
from sqlalchemy.dialects.postgresql import insert

from zoho_pipeline.sync.results import PartitionResult
from zoho_pipeline.sync.tables import results


def save_result(engine: Engine, run_id: str, result: PartitionResult) -> None:
    """Store the counts of one entity's month; a run that comes to it again replaces them."""
    values = {
        "run_id": run_id,
        "entity": result.entity.value,
        "month": result.month.key,
        "dry_run": result.dry_run,
        "counts": {outcome.value: count for outcome, count in result.counts.items()},
        "api_calls": result.api_calls,
        "seconds": result.seconds,
        "interrupted": result.interrupted,
        "resumes_at": result.resumes_at,
        "finished_at": func.clock_timestamp(),
    }
    statement = insert(results).values(values)
    with engine.begin() as connection:
        connection.execute(statement.on_conflict_do_update(constraint="sync_results_pkey", set_=values))
