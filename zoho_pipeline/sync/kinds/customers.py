"""Customers: no parents; found by CircleTel's id, account number, or address and name; changes go at once."""

from collections.abc import Sequence

from zoho_pipeline.circletel.rows import Customer, Row
from zoho_pipeline.entities import Change, Entity
from zoho_pipeline.mapping.customers import map_customer
from zoho_pipeline.mirror.lookup import customers_like
from zoho_pipeline.mirror.objects import MirrorCustomer
from zoho_pipeline.mirror.reading import mirror_customer
from zoho_pipeline.sync.deciding import decide_linked, decide_unlinked, unless_switched_off
from zoho_pipeline.sync.decisions import Create, Decision, Send, Update
from zoho_pipeline.sync.holders import holders_of
from zoho_pipeline.sync.kinds.kind import Desk, Sent
from zoho_pipeline.sync.matching import match_customer, plain_email
from zoho_pipeline.sync.shelf import Shelf
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.ports import About


class Customers:
    """The kind of CircleTel's customers."""

    entity = Entity.CUSTOMERS
    mirrors = (Entity.CUSTOMERS,)

    def missing_parents(self, rows: Sequence[Row]) -> dict[Entity, list[str]]:
        return {}

    def decide(self, desk: Desk, rows: Sequence[Row]) -> dict[str, Decision]:
        mine = [row for row in rows if isinstance(row, Customer)]
        objects = customers_like(
            desk.connection,
            ids=[row.id for row in mine],
            account_numbers=[row.account_number for row in mine if row.account_number],
            emails=[email for row in mine if (email := plain_email(row.email))],
        )
        shelf = Shelf(objects, lambda found: (found.circletel_id, found.account_number, plain_email(found.email)))
        holders = holders_of(desk.connection, self.entity, [found.zoho_id for found in objects])

        def near(row: Customer) -> list[MirrorCustomer]:
            return shelf.near(row.id, row.account_number, plain_email(row.email))

        def decide(row: Customer) -> Decision:
            record = desk.record(row)
            if zoho_id := row.sync.zoho_id:
                changed = decide_linked(row, record, desk.moment, lambda: Update(zoho_id, map_customer(row)))
                return unless_switched_off(changed, Change.CUSTOMERS, desk.settings)
            return decide_unlinked(
                row,
                record,
                desk.moment,
                find=lambda: match_customer(
                    row, shelf.near(row.id, row.account_number, plain_email(row.email)), holders
                ),
                plan=lambda: Create(map_customer(row)),
            )

        return {row.id: decide(row) for row in mine}

    def send(self, client: ZohoBilling, row: Row, decision: Send, about: About) -> Sent:
        match decision:
            case Create(mapped):
                made = client.create_customer(mapped.payload, about)
                kept = made.circletel_customer_id == row.id
                return Sent(mirror_customer(made), key_kept=kept)
            case Update(zoho_id, mapped):
                changed = client.update_customer(zoho_id, mapped.payload, about)
                return Sent(mirror_customer(changed))
        raise AssertionError(f"a customer is never sent by {type(decision).__name__}")
