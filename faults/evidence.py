"""What the judge looks at: CircleTel's tables, the pipeline's word on each row, and all that Zoho holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from faults.scene import Scene
from faults.small_world import LINK, TABLE

_ID = {
    "customers": "customer_id",
    "subscriptions": "subscription_id",
    "invoices": "invoice_id",
    "payments": "payment_id",
}
_SENT_TYPES = frozenset({"installation", "pro_rata", "equipment", "adjustment"})


@dataclass(frozen=True)
class Row:
    """A row of CircleTel and what is said of it."""

    entity: str
    id: str
    values: Mapping[str, Any]
    eligible: bool
    state: str | None
    reason: str | None

    @property
    def zoho_id(self) -> str | None:
        return self.values[LINK[self.entity]] or None

    @property
    def status(self) -> str | None:
        status = self.values["zoho_sync_status"]
        return None if status is None else str(status)

    def __str__(self) -> str:
        return f"{self.entity} row {self.id}"


@dataclass(frozen=True)
class Thing:
    """An object in Zoho."""

    kind: str
    id: str
    shown: Mapping[str, Any]

    @property
    def alive(self) -> bool:
        """Whether it counts: not deleted, void or cancelled."""
        return not self.shown["deleted"] and self.shown.get("status") not in ("void", "cancelled", "expired")

    @property
    def customer(self) -> str:
        inner = self.shown.get("customer")
        return str(inner["customer_id"] if inner else self.shown["customer_id"])

    @property
    def raised(self) -> bool:
        """Whether a subscription raised it."""
        return bool(self.shown.get("subscriptions")) or self.shown.get("transaction_type") == "renewal"

    def field(self, name: str) -> str | None:
        """A custom field."""
        return next((item["value"] for item in self.shown["custom_fields"] if item["api_name"] == name), None)

    def amount(self, name: str) -> Decimal:
        """An amount of money."""
        return Decimal(str(self.shown[name]))

    def __str__(self) -> str:
        return f"{self.kind[:-1]} {self.id} in Zoho"


@dataclass(frozen=True)
class Evidence:
    """Both sides after a run."""

    rows: dict[str, dict[str, Row]]
    things: dict[str, dict[str, Thing]]
    mails: list[dict[str, Any]]
    calls: list[dict[str, Any]]
    open_attempts: list[str]


def gather(scene: Scene) -> Evidence:
    """All of it."""
    shown = scene.zoho.control.call("GET", "objects")
    with scene.engine.connect() as connection:
        rows = {entity: list(_rows(connection, entity)) for entity in TABLE}
        open_attempts = [
            f"{found.entity} row {found.row_id}"
            for found in connection.execute(
                text("SELECT entity, row_id::text FROM zoho_pipeline.attempts WHERE ended_at IS NULL")
            )
        ]
    return Evidence(
        rows={entity: {row.id: row for row in found} for entity, found in rows.items()},
        things={
            kind: {thing[_ID[kind]]: Thing(kind, thing[_ID[kind]], thing) for thing in shown[kind]} for kind in _ID
        },
        mails=scene.zoho.mails,
        calls=scene.zoho.calls(),
        open_attempts=open_attempts,
    )


_ELIGIBLE_CUSTOMER = "coalesce(c.account_type, 'personal') <> 'internal_test'"
_JOINS = {
    "customers": "LEFT JOIN customers c ON c.id = t.id",
    "subscriptions": "LEFT JOIN customers c ON c.id = t.customer_id",
    "invoices": "LEFT JOIN customers c ON c.id = t.customer_id",
    "payments": "LEFT JOIN customers c ON c.id = t.customer_id",
}


def _rows(connection: Connection, entity: str) -> Iterable[Row]:
    query = text(
        f"SELECT t.*, {_ELIGIBLE_CUSTOMER} AS customer_counts, r.state AS record_state, r.reason AS record_reason "  # noqa: S608
        f"FROM {TABLE[entity]} t {_JOINS[entity]} "
        "LEFT JOIN zoho_pipeline.sync_records r ON r.entity = :entity AND r.row_id = t.id"
    )
    for found in connection.execute(query, {"entity": entity}).mappings():
        eligible = found["customer_counts"] and _eligible(entity, dict(found))
        yield Row(entity, str(found["id"]), dict(found), eligible, found["record_state"], found["record_reason"])


def _eligible(entity: str, row: Mapping[str, Any]) -> bool:
    match entity:
        case "subscriptions":
            return bool(row["status"] == "active")
        case "invoices":
            return row["invoice_type"] in _SENT_TYPES and row["status"] not in ("voided", "cancelled")
        case "payments":
            return bool(row["status"] == "completed" and row["provider"] != "zoho_billing")
    return True
