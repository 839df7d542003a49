"""One request to Zoho Billing as a value: what is asked for, on whose behalf, and how it is called in messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from zoho_pipeline.zoho.ports import About, Call


@dataclass(frozen=True)
class Request:
    """A request before it is sent.

    Attributes:
        method: GET, POST, PUT or DELETE.
        template: the path without ids, such as "/invoices/{id}/converttoopen".
        id: what stands for {id}.
        params: the query.
        body: what is sent as JSON; Decimals and dates are allowed in it.
        names_organisation: whether the organisation's header is sent; all calls but the list of organisations need it.
    """

    method: str
    template: str
    about: About
    id: str | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    names_organisation: bool = True

    @property
    def path(self) -> str:
        """The path with its id."""
        return self.template.replace("{id}", quote(self.id or "", safe=""))

    @property
    def endpoint(self) -> str:
        """Method and path without ids: one name per kind of call."""
        return f"{self.method} {self.template}"

    @property
    def writes(self) -> bool:
        """Whether it changes something in Zoho, and therefore must not be sent twice."""
        return self.method != "GET"

    @property
    def attempted(self) -> str:
        """How messages call it: "POST /invoices for invoice INV-2025-00012"."""
        whom = str(self.about)
        return f"{self.endpoint} for {whom}" if whom else self.endpoint

    @property
    def call(self) -> Call:
        """How the budget and the ledger see it."""
        of = self.about
        return Call(self.method, self.endpoint, of.purpose, of.entity, of.record_id, of.run_id)
