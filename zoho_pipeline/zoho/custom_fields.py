"""Custom fields, in the three shapes in which Zoho shows them.

Details carry a list `custom_fields` of {label or api_name, value} (documented); list rows carry flattened `cf_*` keys
and an object `custom_field_hash` (both seen live). A label may be the api_name or its words: "CircleTel Customer ID"
and "cf_circletel_customer_id" are one field.
"""

from collections.abc import Mapping
from typing import Any

CIRCLETEL_CUSTOMER_ID = "cf_circletel_customer_id"
ACCOUNT_NUMBER = "cf_account_number"
CIRCLETEL_SERVICE_ID = "cf_circletel_service_id"
CIRCLETEL_INVOICE_ID = "cf_circletel_invoice_id"
CIRCLETEL_PAYMENT_ID = "cf_circletel_payment_id"


def custom_field(row: Mapping[str, Any], name: str) -> str | None:
    """The value of the custom field `name` (its api_name, `cf_…`); None where the row does not hold one."""
    value = row.get(name)
    if value in (None, ""):
        hashed = row.get("custom_field_hash")
        value = hashed.get(name) if isinstance(hashed, Mapping) else None
    if value in (None, ""):
        value = _listed(row.get("custom_fields"), name)
    return None if value in (None, "") else str(value)


def _listed(fields: object, name: str) -> object:
    if not isinstance(fields, list):
        return None
    for field in fields:
        if isinstance(field, Mapping) and name in (api_name(field.get("api_name")), api_name(field.get("label"))):
            value = field.get("value")
            if value not in (None, ""):
                return value
    return None


def api_name(label: object) -> str:
    """The api_name of a field as Zoho makes it of a label: lower case, words joined by underscores, `cf_` in front."""
    name = "_".join(str(label or "").strip().lower().replace("-", " ").replace("_", " ").split())
    return name if name.startswith("cf_") else f"cf_{name}"
