"""The practice Zoho as a test sees it: what it holds, what it was asked, what goes wrong, what people make in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import requests

from zoho_pipeline.sandbox.sample.zoho_http import Access, Control
from zoho_pipeline.sandbox.zoho.testing import RunningServer
from zoho_pipeline_tests.practice.rows import FEE, SKU

NOW = "2025-11-15T08:00:00+02:00"
"""The organisation's time when a test begins."""

VAT = "5214837000000000065"
PEOPLE = "people"
TIMEOUT_SECONDS = 60

Shown = dict[str, Any]


class People:
    """Somebody at work in Zoho itself, or CircleTel's app: the ledger tells their calls from the pipeline's."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self._session = requests.Session()
        self._session.headers["x-sandbox-actor"] = PEOPLE

    def sign_in(self) -> None:
        """Take a token; it outlives the resets between tests."""
        given = {
            "grant_type": "refresh_token",
            "client_id": self._server.client_id,
            "client_secret": self._server.client_secret,
            "refresh_token": self._server.refresh_token,
        }
        answer = self._session.post(f"{self._server.url}/oauth/v2/token", data=given, timeout=TIMEOUT_SECONDS).json()
        if "access_token" in answer:  # else it refuses everybody just now
            self._session.headers["Authorization"] = f"Zoho-oauthtoken {answer['access_token']}"

    def post(self, path: str, body: Mapping[str, Any] | None = None, **query: str) -> Shown:
        """Make or do something."""
        return self._call("POST", path, body, query)

    def put(self, path: str, body: Mapping[str, Any]) -> Shown:
        """Change something."""
        return self._call("PUT", path, body, {})

    def delete(self, path: str) -> Shown:
        """Delete something."""
        return self._call("DELETE", path, None, {})

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None, query: Mapping[str, str]) -> Shown:
        url = f"{self._server.api_url}{path}"
        answer = self._session.request(method, url, json=body, params=query, timeout=TIMEOUT_SECONDS)
        content: Shown = answer.json()
        assert content["code"] == 0, content
        return content


@dataclass
class PracticeZoho:
    """A running server, as new for each test."""

    server: RunningServer
    control: Control = field(init=False)
    people: People = field(init=False)
    _product: str | None = None

    def __post_init__(self) -> None:
        self.control = Control(self.server.url)
        self.people = People(self.server)
        self.people.sign_in()

    def start_anew(self) -> None:
        """Nothing in it, no faults, no calls counted."""
        self.server.world.reset()
        self._product = None

    # What is there

    def objects(self, kind: str) -> list[Shown]:
        """Everything of a kind that is not deleted, in full."""
        return [shown for shown in self.control.call("GET", f"objects?kind={kind}")[kind] if not shown["deleted"]]

    def one(self, kind: str) -> Shown:
        """The only object of its kind."""
        found = self.objects(kind)
        assert len(found) == 1, f"{len(found)} {kind} in Zoho"
        return found[0]

    def get(self, kind: str, zoho_id: str | None) -> Shown:
        """The object of that id."""
        name = f"{kind[:-1]}_id"
        return next(shown for shown in self.objects(kind) if shown[name] == zoho_id)

    def deleted(self, kind: str) -> list[Shown]:
        """What was made and deleted again."""
        return [shown for shown in self.control.call("GET", f"objects?kind={kind}")[kind] if shown["deleted"]]

    @property
    def mails(self) -> list[Shown]:
        """What Zoho would have mailed."""
        mails: list[Shown] = self.control.call("GET", "mails")["mails"]
        return mails

    # What was asked

    def calls(self, method: str = "", path: str = "") -> list[Shown]:
        """The pipeline's API calls whose path matches, since the ledger was last cleared."""
        entries = self.control.call("GET", "ledger")["entries"]
        return [
            entry
            for entry in entries
            if entry["actor"] != PEOPLE
            and entry["path"].startswith("/billing")
            and method in ("", entry["method"])
            and re.search(path, entry["path"])
        ]

    @property
    def writes(self) -> list[str]:
        """Method and path of every call that is not a read."""
        return [f"{call['method']} {_short(call['path'])}" for call in self.calls() if call["method"] != "GET"]

    @property
    def reads(self) -> list[str]:
        """Path of every read."""
        return [_short(call["path"]) for call in self.calls("GET")]

    def forget_calls(self) -> None:
        """Clear the ledger."""
        self.control.call("DELETE", "ledger")

    # What goes wrong

    def befall(self, kind: str, *, method: str = "", path: str = "", times: int | None = 1, **more: Any) -> None:
        """Let a fault befall the next requests that match."""
        match = {"method": method, "path": path, "times": times, **more.pop("match", {})}
        self.control.call("POST", "faults", {"match": match, "action": {"kind": kind, **more}})

    def mend(self) -> None:
        """No faults any more."""
        self.control.call("DELETE", "faults")

    def behave(self, **settings: Any) -> None:
        """Change how the server behaves."""
        self.control.call("POST", "behaviour", settings)

    def on(self, day: date) -> None:
        """Make it eight in the morning of that day; subscriptions raise what falls due by then."""
        self.control.call("POST", "clock", {"set": f"{day.isoformat()}T08:00:00+02:00"})

    def days_pass(self, days: float) -> None:
        """Let the organisation's clock advance; subscriptions raise what falls due."""
        self.control.call("POST", "clock", {"advance_days": days})

    # What people, or CircleTel's app, make in Zoho

    def customer(self, circletel_id: str | None = None, *, account_number: str | None = None, **fields: Any) -> str:
        """A customer; with CircleTel's keys if given."""
        body = {"display_name": "Thandi Mokoena", "email": "thandi@example.co.za", **fields}
        custom = _custom(cf_circletel_customer_id=circletel_id, cf_account_number=account_number)
        return str(self.people.post("/customers", body | custom)["customer"]["customer_id"])

    def plan(self, code: str = SKU, price: Decimal = FEE, *, inclusive: bool = True, **fields: Any) -> str:
        """A plan of a package, with 15 % VAT."""
        if self._product is None:
            self._product = str(self.people.post("/products", {"name": "CircleTel"})["product"]["product_id"])
        body = {
            "plan_code": code,
            "name": f"Plan {code}",
            "recurring_price": float(price),
            "interval": 1,
            "interval_unit": "months",
            "product_id": self._product,
            "tax_id": VAT,
            "is_tax_inclusive": inclusive,
            **fields,
        }
        self.people.post("/plans", body)
        return code

    def subscription(self, customer: str, starts: date, circletel_id: str | None = None, **fields: Any) -> str:
        """A subscription as the app makes it: without a reference, with its own field if an id is given."""
        plan = {"plan_code": SKU, "exclude_trial": True, "exclude_setup_fee": True, **fields.pop("plan", {})}
        body = {"customer_id": customer, "plan": plan, "auto_collect": False, "starts_at": starts.isoformat(), **fields}
        made = self.people.post("/subscriptions", body | _custom(cf_circletel_service_id=circletel_id))
        return str(made["subscription"]["subscription_id"])

    def invoice(
        self, customer: str, number: str | None = None, total: str = "230.00", *, draft: bool = False, **fields: Any
    ) -> str:
        """An invoice of a total including VAT, issued unless it shall stay a draft."""
        circletel_id = fields.pop("circletel_id", None)
        body = {
            "customer_id": customer,
            "date": "2025-09-01",
            "invoice_items": [{"name": "Installation", "price": float(total), "quantity": 1, "tax_id": VAT}],
            "is_inclusive_tax": True,
            **fields,
            **_custom(cf_circletel_invoice_id=circletel_id),
        }
        own = {"ignore_auto_number_generation": "true"} if number else {}
        made = self.people.post("/invoices", body | ({"invoice_number": number} if number else {}), **own)["invoice"]
        if not draft:
            self.people.post(f"/invoices/{made['invoice_id']}/converttoopen")
        return str(made["invoice_id"])

    def payment(self, customer: str, amount: str = "230.00", **fields: Any) -> str:
        """A payment; `invoice` is what all of it is applied to."""
        circletel_id, invoice = fields.pop("circletel_id", None), fields.pop("invoice", None)
        body = {
            "customer_id": customer,
            "payment_mode": "banktransfer",
            "amount": float(amount),
            "date": "2025-09-10",
            **({"invoices": [{"invoice_id": invoice, "amount_applied": float(amount)}]} if invoice else {}),
            **fields,
            **_custom(cf_circletel_payment_id=circletel_id),
        }
        return str(self.people.post("/payments", body)["payment"]["payment_id"])

    def access(self) -> Access:
        """How the sample data's player signs in."""
        known = self.server
        return Access(known.url, known.client_id, known.client_secret, known.refresh_token, known.org_id)

    def close(self) -> None:
        """Hang up."""
        self.people.close()
        self.control.__exit__()


def money(value: Any) -> Decimal:
    """An amount of an answer."""
    return Decimal(str(value)).quantize(Decimal("0.01"))


def custom(shown: Shown, name: str) -> str | None:
    """The value of a custom field of an object."""
    return next((field["value"] for field in shown["custom_fields"] if field["api_name"] == name), None)


def _custom(**values: str | None) -> dict[str, Any]:
    fields = [{"api_name": name, "value": value} for name, value in values.items() if value]
    return {"custom_fields": fields} if fields else {}


def _short(path: str) -> str:
    return path.removeprefix("/billing/v1")
