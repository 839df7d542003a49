"""Every behaviour of the practice server that one may want to change, in one frozen record.

Each setting says where it comes from: *documented* (Zoho Billing's own documents or its OpenAPI) or *assumed*
(a sister product, a public client, or our best guess). A fact learnt later is one default to change here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DOCUMENTED = "documented"
ASSUMED = "assumed"

CUSTOM_FIELDS: dict[str, dict[str, str]] = {
    "customers": {"cf_circletel_customer_id": "CircleTel Customer ID", "cf_account_number": "Account Number"},
    "subscriptions": {"cf_circletel_service_id": "CircleTel Service ID"},
    "invoices": {"cf_circletel_invoice_id": "CircleTel Invoice ID"},
    "payments": {"cf_circletel_payment_id": "CircleTel Payment ID"},
    "creditnotes": {},
}

# Seen live or plausible, yet in no document: a client that leans on one of these can be tested without it.
# transactions.customer_name and transactions.reference_number may be added to what is given by default.
UNDOCUMENTED_FIELDS = (
    "customers.customer_number",
    "customers.rows.status",
    "plans.plan_id",
    "subscriptions.subscription_number",
    "subscriptions.sub_total",
    "invoices.subscriptions",
    "payments.payment_number",
    "payments.unused_amount",
    "transactions.customer_id",
    "creditnotes.sub_total",
)


def documented(default: Any, meaning: str) -> Any:
    """A setting whose default is what Zoho's documents say."""
    return _setting(default, DOCUMENTED, meaning)


def assumed(default: Any, meaning: str) -> Any:
    """A setting whose default is a guess, however good."""
    return _setting(default, ASSUMED, meaning)


def _setting(default: Any, source: str, meaning: str) -> Any:
    return field(default=default, metadata={"source": source, "meaning": meaning})


def _custom_fields() -> dict[str, dict[str, str]]:
    return {kind: dict(fields) for kind, fields in CUSTOM_FIELDS.items()}


