"""A budget that lets a write through only while its row's lease holds: the last look before something is sent."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Engine

from zoho_pipeline.budget.api_budget import PostgresBudget
from zoho_pipeline.budget.statement import Condition
from zoho_pipeline.sync.attempts import LeaseLost, lease_of, still_ours
from zoho_pipeline.zoho.ports import Call, CallRecord

LEASE_SECONDS = 600.0
"""Outlasts the time-out of a call, the wait for a permit, and the settling of its answer."""


@dataclass
class LeasedBudget:
    """Wraps the shared budget for one worker, and counts the calls it lets through."""

    budget: PostgresBudget
    engine: Engine
    worker: str
    lease_seconds: float = LEASE_SECONDS
    calls: int = 0
    _lock: Lock = field(default_factory=Lock)

    def permit(self, call: Call) -> AbstractContextManager[CallRecord]:
        """As the budget's own; raises LeaseLost instead of letting a write through whose row is no longer ours."""
        return self._permit(call)

    @contextmanager
    def _permit(self, call: Call) -> Iterator[CallRecord]:
        lease = None
        if call.writes and call.entity and call.record_id:
            lease = lease_of(call.entity, call.record_id, self.worker, self.lease_seconds)
        with self.budget.permit(call, lease) as record:
            if lease is not None and not self._holds(lease):
                raise LeaseLost(
                    f"The lease on {call.entity} row {call.record_id} ran out before it was sent; "
                    "the next run looks again."
                )
            with self._lock:
                self.calls += 1
            yield record

    def _holds(self, lease: Condition) -> bool:
        """Whether it holds: as the permit's own statement found, if nothing had to be waited for after it."""
        return still_ours(self.engine, lease) if lease.holds is None else lease.holds
