"""Keeping people's data and secrets out of whatever is stored or shown."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[redacted]"

_PERSONAL_KEYS = frozenset(
    {
        "address", "attention", "billing_address", "business_name", "business_registration", "city", "company_name",
        "contact_persons", "customer_name", "display_name", "email", "fax", "first_name", "installation_address",
        "last_name", "mobile", "name", "phone", "salutation", "shipping_address", "state", "street", "tax_number",
        "tax_reg_no", "vat_reg_no", "website", "zip",
    }
)  # fmt: skip
_SECRET_KEYS = frozenset(
    {
        "access_token", "authorization", "client_id", "client_secret", "password", "refresh_token", "secret", "token",
        "zoho_token_key",
    }
)  # fmt: skip
_NAMES_OF_THINGS = frozenset({"invoice_items", "line_items", "plan", "taxes", "custom_fields"})
"""Below these keys `name` is the name of a product, a tax or a field, and says nothing about a person."""

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_ZOHO_TOKEN = re.compile(r"\b1000\.[0-9A-Za-z]{8,}\.[0-9A-Za-z]{8,}")
_URL_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):([^/@\s]+)@")


def redacted_text(text: str) -> str:
    """The text without e-mail addresses, Zoho tokens, and passwords inside URLs."""
    if "@" in text:
        text = _EMAIL.sub(HIDDEN, _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text))
    return _ZOHO_TOKEN.sub(HIDDEN, text) if "1000." in text else text


def redacted(payload: Any, *, things: bool = False) -> Any:
    """The payload with every personal or secret value replaced, ready to be stored.

    `things` says that `name` belongs to a product, a tax or a field.
    """
    if isinstance(payload, Mapping):
        return {key: _redacted_value(str(key), value, things) for key, value in payload.items()}
    if isinstance(payload, list | tuple):
        return [redacted(item, things=things) for item in payload]
    return redacted_text(payload) if isinstance(payload, str) else payload


def _redacted_value(key: str, value: Any, things: bool) -> Any:
    lowered = key.lower()
    personal = lowered in _PERSONAL_KEYS and not (things and lowered == "name")
    if (personal or lowered in _SECRET_KEYS) and value not in (None, ""):
        return HIDDEN
    return redacted(value, things=things or lowered in _NAMES_OF_THINGS)
