"""What is there in the end: CircleTel's rows with what the pipeline says of them, and all that Zoho holds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from simulation.stage import Stage

TABLE = {
    "customers": "customers",
    "subscriptions": "customer_services",
    "invoices": "customer_invoices",
    "payments": "payment_transactions",
}
LINK = {
    "customers": "zoho_billing_customer_id",
    "subscriptions": "zoho_subscription_id",
    "invoices": "zoho_billing_invoice_id",
    "payments": "zoho_payment_id",
}
KEY = {
    "customers": "cf_circletel_customer_id",
    "subscriptions": "cf_circletel_service_id",
    "invoices": "cf_circletel_invoice_id",
    "payments": "cf_circletel_payment_id",
}
_OVER = ("void", "cancelled", "expired")
_SENT_TYPES = ("installation", "pro_rata", "equipment", "adjustment")


@dataclass(frozen=True)
class Row:
    """A row, whether it belongs into Zoho, and how it stands."""

    kind: str
    id: str
    values: Mapping[str, Any]
    eligible: bool
    state: str | None
    reason: str | None

    @property
    def zoho_id(self) -> str | None:
        return self.values[LINK[self.kind]] or None

    def __str__(self) -> str:
        return f"{self.kind} row {self.id}"


@dataclass(frozen=True)
class Thing:
    """An object in Zoho."""

    kind: str
    id: str
    shown: Mapping[str, Any]

    @property
    def alive(self) -> bool:
        """Whether it counts: not deleted, void or ended."""
        return not self.shown["deleted"] and self.shown.get("status") not in _OVER

    @property
    def row(self) -> str | None:
        """The row whose key it carries, ours or the app's."""
        fields = {field["api_name"]: field["value"] for field in self.shown["custom_fields"]}
        return fields.get(KEY[self.kind]) or self.shown.get("reference_id") or None

    def amount(self, name: str) -> Decimal:
        """An amount of money."""
        return Decimal(str(self.shown[name]))


@dataclass(frozen=True)
class Evidence:
    """Both sides."""

    rows: dict[str, dict[str, Row]]
    things: dict[str, dict[str, Thing]]
    mails: list[Any]
    open_attempts: int
    of_row: dict[str, dict[str, list[Thing]]] = field(default_factory=dict)
    """Kind, row: the objects alive that carry its key or that it is linked to."""

    def __post_init__(self) -> None:
        for kind, things in self.things.items():
            linked = {row.zoho_id: row.id for row in self.rows[kind].values() if row.zoho_id}
            owned: dict[str, list[Thing]] = defaultdict(list)
            for thing in things.values():
                owner = thing.row or linked.get(thing.id)
                if thing.alive and owner:
                    owned[owner].append(thing)
            self.of_row[kind] = owned


def gather(stage: Stage) -> Evidence:
    """All of it."""
    shown = stage.zoho.control.call("GET", "objects")
    return Evidence(
        rows={kind: {row.id: row for row in _rows(stage, kind)} for kind in TABLE},
        things={
            kind: {str(one[f"{kind[:-1]}_id"]): Thing(kind, str(one[f"{kind[:-1]}_id"]), one) for one in shown[kind]}
            for kind in TABLE
        },
        mails=stage.zoho.mails,
        open_attempts=stage.query("SELECT count(*) FROM zoho_pipeline.attempts WHERE ended_at IS NULL")[0].count,
    )


def _rows(stage: Stage, kind: str) -> list[Row]:
    found = stage.query(
        f"SELECT t.*, r.state AS record_state, r.reason AS record_reason FROM {TABLE[kind]} t "  # noqa: S608
        "LEFT JOIN zoho_pipeline.sync_records r ON r.entity = :kind AND r.row_id = t.id",
        kind=kind,
    )
    return [
        Row(kind, str(row.id), row._mapping, _eligible(kind, row), row.record_state, row.record_reason) for row in found
    ]


def _eligible(kind: str, row: Any) -> bool:
    """By CircleTel's rules; the world has no internal test customers."""
    match kind:
        case "subscriptions":
            return bool(row.status == "active")
        case "invoices":
            return row.invoice_type in _SENT_TYPES and row.status not in ("voided", "cancelled")
        case "payments":
            return bool(row.status == "completed" and row.provider != "zoho_billing")
    return True