@dataclass(frozen=True)
class Behaviour:
    """The practice server's settings; amounts of time are in seconds unless the name says otherwise."""

    # Tokens and organisation
    access_token_seconds: float = documented(3600.0, "life of an access token, in real time")
    tokens_per_window: int = documented(10, "access tokens per refresh token and window; then 400 Access Denied")
    token_window_seconds: float = documented(600.0, "length of that window, from its first token")
    granted_scopes: tuple[str, ...] = documented(
        ("ZohoSubscriptions.fullaccess.all",),
        "scopes of every token; a missing one is answered 401 with code 57",
    )
    accepts_bearer: bool = assumed(True, "accepts 'Authorization: Bearer' beside 'Zoho-oauthtoken'")
    organisation_header_required: bool = assumed(
        False, "refuses calls that name no organisation; otherwise they fall back to the default one"
    )
    wrong_organisation_status: int = assumed(401, "HTTP status of code 6041 (wrong organisation)")

    # Limits
    calls_per_minute: int = documented(
        3000,
        "calls per organisation in a rolling minute, then 429 with code 44 (Zoho: 100, or 30; more here for practice)",
    )
    calls_per_day: int = documented(
        100_000,
        "calls per organisation in 24 rolling hours, then 429 with code 45 (Zoho: 1,000 to 10,000; more here)",
    )
    calls_in_flight: int = documented(10, "calls at one time, then 429 with code 1070 (Zoho: 5 free, 10 paid)")
    refused_calls_count: bool = assumed(False, "whether calls answered 429 count towards the limits")
    unauthorised_calls_count: bool = assumed(False, "whether calls answered 401 count towards the limits")
    refusals_before_block: int = assumed(200, "refusals (429) within a minute after which code 43 blocks everything")
    block_seconds: float = assumed(3600.0, "length of that block, told in Retry-After")
    latency_ms: float = assumed(0.0, "milliseconds every API call takes beside its own work")

    # Error codes
    missing_field_code: int = assumed(4, "code of 'Invalid value passed for <field>' where a required field is missing")
    invalid_value_code: int = assumed(2, "code of 'Invalid value passed for <field>' where the value is no good")
    rule_refusal_code: int = assumed(
        1050, "code of refusals by a business rule whose true code is not known (invented)"
    )
    unknown_reference_status: int = assumed(404, "HTTP status when a body names an object that does not exist (1002)")

    # Lists
    per_page_maximum: int = documented(200, "largest page; a larger per_page is cut to it")
    default_sort_order: str = assumed("D", "order of lists by created_time when none is asked: D newest first, or A")
    lists_default_to_all: bool = assumed(
        True, "a list without filter_by shows every status; otherwise only active ones"
    )
    list_lag_seconds: float = assumed(0.0, "real seconds until a new object appears in lists (search lag); 0 = at once")
    ignored_filters: tuple[str, ...] = assumed((), "query filters that are silently ignored; '*' ignores all")
    undocumented_filters: bool = assumed(True, "email, email_contains, search_text, invoice_number, dates … do filter")
    empty_list_is_204: bool = assumed(False, "an empty list is answered 204 without a body")
    payments_list_available: bool = assumed(True, "GET /payments exists; otherwise 404")
    creditnotes_list_available: bool = assumed(True, "GET /creditnotes exists; otherwise 404")
    whole_organisation_transactions: bool = assumed(
        True, "GET /transactions works without customer_id (the documents speak of one customer only)"
    )
    undocumented_fields: tuple[str, ...] = assumed(
        UNDOCUMENTED_FIELDS, "answer fields that no document names; leave one out to see who leans on it"
    )

    # Numbers and strings in answers
    transaction_amount_is_string: bool = assumed(
        False, "transactions.amount as in the OpenAPI (string), not as seen live"
    )
    subscription_interval_is_string: bool = assumed(False, "subscriptions.interval as in the OpenAPI, not as seen live")
    line_price_is_string: bool = documented(True, "invoice_items.price is a string, as in the OpenAPI")
    tax_amount_is_string: bool = documented(True, "taxes.tax_amount of subscriptions and credit notes is a string")
    creditnote_answer_key: str = documented("credit_note", "key of one credit note in an answer")

    # Customers and custom fields
    custom_fields: dict[str, dict[str, str]] = field(
        default_factory=_custom_fields,
        metadata={
            "source": ASSUMED,
            "meaning": "the organisation's custom fields: kind → {api_name: label}; others are dropped silently",
        },
    )
    dropped_fields: tuple[str, ...] = assumed(
        (), "fields of request bodies that are dropped silently, as kind.field: subscriptions.reference_id"
    )
    custom_fields_kept_on_update: bool = assumed(True, "an update leaves custom fields alone that it does not mention")
    partial_updates: bool = assumed(True, "an update may leave out required fields (the OpenAPI demands them again)")
    forbids_duplicate_names: bool = documented(False, "a second customer of the same display_name is refused with 3062")

    # Money
    plan_prices_include_tax: bool = assumed(False, "plans that do not say is_tax_inclusive have prices including tax")
    tax_rounding: str = assumed("line", "tax is rounded half up to the cent per 'line', or once per 'document'")
    sub_total_excludes_tax: bool = assumed(True, "sub_total leaves out tax even where line prices include it")

    # Subscriptions
    backdated_without_flag: str = assumed(
        "next_term",
        "back-dated without create_backdated_invoice: billed from the 'next_term' on, or the 'current_term' too",
    )
    backdated_invoice_date: str = assumed("term_start", "a back-dated first invoice is dated 'term_start' or 'today'")
    term_ends_on_next_billing: bool = assumed(True, "current_term_ends_at is next_billing_at, not the day before")
    immediate_change_prorates: bool = assumed(
        True, "a change without end_of_term bills (or credits) the rest of the current term at once"
    )
    online_needs_card: bool = assumed(True, "auto_collect true without a card is refused")
    billed_subscription_deletable: bool = assumed(True, "a subscription that has invoices may be deleted; they stay")

    # Invoices
    own_number_without_flag: str = assumed(
        "ignored",
        "own invoice_number without ignore_auto_number_generation is 'ignored', 'kept' or 'refused'",
    )
    line_needs_product: bool = assumed(False, "an invoice line must name a product_id or item_id")
    only_drafts_editable: bool = assumed(True, "an invoice that was issued cannot be changed by PUT")
    only_drafts_deletable: bool = assumed(True, "an invoice that was issued cannot be deleted")
    emailing_opens_draft: bool = assumed(True, "mailing a draft invoice opens it")
    repeated_actions_succeed: bool = assumed(True, "opening an open or voiding a void object answers 200, not an error")

    # Payments
    reference_number_maximum: int = assumed(100, "most characters of a payment's reference_number")
    refunded_payment_deletable: bool = assumed(False, "a payment that was refunded may be deleted")

    # Mail that Zoho sends by itself (the organisation's preferences)
    mail_payment_receipts: bool = assumed(False, "a payment is thanked for by mail")
    mail_subscription_invoices: bool = assumed(False, "invoices raised by subscriptions are mailed")
    mail_overdue_reminders: bool = assumed(False, "the day after its due date an unpaid invoice is reminded of by mail")

    def updated(self, changes: Mapping[str, object]) -> Behaviour:
        """A copy with these settings changed; ValueError names one that is unknown or of the wrong type."""
        converted: dict[str, Any] = {name: _converted(name, value) for name, value in changes.items()}
        return dataclasses.replace(self, **converted)

    def as_json(self) -> dict[str, Any]:
        """Plain values by name."""
        return dataclasses.asdict(self)

    def has(self, undocumented_field: str) -> bool:
        """Whether answers carry this undocumented field."""
        return undocumented_field in self.undocumented_fields


CHOICES: dict[str, tuple[str, ...]] = {
    "default_sort_order": ("D", "A"),
    "tax_rounding": ("line", "document"),
    "backdated_without_flag": ("next_term", "current_term"),
    "backdated_invoice_date": ("term_start", "today"),
    "own_number_without_flag": ("ignored", "kept", "refused"),
}

DEFAULTS = Behaviour().as_json()


def _converted(name: str, value: object) -> Any:
    """The value in the setting's type; JSON lists become tuples, whole numbers may stand for floats."""
    if name not in DEFAULTS:
        raise ValueError(f"there is no setting {name!r}")
    wanted = type(DEFAULTS[name])
    if wanted is tuple and isinstance(value, list | tuple):
        return tuple(str(part) for part in value)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not wanted:
        raise ValueError(f"setting {name!r} takes a {wanted.__name__}, not {value!r}")
    if name in CHOICES and value not in CHOICES[name]:
        raise ValueError(f"setting {name!r} is one of {', '.join(CHOICES[name])}, not {value!r}")
    return value
