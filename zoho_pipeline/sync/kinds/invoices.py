"""One-off invoices: found by number, content or key; made as a draft, and changed only while they are one."""

from collections.abc import Sequence
from dataclasses import replace

from zoho_pipeline.circletel.rows import Invoice, Row
from zoho_pipeline.entities import Change, Entity
from zoho_pipeline.mapping.invoices import has_gone_out, map_invoice
from zoho_pipeline.mapping.mapped import Mapped
from zoho_pipeline.mirror.lookup import customers_by_id, invoices_like
from zoho_pipeline.states import State
from zoho_pipeline.sync.attempts import made_by_us
from zoho_pipeline.sync.deciding import decide_linked, decide_unlinked, unless_held, unless_switched_off
from zoho_pipeline.sync.decisions import (
    Adopt,
    Ask,
    Create,
    Decision,
    Hold,
    Instead,
    Open,
    Question,
    Send,
    Update,
)
from zoho_pipeline.sync.doubts import sent_into_doubt
from zoho_pipeline.sync.holders import holders_of
from zoho_pipeline.sync.kinds import drafts
from zoho_pipeline.sync.kinds.kind import Desk, Sent
from zoho_pipeline.sync.kinds.linked_invoices import Linked, change, finish
from zoho_pipeline.sync.kinds.parents import linked_customer
from zoho_pipeline.sync.matching import Match, Unclear, match_invoice
from zoho_pipeline.sync.shelf import Shelf
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.ports import About


class Invoices:
    """The kind of CircleTel's one-off invoices."""

    entity = Entity.INVOICES
    mirrors = (Entity.CUSTOMERS, Entity.INVOICES)

    def missing_parents(self, rows: Sequence[Row]) -> dict[Entity, list[str]]:
        missing = {row.customer_id for row in rows if isinstance(row, Invoice) and not row.customer_zoho_id}
        return {Entity.CUSTOMERS: sorted(missing)}

    def decide(self, desk: Desk, rows: Sequence[Row]) -> dict[str, Decision]:
        mine = [row for row in rows if isinstance(row, Invoice)]
        customer_ids = {row.customer_zoho_id for row in mine if row.customer_zoho_id}
        customers = customers_by_id(desk.connection, customer_ids)
        objects = invoices_like(desk.connection, [row.id for row in mine], [row.number for row in mine], customer_ids)
        by_id = {found.zoho_id: found for found in objects}
        shelf = Shelf(objects, lambda found: (found.circletel_id, found.number, found.customer_zoho_id))
        holders = holders_of(desk.connection, self.entity, by_id)
        made = made_by_us(desk.connection, self.entity, by_id)
        made_unseen = sent_into_doubt(desk.connection, self.entity, [row.id for row in mine])

        def mapped(row: Invoice) -> Mapped:
            return map_invoice(row, linked_customer(row.customer_zoho_id, customers), desk.catalogue.tax_ids)

        def plan(row: Invoice) -> Create:
            return Create(
                mapped(row),
                moves=row.total_amount,
                then_open=has_gone_out(row),
                total=row.total_amount,
                tax=row.tax_amount,
            )

        def find(row: Invoice) -> Match:
            match = match_invoice(row, shelf.near(row.id, row.number, row.customer_zoho_id), holders)
            if isinstance(match, Unclear):
                raise Instead(_detail_of(match.zoho_id))
            return match

        def decide(row: Invoice) -> Decision:
            record = desk.record(row)
            if zoho_id := row.sync.zoho_id:
                linked = Linked(row, record, by_id.get(zoho_id), ours=zoho_id in made or row.id in made_unseen)
                changed = decide_linked(
                    row,
                    record,
                    desk.moment,
                    lambda: change(linked, mapped(row), mapped(replace(row, status="draft"))),
                    unfinished=linked.unfinished,
                )
                return unless_switched_off(changed, Change.DRAFTS, desk.settings)
            decision = decide_unlinked(row, record, desk.moment, find=lambda: find(row), plan=lambda: plan(row))
            if isinstance(decision, Adopt) and by_id[decision.zoho_id].status == "draft" and has_gone_out(row):
                zoho_id = decision.zoho_id
                return unless_held(lambda: finish(row, zoho_id, mapped(row)))
            return decision

        return {row.id: decide(row) for row in mine}

    def send(self, client: ZohoBilling, row: Row, decision: Send, about: About) -> Sent:
        match decision:
            case Create():
                return drafts.make(client, decision, about)
            case Update():
                return drafts.redraft(client, decision, about)
            case Open():
                return drafts.finish(client, decision, about)
        raise AssertionError(f"an invoice is never sent by {type(decision).__name__}")


def _detail_of(zoho_id: str) -> Ask:
    return Ask(
        Question.DETAIL_OF_INVOICE,
        zoho_id,
        otherwise=Hold(
            State.PARKED,
            f"invoice {zoho_id} in Zoho has the same customer, date and total",
            "See in Zoho whether it is the same debt: link the row to it, or delete it there.",
        ),
    )
