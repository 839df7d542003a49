"""A budget that lets a write through only while its row's lease holds: the last look before something is sent."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Engine

from zoho_pipeline.sync.attempts import still_ours
from zoho_pipeline.zoho.ports import Budget, Call, CallRecord

LEASE_SECONDS = 600.0
"""Outlasts the time-out of a call, the wait for a permit, and the settling of its answer."""


@dataclass
class LeasedBudget:
    """Wraps the shared budget for one worker, and counts the calls it lets through."""

    budget: Budget
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
        with self.budget.permit(call) as record:
            if call.method != "GET" and call.entity and call.record_id:
                still_ours(self.engine, call.entity, call.record_id, self.worker, self.lease_seconds)
            with self._lock:
                self.calls += 1
            yield record
