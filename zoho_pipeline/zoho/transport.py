"""Sending a request until it is answered, or until sending it again would help nobody or could do a thing twice."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from zoho_pipeline.clock import Clock
from zoho_pipeline.zoho.answers import Answer
from zoho_pipeline.zoho.connections import Fault
from zoho_pipeline.zoho.errors import OutcomeUnknown, ZohoDown, ZohoError, ZohoFailed, ZohoUnreachable
from zoho_pipeline.zoho.exchange import Exchange, Lost, Received
from zoho_pipeline.zoho.limits import Standing, standing
from zoho_pipeline.zoho.ports import AccessTokens, Budget, CallRecord
from zoho_pipeline.zoho.probing import Probing
from zoho_pipeline.zoho.request import Request
from zoho_pipeline.zoho.retry import RetryPolicy, retry_after_seconds, wait_before_next
from zoho_pipeline.zoho.verdict import MALFORMED_TOKEN, NOT_AUTHORISED, code_of, verdict

PATIENT = RetryPolicy(probes=True)


@dataclass(frozen=True)
class _Failure:
    """An attempt that failed, what the answer's Retry-After asked for, and whether it would fail for anybody."""

    error: ZohoError
    asked_seconds: float | None = None
    for_everybody: bool = False


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
        self._probing = Probing(budget, self._try_probe)

    def send(self, request: Request) -> Answer:
        """The answer to the request.

        Every attempt takes its own permit. A token that is refused is replaced once. Where Zoho fails for everybody,
        and a probe says that it works again, the request is sent after all.

        Raises:
            ZohoError: see `errors`; for a write, `outcome_known` says whether it may be sent again.
        """
        asked_at = time.monotonic()
        try:
            outcome = self._outcome(request)
        except ZohoDown as down:
            self._probing.after_refusal(down, asked_at, request.about.run_id)
            outcome = self._outcome(request)
        if isinstance(outcome, Answer):
            return outcome
        if outcome.for_everybody and self._policy.probes:
            self._probing.after_failure(outcome.error, request.about.run_id)
        raise outcome.error

    def _outcome(self, request: Request) -> Answer | _Failure:
        try:
            return self._persist(request)
        except ZohoDown:
            raise
        except ZohoUnreachable as error:  # the token server
            return _Failure(error, for_everybody=True)

    def _persist(self, request: Request) -> Answer | _Failure:
        """Try until it is answered, or trying again is no use."""
        tries, replaced = 0, False
        while True:
            token = self._tokens.current()
            outcome = self._attempt(request, token)
            if isinstance(outcome, Answer):
                return outcome
            if _token_refused(outcome.error) and not replaced:
                if self._tokens.after_refusal(token) == token:
                    return outcome
                replaced = True
                continue
            tries += 1
            wait = self._wait(request, outcome, tries)
            if wait is None:
                return outcome
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
            return self._exchanged(request, token, record)

    def _exchanged(self, request: Request, token: str, record: CallRecord) -> Answer | _Failure:
        """Under a permit: the request out, and what came of it into the permit's record."""
        sent_at = time.monotonic()
        try:
            received = self._exchange.run(request, token)
        except Lost as lost:
            error = _lost(request, lost.fault)
            record.may_still_run = lost.fault is Fault.TIMED_OUT
            record.lost = error.detail
            return _Failure(error, for_everybody=True)
        return self._judged(request, received, record, sent_at)

    def _judged(self, request: Request, received: Received, record: CallRecord, sent_at: float) -> Answer | _Failure:
        now = self._clock.now()
        asked = retry_after_seconds(received.headers, now)
        record.status, record.code = received.status, code_of(received.body)
        record.retry_after_seconds = asked
        stands = standing(record.status, record.code, None)
        if stands is Standing.SERVED:
            self._probing.served(sent_at)
        error = verdict(request, received.status, received.body, asked, now)
        if error is None:
            return Answer(request, received.status, received.body or {})
        return _Failure(error, asked, for_everybody=stands is Standing.FAILED)

    def _try_probe(self, request: Request, record: CallRecord) -> None:
        """The probe needs a token as every call does, so a token server that is away fails for everybody too."""
        try:
            token = self._tokens.current()
        except ZohoUnreachable as error:
            record.lost = error.detail
        else:
            self._exchanged(request, token, record)


def _token_refused(error: ZohoError) -> bool:
    return error.status == 401 and error.code in (None, MALFORMED_TOKEN, NOT_AUTHORISED)


def _lost(request: Request, fault: Fault) -> ZohoError:
    if fault is Fault.NOT_SENT:
        return ZohoUnreachable(request.attempted, "no connection to Zoho could be made")
    timed_out = fault is Fault.TIMED_OUT
    detail = "no answer came in time" if timed_out else "the connection broke before the answer was whole"
    return (OutcomeUnknown if request.writes else ZohoFailed)(request.attempted, detail)
