"""Sensors for rows that can go by themselves: one for each reason, so that each can be switched off. Thin.

Each launches one run of the job `sync_urgently` for exactly these rows, and no other while that one is under way. Rows
that another's run has in hand are left out.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

import dagster as dg

from zoho_pipeline.clock import shown
from zoho_pipeline.defs.sensors import USUAL_SECONDS
from zoho_pipeline.defs.urgent import STEP, asked_for
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.recovery.due import Due, Why

DUE = "zoho_pipeline/due"
"""The tag of their runs: the reason."""
ReadDue = Callable[[Why, dict[str, str] | None], Due]

NAMES = {
    Why.FAILED: "retry_failed_rows",
    Why.NEW: "send_new_rows",
    Why.STUCK: "take_over_stuck_rows",
    Why.UNBLOCKED: "follow_parents",
    Why.AWAITED: "send_awaited_rows",
    Why.CORRECTED: "send_corrected_rows",
}
_DESCRIPTIONS = {
    Why.FAILED: "Tries failed rows again when their retry is due: three times, ever later, until they are parked.",
    Why.NEW: "Sends rows that nobody has looked at, once CircleTel's app has had its time for them; only of kinds that "
    "a backfill has brought up to the present, and from the months on that it covered without a gap.",
    Why.STUCK: "Takes over rows that have stood in `syncing` for over five minutes: what may have reached Zoho is "
    "looked for there before anything is sent.",
    Why.UNBLOCKED: "Sends rows that were blocked, once a parent of theirs has come into Zoho, or another payment of "
    "the customer was settled; what is blocked for another reason is looked at once a day.",
    Why.AWAITED: "Sends payments whose invoice Zoho should have raised by now, and services whose package has been "
    "published since.",
    Why.CORRECTED: "Sends rows that were refused, parked or resolved, once their content has changed in CircleTel.",
}
_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def sensors(read_due: ReadDue, job: dg.JobDefinition, every: int = USUAL_SECONDS) -> list[dg.SensorDefinition]:
    """All of them, running from the start."""
    return [_sensor(why, read_due, job, every) for why in Why]


def _sensor(why: Why, read_due: ReadDue, job: dg.JobDefinition, every: int) -> dg.SensorDefinition:
    @dg.sensor(
        name=NAMES[why],
        job=job,
        minimum_interval_seconds=every,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=_DESCRIPTIONS[why],
    )
    def _look(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        under_way = context.instance.get_runs(
            dg.RunsFilter(tags={DUE: [each.value for each in Why]}, statuses=_UNDER_WAY)
        )
        if mine := [run for run in under_way if run.tags[DUE] == why.value]:
            return dg.SkipReason(f"Run {mine[0].run_id} is under way for earlier ones.")
        try:
            due = read_due(why, None).without(_in_hand(under_way))
        except Foreseen as error:
            return dg.SkipReason(str(error))
        return _request(due) if due.rows else dg.SkipReason(_nothing(due))

    return _look


def _request(due: Due) -> dg.RunRequest:
    only = {entity.value: ids for entity, ids in due.only.items()}
    return dg.RunRequest(
        run_key=due.key,
        run_config={"ops": {STEP: {"config": {"months": [], "only": only}}}},
        tags={DUE: due.why.value},
    )


def _in_hand(runs: Sequence[dg.DagsterRun]) -> dict[Entity, set[str]]:
    """The rows for which these runs were launched."""
    taken: defaultdict[Entity, set[str]] = defaultdict(set)
    for run in runs:
        for kind, ids in asked_for(run).items():
            taken[Entity(kind)].update(ids)
    return taken


def _nothing(due: Due) -> str:
    if due.next_at is not None:
        return f"No {due.why.what}; {due.failed_later} wait, the next until {shown(due.next_at)}."
    return f"No {due.why.what}."
