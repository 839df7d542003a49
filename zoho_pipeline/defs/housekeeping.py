"""Housekeeping: a small job each night. What it forgets is decided in `actions/forgetting.py`."""

from collections.abc import Callable

import dagster as dg

from zoho_pipeline.actions.forgetting import Forgotten
from zoho_pipeline.clock import JOHANNESBURG
from zoho_pipeline.errors import Foreseen

AT_NIGHT = "15 3 * * *"
Forget = Callable[[dict[str, str] | None], Forgotten]


def forget_old_records(forget: Forget) -> dg.ScheduleDefinition:
    """The job `forget_old_records` each night at 03:15; it calls nobody but the database."""

    @dg.op(description="Deletes the records that have been kept long enough, a batch at a time.")
    def forget_old(context: dg.OpExecutionContext) -> None:
        try:
            forgotten = forget(None)
        except Foreseen as error:
            raise dg.Failure(description=str(error), allow_retries=False) from None
        context.log.info(str(forgotten))

    @dg.job(
        name="forget_old_records",
        description="Deletes records that have been kept long enough: API calls older than ZOHO_CALLS_KEPT_DAYS; "
        "incidents that are over and what people did by hand, older than ZOHO_INCIDENTS_KEPT_DAYS.",
        executor_def=dg.in_process_executor,
    )
    def _job() -> None:
        forget_old()

    return dg.ScheduleDefinition(
        name="forget_old_records",
        job=_job,
        cron_schedule=AT_NIGHT,
        execution_timezone=JOHANNESBURG.key,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Each night, when nobody waits for anything, old records are deleted.",
    )
