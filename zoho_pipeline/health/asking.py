"""Asking Zoho itself: is a token granted, is the organisation there, may we read, may we write (R25)?

Permission to write is proven by two writes that Zoho must refuse, for they name a customer that does not exist: a
refusal for that reason (1002, documented) shows that the token may create and change; 57 shows that it may not. Neither
can leave anything in Zoho: a PUT to, and an activation of, an id without an object make nothing.
Both tell of customers; `ZohoSubscriptions.fullaccess.all`, the scope of docs/deployment.md, covers all kinds alike.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine

from zoho_pipeline.budget.api_budget import PostgresBudget
from zoho_pipeline.budget.connect import LEASE_MARGIN_SECONDS
from zoho_pipeline.budget.sealing import Seal
from zoho_pipeline.budget.shares import shares
from zoho_pipeline.budget.tokens import SharedAccessToken
from zoho_pipeline.clock import Clock
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.health.connections import OneCall, OneToken
from zoho_pipeline.health.facts import Asked, NotSeen, Zoho
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.answers import understood
from zoho_pipeline.zoho.errors import (
    DailyQuotaSpent,
    NotInZoho,
    PermissionDenied,
    RateLimited,
    Rejected,
    WrongOrganisation,
    ZohoError,
)
from zoho_pipeline.zoho.exchange import Exchange
from zoho_pipeline.zoho.models import ZohoOrganisation
from zoho_pipeline.zoho.oauth import request_token
from zoho_pipeline.zoho.ports import About, AccessTokens, Budget, Call, CallRecord, Purpose
from zoho_pipeline.zoho.request import Request
from zoho_pipeline.zoho.retry import RetryPolicy
from zoho_pipeline.zoho.transport import Transport

MOST_CALLS = 4
TIMEOUT_SECONDS = 10.0
NOBODY = "1"
"""The id of no object: Zoho's are longer."""


class CallsSpent(ZohoError):
    """A health check makes so many calls at most."""

    advice = "Look again in a minute."


@dataclass
class AtMost:
    """A budget of so many calls."""

    budget: Budget
    left: int = MOST_CALLS

    @contextmanager
    def permit(self, call: Call) -> Iterator[CallRecord]:
        if self.left == 0:
            raise CallsSpent(call.endpoint, f"not asked: {MOST_CALLS} calls were made already")
        self.left -= 1
        with self.budget.permit(call) as record:
            yield record


@dataclass
class ProvenTokens:
    """Tokens of which one that has served once is not replaced: refused afterwards, it lacks a scope (both are 57)."""

    tokens: AccessTokens
    served: bool = False

    def current(self) -> str:
        return self.tokens.current()

    def after_refusal(self, refused: str) -> str:
        return refused if self.served else self.tokens.after_refusal(refused)


@dataclass
class Questions:
    """What is asked, in order; what one answer has shown is not asked again."""

    settings: ZohoSettings
    tokens: ProvenTokens
    transport: Transport
    run_id: str | None
    _stopped: str | None = field(default=None)

    def answers(self) -> Zoho:
        """All answers. Where one shows that no other can be had, the others are not asked."""
        token = self._asked(self._token)
        organisation = self._asked(self._organisation)
        read = self._asked(self._read)
        write = self._asked(self._write)
        return Zoho(token, organisation, read, write)

    def _asked(self, question: Callable[[], Asked]) -> Asked | NotSeen:
        if self._stopped is not None:
            return NotSeen(f"Not asked: {self._stopped}")
        try:
            return question()
        except (RateLimited, DailyQuotaSpent, CallsSpent) as error:
            self._stopped = str(error)
            return NotSeen(self._stopped)
        except PermissionDenied as error:
            return Asked(str(error), error.next_step())
        except Foreseen as error:
            self._stopped = str(error)
            return Asked(self._stopped)

    def _token(self) -> Asked:
        self.tokens.current()
        return Asked(None, sentence="Zoho grants access tokens.")

    def _organisation(self) -> Asked:
        answer = self.transport.send(self._request("GET", "/organizations", names_organisation=False))
        self.tokens.served = True
        seen = understood(answer, "organizations", lambda rows: tuple(ZohoOrganisation.read(row) for row in rows))
        ours = self.settings.organisation_id
        if ours not in {organisation.id for organisation in seen}:
            named = ", ".join(organisation.id for organisation in seen) or "none"
            return Asked(f"ZOHO_ORG_ID is {ours}, and the token sees these organisations: {named}.", "Set ZOHO_ORG_ID.")
        return Asked(None, sentence=f"The organisation {ours} is there.")

    def _read(self) -> Asked:
        self.transport.send(self._request("GET", "/customers", params={"page": 1, "per_page": 1}))
        return Asked(None, sentence="Zoho's customers can be read.")

    def _write(self) -> Asked:
        """Where a dead token has cost a call, what may be created stands for what may be changed."""
        for request in (
            self._request("POST", "/customers/{id}/markasactive", NOBODY),
            self._request("PUT", "/customers/{id}", NOBODY, body={}),
        ):
            try:
                self.transport.send(request)
            except (NotInZoho, Rejected):
                continue
            except CallsSpent:
                if request.method == "PUT":
                    continue
                raise
            except WrongOrganisation as error:
                return Asked(str(error))
            return Asked(
                f"Zoho has answered {request.endpoint} of an object that does not exist as if it had been done.",
                "Tell development: permission to write cannot be proven in this way any more.",
            )
        return Asked(
            None, sentence="Zoho takes writes: it looked for the object that two of them named, and found none."
        )

    def _request(
        self,
        method: str,
        path: str,
        zoho_id: str | None = None,
        params: dict[str, str | int] | None = None,
        body: dict[str, object] | None = None,
        *,
        names_organisation: bool = True,
    ) -> Request:
        about = About(name="the health check", run_id=self.run_id, purpose=Purpose.URGENT)
        return Request(method, path, about, zoho_id, params or {}, body, names_organisation)


def ask_zoho(settings: ZohoSettings, engine: Engine | None, clock: Clock, run_id: str | None) -> Zoho:
    """Ask under the shared budget with the shared token; without an engine (it is down) with a token of its own."""
    exchange = Exchange(settings.api_url, settings.organisation_id, min(settings.timeout_seconds, TIMEOUT_SECONDS))
    budget: Budget
    tokens: AccessTokens
    if engine is None:
        budget, tokens = OneCall(), OneToken(settings)
    else:
        lease = exchange.longest_seconds() + LEASE_MARGIN_SECONDS
        budget = PostgresBudget(engine, settings.organisation_id, shares(settings), lease, clock.sleep)
        tokens = SharedAccessToken(engine, settings.organisation_id, Seal(settings), lambda: request_token(settings))
    proven = ProvenTokens(tokens)
    transport = Transport(exchange, proven, AtMost(budget), clock, RetryPolicy(tries=1))
    return Questions(settings, proven, transport, run_id).answers()
