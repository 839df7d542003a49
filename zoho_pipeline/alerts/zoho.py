"""Zoho itself, as a symptom: down for everybody, or holding up all calls for long."""

from datetime import datetime, timedelta

from zoho_pipeline.alerts.symptoms import Sign, Symptom
from zoho_pipeline.budget.circuit import Circuit
from zoho_pipeline.causes import Cause
from zoho_pipeline.clock import shown

SCOPE = "zoho"
LONG_PAUSE = timedelta(minutes=20)
"""A pause that ends sooner (the usual cool-down is 10 to 15 minutes) is nobody's business."""
DAY = "day"


def zoho_amiss(circuit: Circuit, now: datetime) -> list[Symptom]:
    """Pure: what people are told of. A spent day is no incident."""
    if circuit.down_since is not None:
        return [
            Symptom(
                key="outage",
                title="Zoho fails for everybody, and nothing is sent",
                cause=Cause.ZOHO_UNREACHABLE.value,
                advice=f"{circuit.reason or 'No answer'} since {shown(circuit.down_since)}. Nothing to do here: it is "
                "asked once a minute, and runs go on by themselves when it is back. See status.zoho.com.",
                signs=frozenset({Sign.ZOHO_FAILING}),
            )
        ]
    paused = circuit.cooling_until
    if paused is None or circuit.cooling_limit == DAY or paused - now < LONG_PAUSE:
        return []
    return [
        Symptom(
            key="pause",
            title=f"Zoho takes no calls until {shown(paused)}",
            cause=Cause.RATE_LIMIT.value,
            advice=f"{Cause.RATE_LIMIT.advice} If it comes again, lower ZOHO_CALLS_PER_MINUTE.",
        )
    ]
