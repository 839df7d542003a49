"""Sending a request until it is answered, or until sending it again would help nobody or could do a thing twice."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from zoho_pipeline.clock import Clock
from zoho_pipeline.zoho.answers import Answer
from zoho_pipeline.zoho.connections import Fault
from zoho_pipeline.zoho.errors import OutcomeUnknown, ZohoError, ZohoFailed, ZohoUnreachable
from zoho_pipeline.zoho.exchange import Exchange, Lost, Received
from zoho_pipeline.zoho.ports import AccessTokens, Budget, CallRecord
from zoho_pipeline.zoho.request import Request
from zoho_pipeline.zoho.retry import RetryPolicy, retry_after_seconds, wait_before_next
from zoho_pipeline.zoho.verdict import MALFORMED_TOKEN, NOT_AUTHORISED, code_of, verdict

PATIENT = RetryPolicy()


@dataclass(frozen=True)
class _Failure:
    """An attempt that failed, and what the answer's Retry-After asked for."""

    error: ZohoError
    asked_seconds: float | None = None


class Transport:
    """Requests to one organisation, under a budget and with a shared token. Safe to share between threads."""

    def __init__(
        self,
        exchange: Exchange,
        tokens: AccessTokens,
        budget: Budget,
        clock: Clock,
        policy: RetryPolicy = PATIENT,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._exchange = exchange
        self._tokens = tokens
        self._budget = budget
        self._clock = clock
        self._policy = policy
        self._jitter = jitter

    def send(self, request: Request) -> Answer:
        """The answer to the request.

        Every attempt takes its own permit. A token that is refused is replaced once.

        Raises:
            ZohoError: see `errors`; for a write, `outcome_known` says whether it may be sent again.
        """
        tries, replaced = 0, False
        while True:
            token = self._tokens.current()
            outcome = self._attempt(request, token)
            if isinstance(outcome, Answer):
                return outcome
            if _token_refused(outcome.error) and not replaced:
                if self._tokens.after_refusal(token) == token:
                    raise outcome.error
                replaced = True
                continue
            tries += 1
            wait = self._wait(request, outcome, tries)
            if wait is None:
                raise outcome.error
            self._clock.sleep(wait)

    def _wait(self, request: Request, failure: _Failure, tries: int) -> float | None:
        return wait_before_next(
            failure.error,
            writes=request.writes,
            tries_used=tries,
            policy=self._policy,
            jitter=self._jitter(),
            asked_seconds=failure.asked_seconds,
        )

    def _attempt(self, request: Request, token: str) -> Answer | _Failure:
        with self._budget.permit(request.call) as record:
            try:
                received = self._exchange.run(request, token)
            except Lost as lost:
                record.may_still_run = lost.fault is Fault.TIMED_OUT
                return _Failure(_lost(request, lost.fault))
            return self._judged(request, received, record)

    def _judged(self, request: Request, received: Received, record: CallRecord) -> Answer | _Failure:
        now = self._clock.now()
        asked = retry_after_seconds(received.headers, now)
        record.status, record.code = received.status, code_of(received.body)
        record.retry_after_seconds = asked
        error = verdict(request, received.status, received.body, asked, now)
        return Answer(request, received.status, received.body or {}) if error is None else _Failure(error, asked)


def _token_refused(error: ZohoError) -> bool:
    return error.status == 401 and error.code in (None, MALFORMED_TOKEN, NOT_AUTHORISED)


def _lost(request: Request, fault: Fault) -> ZohoError:
    if fault is Fault.NOT_SENT:
        return ZohoUnreachable(request.attempted, "no connection to Zoho could be made")
    timed_out = fault is Fault.TIMED_OUT
    detail = "no answer came in time" if timed_out else "the connection broke before the answer was whole"
    return (OutcomeUnknown if request.writes else ZohoFailed)(request.attempted, detail)
