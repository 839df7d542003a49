"""Whose is each object in Zoho? Told by a key that it carries, ours or the app's; where it carries none, by content."""

from collections import defaultdict
from dataclasses import dataclass, field

from faults.evidence import Evidence, Row, Thing
from faults.scene import Scene


@dataclass
class Court:
    """One run's evidence, and whose each object is."""

    scene: Scene
    evidence: Evidence
    rests: frozenset[str]
    owners: dict[str, dict[str, list[Thing]]] = field(default_factory=dict)
    """Entity, row: the objects that are for it and alive."""

    def __post_init__(self) -> None:
        for kind, things in self.evidence.things.items():
            owned: dict[str, list[Thing]] = defaultdict(list)
            for thing in things.values():
                if thing.alive and (owner := self._owner(kind, thing)):
                    owned[owner].append(thing)
            self.owners[kind] = owned

    def _owner(self, kind: str, thing: Thing) -> str | None:
        rows = self.evidence.rows[kind]
        if keyed := key_of(kind, thing, rows):
            return keyed
        alike = [row.id for row in rows.values() if _same_content(kind, row, thing, self)]
        if len(alike) == 1:
            return alike[0]
        return next((row.id for row in rows.values() if row.zoho_id == thing.id), None)

    def owner_of(self, kind: str, zoho_id: str) -> str | None:
        """The row that a living object is for."""
        owned = self.owners[kind].items()
        return next((row_id for row_id, things in owned if any(thing.id == zoho_id for thing in things)), None)

    def allowed(self, row: Row) -> frozenset[str]:
        """The states in which the row may rest."""
        return self.scene.world.rests.get(row.id, frozenset()) | self.rests

    def partner(self, row: Row) -> str | None:
        """The customer in Zoho to whom the row's object belongs, after what people did there."""
        customer = self.evidence.rows["customers"].get(str(row.values["customer_id"]))
        linked = customer.zoho_id if customer else None
        return self.scene.merged.get(linked or "", linked)


def key_of(kind: str, thing: Thing, rows: dict[str, Row]) -> str | None:
    """The row whose key the object carries."""
    match kind:
        case "customers":
            account = thing.field("cf_account_number")
            by_account = next((row.id for row in rows.values() if row.values["account_number"] == account), None)
            return thing.field("cf_circletel_customer_id") or (by_account if account else None)
        case "subscriptions":
            return thing.shown["reference_id"] or thing.field("cf_circletel_service_id")
        case "invoices":
            number = thing.shown["invoice_number"]
            by_number = next((row.id for row in rows.values() if row.values["invoice_number"] == number), None)
            return thing.field("cf_circletel_invoice_id") or by_number
    reference = thing.shown["reference_number"] or ""
    by_reference = next((row.id for row in rows.values() if reference in (row.id[:8],)), None)
    long = reference[:36] if len(reference) >= 36 else None
    return thing.field("cf_circletel_payment_id") or long or by_reference


def _same_content(kind: str, row: Row, thing: Thing, court: Court) -> bool:
    values, shown = row.values, thing.shown
    match kind:
        case "customers":
            name = f"{values['first_name']} {values['last_name']}"
            return bool(values["email"]) and values["email"] == shown["email"] and name == shown["display_name"]
        case "subscriptions":
            same = values["monthly_price"] == thing.amount("amount") and values["status"] == "active"
            return same and thing.customer == court.partner(row)
        case "invoices":
            same = str(values["invoice_date"]) == shown["date"] and values["total_amount"] == thing.amount("total")
            return same and not thing.raised and thing.customer == court.partner(row)
    same = str(values["completed_at"].date()) == shown["date"] and values["amount"] == thing.amount("amount")
    return same and thing.customer == court.partner(row)
