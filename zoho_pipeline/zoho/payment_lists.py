"""Listing payments, in whichever of two ways Zoho offers.

`GET /payments` is in newer material, and not in the OpenAPI of 2025. Where it answers 404 the documented way is taken:
the payments among the transactions, and then each payment's detail, which costs a call for each.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

from zoho_pipeline.zoho.errors import NotInZoho
from zoho_pipeline.zoho.models import ZohoPayment, ZohoTransaction
from zoho_pipeline.zoho.paging import Page
from zoho_pipeline.zoho.ports import About


class _Transactions(Protocol):
    def __call__(
        self, about: About, *, kind: str, customer_id: str | None, first_page: int
    ) -> Iterator[Page[ZohoTransaction]]: ...


class PaymentLists:
    """Lists payments; remembers which of the two ways this Zoho offers."""

    def __init__(
        self,
        listed: Callable[[About, str | None, int], Iterator[Page[ZohoPayment]]],
        transactions: _Transactions,
        detail: Callable[[str, About], ZohoPayment],
    ) -> None:
        self._listed = listed
        self._transactions = transactions
        self._detail = detail
        self._there_is_no_list = False

    def pages(self, about: About, customer_id: str | None, first_page: int = 1) -> Iterator[Page[ZohoPayment]]:
        """All payments, or a customer's, from that page on."""
        if not self._there_is_no_list:
            begun = False
            try:
                for page in self._listed(about, customer_id, first_page):
                    begun = True
                    yield page
                return
            except NotInZoho:
                if begun:  # the list exists and broke off
                    raise
                self._there_is_no_list = True
        yield from self._among_transactions(about, customer_id, first_page)

    def _among_transactions(
        self, about: About, customer_id: str | None, first_page: int
    ) -> Iterator[Page[ZohoPayment]]:
        for page in self._transactions(about, kind="PAYMENT", customer_id=customer_id, first_page=first_page):
            paid = [row for row in page.rows if row.type == "payment"]
            yield Page(page.number, tuple(self._payment(row, about) for row in paid), page.more)

    def _payment(self, row: ZohoTransaction, about: About) -> ZohoPayment:
        """The detail; the documents do not say which of the row's two ids is the payment's."""
        try:
            return self._detail(row.transaction_id, about)
        except NotInZoho:
            if row.reference_id in (None, row.transaction_id):
                raise
            return self._detail(str(row.reference_id), about)
