"""A small client for the tests: signed in, and knowing how to make the usual objects."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import requests

from zoho_pipeline.sandbox.zoho.testing import RunningServer

TIMEOUT = 60
VAT = "5214837000000000065"


class Client:
    """Calls the API of a running server; answers are (status, body)."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.session = requests.Session()
        self.session.headers["X-com-zoho-subscriptions-organizationid"] = server.org_id
        self.sign_in()

    def sign_in(self) -> None:
        """Take a new access token."""
        token = self.token().json()["access_token"]
        self.session.headers["Authorization"] = f"Zoho-oauthtoken {token}"

    def token(self, **changes: str) -> requests.Response:
        """Ask the accounts server for an access token."""
        given = {
            "grant_type": "refresh_token",
            "client_id": self.server.client_id,
            "client_secret": self.server.client_secret,
            "refresh_token": self.server.refresh_token,
            **changes,
        }
        return self.session.post(f"{self.server.accounts_url}/oauth/v2/token", data=given, timeout=TIMEOUT)

    def raw(self, method: str, path: str, **options: Any) -> requests.Response:
        """One API request as it is."""
        return self.session.request(method, f"{self.server.api_url}{path}", timeout=TIMEOUT, **options)

    def call(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        """One API call."""
        answer = self.raw(method, path, json=body)
        return answer.status_code, answer.json() if answer.content else {}

    def done(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """One API call that must succeed."""
        status, answer = self.call(method, path, body)
        assert status in (200, 201), (status, answer)
        assert answer["code"] == 0
        return answer

    def refused(self, method: str, path: str, body: object = None) -> tuple[int, int]:
        """Status and code of an API call that must not succeed."""
        status, answer = self.call(method, path, body)
        assert status >= 400, answer
        return status, answer["code"]

    def control(self, method: str, path: str, body: object = None) -> Any:
        """One control call that must succeed."""
        answer = self.session.request(method, f"{self.server.url}/_sandbox/{path}", json=body, timeout=TIMEOUT)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def configure(self, **settings: object) -> None:
        """Change settings."""
        self.control("POST", "behaviour", settings)

    def days_pass(self, days: float) -> None:
        """Let the business clock advance."""
        self.control("POST", "clock", {"advance_days": days})

    def fault(self, kind: str, path: str = "", **more: Any) -> None:
        """Put one fault in force."""
        match = {"path": path, **more.pop("match", {})}
        self.control("POST", "faults", [{"match": match, "action": {"kind": kind, **more}}])

    def customer(self, **fields: Any) -> dict[str, Any]:
        """A new customer."""
        body = {"display_name": "Thandi Mokoena", "email": "thandi@example.co.za", **fields}
        return dict(self.done("POST", "/customers", body)["customer"])

    def plan(self, code: str = "fibre-50", **fields: Any) -> dict[str, Any]:
        """A new plan of R 799 a month including 15 % VAT, under a new product."""
        product = self.done("POST", "/products", {"name": "Fibre"})["product"]
        body = {
            "plan_code": code,
            "name": "Fibre 50",
            "recurring_price": 799,
            "interval": 1,
            "interval_unit": "months",
            "product_id": product["product_id"],
            "tax_id": VAT,
            "is_tax_inclusive": True,
            **fields,
        }
        return dict(self.done("POST", "/plans", body)["plan"])

    def subscription(self, customer_id: str, code: str = "fibre-50", **fields: Any) -> dict[str, Any]:
        """A new offline subscription."""
        plan = {"plan_code": code, "exclude_trial": True, "exclude_setup_fee": True, **fields.pop("plan", {})}
        body = {"customer_id": customer_id, "plan": plan, "auto_collect": False, **fields}
        return dict(self.done("POST", "/subscriptions", body)["subscription"])

    def invoice(self, customer_id: str, query: str = "", **fields: Any) -> dict[str, Any]:
        """A new invoice over R 115 including 15 % VAT, unless other lines are given."""
        body = {
            "customer_id": customer_id,
            "date": "2026-01-15",
            "invoice_items": [{"name": "Router", "price": 100, "quantity": 1, "tax_id": VAT}],
            **fields,
        }
        return dict(self.done("POST", f"/invoices{query}", body)["invoice"])

    def open_invoice(self, customer_id: str, **fields: Any) -> dict[str, Any]:
        """A new invoice, issued without mail."""
        invoice = self.invoice(customer_id, **fields)
        self.done("POST", f"/invoices/{invoice['invoice_id']}/converttoopen")
        return self.one("invoices", invoice["invoice_id"])

    def payment(self, customer_id: str, amount: float, **fields: Any) -> dict[str, Any]:
        """A new payment."""
        body = {"customer_id": customer_id, "payment_mode": "banktransfer", "amount": amount, **fields}
        return dict(self.done("POST", "/payments", body)["payment"])

    def one(self, plural: str, object_id: str) -> dict[str, Any]:
        """The detail of one object."""
        answer = self.done("GET", f"/{plural}/{object_id}")
        return dict(next(part for part in answer.values() if isinstance(part, dict)))

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of one page of a list."""
        plural = path.strip("/").split("?")[0].split("/")[-1]
        return list(self.done("GET", path)[plural])


def until(condition: Callable[[], object]) -> None:
    """Wait for what another thread brings about."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.005)


def applied(invoice: dict[str, Any], amount: float) -> list[dict[str, Any]]:
    """The `invoices` of a payment that covers one invoice."""
    return [{"invoice_id": invoice["invoice_id"], "amount_applied": amount}]
