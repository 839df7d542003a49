"""Finding out whether Zoho fails for one request or for everybody, with a call that asks for next to nothing.

A row's own call is no probe: Zoho may choke on that one object for ever, and serve everybody else.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock

from zoho_pipeline.zoho.errors import ZohoDown, ZohoError
from zoho_pipeline.zoho.ports import About, Budget, CallRecord, Purpose
from zoho_pipeline.zoho.request import Request

Try = Callable[[Request, CallRecord], None]
"""Makes the call, and writes into the record how it ended."""


@dataclass
class Probing:
    """The probes of one client: one at a time, and none where another thread has been served meanwhile."""

    budget: Budget
    attempt: Try
    _lock: Lock = field(default_factory=Lock)
    _served_at: float = float("-inf")

    def served(self, sent_at: float) -> None:
        """Note that Zoho has answered a request that was sent then, on the monotonic clock.

        When the answer came says nothing: Zoho may have worked when it took the request, and fail for everybody since.
        """
        self._served_at = max(self._served_at, sent_at)

    def after_failure(self, error: ZohoError, run_id: str | None) -> None:
        """After a request that failed as it would for anybody: see whether everybody fails.

        Raises:
            ZohoDown: instead of the error, where everybody does and nothing can have been carried out.
            ZohoError: likewise, where the probe met a limit, or its credentials were refused.
        """
        failed_at = time.monotonic()
        try:
            with self._lock:
                if self._served_at <= failed_at:
                    self._probe(run_id)
        except ZohoError as everybodys:
            if error.outcome_known:
                raise everybodys from error
            error.for_everybody = isinstance(everybodys, ZohoDown)

    def after_refusal(self, down: ZohoDown, asked_at: float, run_id: str | None) -> None:
        """After the budget's refusal: probe where one is due. Returns where Zoho serves again.

        `asked_at` is on the monotonic clock: whoever was served since then has learnt it for all threads.

        Raises:
            ZohoDown: where it does not, or no probe is due.
            ZohoError: the probe met a limit, or its credentials were refused.
        """
        with self._lock:
            if self._served_at > asked_at:
                return
            if not down.probe_due:
                raise down
            self._probe(run_id)

    def _probe(self, run_id: str | None) -> None:
        about = About(name="a look whether Zoho works", run_id=run_id, purpose=Purpose.URGENT)
        request = Request("GET", "/plans", about, params={"page": 1, "per_page": 1})
        with self.budget.permit(replace(request.call, probe=True)) as record:
            self.attempt(request, record)
