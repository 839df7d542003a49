"""Custom fields: read by label or api_name, shown as a list in details and flattened in list rows."""

from __future__ import annotations

from typing import Any

from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.values import Body, rows, text


def read(body: Body, kind: str, before: dict[str, str], behaviour: Behaviour) -> dict[str, str]:
    """The values after this body, by api_name. A field the organisation does not have is dropped silently."""
    if "custom_fields" not in body:
        return before
    known = behaviour.custom_fields.get(kind, {})
    by_label = {label.lower(): api_name for api_name, label in known.items()}
    values = dict(before) if behaviour.custom_fields_kept_on_update else {}
    for row in rows(body, "custom_fields"):
        named = text(row, "api_name") or by_label.get(text(row, "label").lower(), text(row, "label"))
        if named in known:
            values[named] = text(row, "value")
    return {name: value for name, value in values.items() if value}


def listed(values: dict[str, str], kind: str, behaviour: Behaviour) -> list[dict[str, Any]]:
    """As a detail shows them."""
    known = behaviour.custom_fields.get(kind, {})
    return [
        {"index": index, "label": label, "api_name": name, "value": values[name], "data_type": "text"}
        for index, (name, label) in enumerate(known.items(), start=1)
        if name in values
    ]


def flattened(values: dict[str, str]) -> dict[str, Any]:
    """As a list row shows them: each as its own key, and all of them in custom_field_hash."""
    return {**values, "custom_field_hash": dict(values)}
