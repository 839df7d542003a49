"""Zoho Billing's resources as typed methods. Looking an object up by our key is in `lookups`.

Every method takes an `About` that says on whose behalf it calls, and raises a `ZohoError` (see `errors`). Lists come as
pages of at most 200, as they arrive; an iteration that ends without an error has seen the whole list. A write answers
with the object as Zoho now holds it: whoever writes compares it, for Zoho drops unknown fields silently (seen live).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from zoho_pipeline.zoho.answers import Answer, understood
from zoho_pipeline.zoho.models import (
    ZohoCreditNote,
    ZohoCustomer,
    ZohoInvoice,
    ZohoOrganisation,
    ZohoPayment,
    ZohoPlan,
    ZohoSubscription,
    ZohoTax,
    ZohoTransaction,
)
from zoho_pipeline.zoho.paging import Page, pages
from zoho_pipeline.zoho.payment_lists import PaymentLists
from zoho_pipeline.zoho.ports import About
from zoho_pipeline.zoho.reading import Row
from zoho_pipeline.zoho.request import Request
from zoho_pipeline.zoho.transport import Transport

Model = TypeVar("Model")
Payload = Mapping[str, Any]


class ZohoBilling:
    """One organisation in Zoho Billing. Safe to share between threads.

    `run_id` labels the calls whose `About` names no run.
    """

    def __init__(self, transport: Transport, run_id: str | None = None) -> None:
        self._transport = transport
        self._run_id = run_id
        self._payment_lists = PaymentLists(self._listed_payments, self.transactions, self.get_payment)

    # Lists

    def organisations(self, about: About) -> tuple[ZohoOrganisation, ...]:
        """The organisations that the token can see, whichever is in the settings."""
        answer = self._send(Request("GET", "/organizations", about, names_organisation=False))
        return understood(answer, "organizations", lambda rows: tuple(ZohoOrganisation.read(row) for row in rows))

    def taxes(self, about: About) -> tuple[ZohoTax, ...]:
        """The organisation's taxes (path as in Zoho's sister products)."""
        return tuple(tax for page in self._pages("/settings/taxes", "tax_id", ZohoTax.read, about) for tax in page.rows)

    def plans(self, about: About) -> Iterator[Page[ZohoPlan]]:
        """All plans, inactive ones too."""
        return self._pages("/plans", "plan_code", ZohoPlan.read, about, filter_by="PlanStatus.All")

    def customers(self, about: About, *, email: str | None = None, first_page: int = 1) -> Iterator[Page[ZohoCustomer]]:
        """All customers, inactive ones too; of an e-mail where that (undocumented) filter works, else all."""
        return self._pages(
            "/customers", "customer_id", ZohoCustomer.read, about, first_page, filter_by="Status.All", email=email
        )

    def subscriptions(
        self,
        about: About,
        *,
        customer_id: str | None = None,
        reference_contains: str | None = None,
        first_page: int = 1,
    ) -> Iterator[Page[ZohoSubscription]]:
        """All subscriptions in every state; of a customer, or with a reference that contains the text."""
        return self._pages(
            "/subscriptions", "subscription_id", ZohoSubscription.read, about, first_page,
            filter_by="SubscriptionStatus.All", customer_id=customer_id, reference_contains=reference_contains,
        )  # fmt: skip

    def invoices(
        self,
        about: About,
        *,
        customer_id: str | None = None,
        subscription_id: str | None = None,
        invoice_number: str | None = None,
        first_page: int = 1,
    ) -> Iterator[Page[ZohoInvoice]]:
        """All invoices, newest first; of a customer or subscription, or (undocumented) with a number."""
        return self._pages(
            "/invoices", "invoice_id", ZohoInvoice.read, about, first_page, filter_by="Status.All",
            customer_id=customer_id, subscription_id=subscription_id, invoice_number=invoice_number,
            sort_column="created_time", sort_order="D",
        )  # fmt: skip

    def payments(
        self, about: About, *, customer_id: str | None = None, first_page: int = 1
    ) -> Iterator[Page[ZohoPayment]]:
        """All payments, or a customer's. Costs a call for each payment where Zoho has no `GET /payments`."""
        return self._payment_lists.pages(about, customer_id, first_page)

    def transactions(
        self, about: About, *, kind: str, customer_id: str | None = None, first_page: int = 1
    ) -> Iterator[Page[ZohoTransaction]]:
        """The transactions of a kind: INVOICE, PAYMENT, CREDIT or REFUND."""
        return self._pages(
            "/transactions", "transaction_id", ZohoTransaction.read, about, first_page,
            filter_by=f"TransactionType.{kind}", customer_id=customer_id,
        )  # fmt: skip

    def credit_notes(self, about: About, *, first_page: int = 1) -> Iterator[Page[ZohoCreditNote]]:
        """All credit notes, void ones too (a list that was seen live, and is not documented)."""
        return self._pages(
            "/creditnotes", "creditnote_id", ZohoCreditNote.read, about, first_page, filter_by="Status.All"
        )

    # One object

    def get_customer(self, customer_id: str, about: About) -> ZohoCustomer:
        """The customer of that Zoho id."""
        return self._object(Request("GET", "/customers/{id}", about, customer_id), "customer", ZohoCustomer.read)

    def get_subscription(self, subscription_id: str, about: About) -> ZohoSubscription:
        """The subscription of that Zoho id."""
        request = Request("GET", "/subscriptions/{id}", about, subscription_id)
        return self._object(request, "subscription", ZohoSubscription.read)

    def get_invoice(self, invoice_id: str, about: About) -> ZohoInvoice:
        """The invoice of that Zoho id, with its payments."""
        return self._object(Request("GET", "/invoices/{id}", about, invoice_id), "invoice", ZohoInvoice.read)

    def get_credit_note(self, credit_note_id: str, about: About) -> ZohoCreditNote:
        """The credit note of that Zoho id, with its tax."""
        request = Request("GET", "/creditnotes/{id}", about, credit_note_id)
        return self._object(request, "credit_note", ZohoCreditNote.read)

    def get_payment(self, payment_id: str, about: About) -> ZohoPayment:
        """The payment of that Zoho id, with the invoices it was applied to."""
        return self._object(Request("GET", "/payments/{id}", about, payment_id), "payment", ZohoPayment.read)

    # Writes: each is sent once, and OutcomeUnknown says that nobody knows whether it was carried out

    def create_customer(self, payload: Payload, about: About) -> ZohoCustomer:
        """Make a customer."""
        return self._object(Request("POST", "/customers", about, body=payload), "customer", ZohoCustomer.read)

    def update_customer(self, customer_id: str, payload: Payload, about: About) -> ZohoCustomer:
        """Change a customer's fields at once."""
        request = Request("PUT", "/customers/{id}", about, customer_id, body=payload)
        return self._object(request, "customer", ZohoCustomer.read)

    def create_subscription(self, payload: Payload, about: About) -> ZohoSubscription:
        """Make a subscription; Zoho normally raises its first invoice at once (child_invoice_id)."""
        request = Request("POST", "/subscriptions", about, body=payload)
        return self._object(request, "subscription", ZohoSubscription.read)

    def update_subscription(
        self, subscription_id: str, payload: Payload, about: About, *, customer_id: str | None = None
    ) -> ZohoSubscription:
        """Change a subscription; the documented answer lacks the customer's id, so `customer_id` fills it in."""
        request = Request("PUT", "/subscriptions/{id}", about, subscription_id, body=payload)
        return self._object(request, "subscription", lambda row: ZohoSubscription.read(row, customer_id))

    def cancel_subscription(self, subscription_id: str, about: About, *, at_end: bool) -> ZohoSubscription:
        """Cancel a subscription, at the end of its term or at once."""
        request = Request(
            "POST", "/subscriptions/{id}/cancel", about, subscription_id, {"cancel_at_end": str(at_end).lower()}
        )
        return self._object(request, "subscription", ZohoSubscription.read)

    def create_invoice(self, payload: Payload, about: About) -> ZohoInvoice:
        """Make an invoice under its own invoice_number, without mail; it is a draft until opened."""
        params = {"ignore_auto_number_generation": "true", "send": "false"}
        request = Request("POST", "/invoices", about, params=params, body=payload)
        return self._object(request, "invoice", ZohoInvoice.read)

    def update_invoice(self, invoice_id: str, payload: Payload, about: About) -> ZohoInvoice:
        """Change a draft, which keeps its own invoice_number; lines that the payload leaves out are deleted."""
        params = {"ignore_auto_number_generation": "true"}
        request = Request("PUT", "/invoices/{id}", about, invoice_id, params, payload)
        return self._object(request, "invoice", ZohoInvoice.read)

    def open_invoice(self, invoice_id: str, about: About) -> None:
        """Make a draft an open invoice, without mail; Zoho's answer carries no invoice."""
        self._send(Request("POST", "/invoices/{id}/converttoopen", about, invoice_id))

    def delete_invoice(self, invoice_id: str, about: About) -> None:
        """Delete an invoice; meant for drafts that differ from CircleTel's."""
        self._send(Request("DELETE", "/invoices/{id}", about, invoice_id))

    def create_payment(self, payload: Payload, about: About) -> ZohoPayment:
        """Make a payment; what is not applied to invoices becomes the customer's credit."""
        return self._object(Request("POST", "/payments", about, body=payload), "payment", ZohoPayment.read)

    def _pages(
        self,
        path: str,
        id_key: str,
        read: Callable[[Row], Model],
        about: About,
        first_page: int = 1,
        **params: str | None,
    ) -> Iterator[Page[Model]]:
        given = {name: value for name, value in params.items() if value is not None}
        request = Request("GET", path, about, params=given)
        return pages(self._send, request, path.rpartition("/")[2], read, id_key, first_page)

    def _send(self, request: Request) -> Answer:
        if request.about.run_id is None and self._run_id is not None:
            request = replace(request, about=replace(request.about, run_id=self._run_id))
        return self._transport.send(request)

    def _listed_payments(self, about: About, customer_id: str | None, first_page: int) -> Iterator[Page[ZohoPayment]]:
        return self._pages("/payments", "payment_id", ZohoPayment.read, about, first_page, customer_id=customer_id)

    def _object(self, request: Request, key: str, read: Callable[[Row], Model]) -> Model:
        return understood(self._send(request), key, read)
