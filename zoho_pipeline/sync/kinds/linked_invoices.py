"""What is to be done about an invoice that is in Zoho already: a draft of ours is changed, an issued one never.

Pure: from the row, the mirror's object and what is known of the row.
"""

from dataclasses import dataclass

from zoho_pipeline.circletel.rows import Invoice
from zoho_pipeline.mapping.invoices import has_gone_out
from zoho_pipeline.mapping.mapped import Mapped
from zoho_pipeline.mirror.objects import MirrorInvoice
from zoho_pipeline.states import State
from zoho_pipeline.sync.decisions import Hold, Open, Record, Update


@dataclass(frozen=True)
class Linked:
    """A row that has a Zoho id, and what stands there."""

    row: Invoice
    record: Record
    found: MirrorInvoice | None
    """None where Zoho no longer has it."""
    ours: bool
    """A send of ours made it."""

    @property
    def broke_off(self) -> bool:
        """A send of ours left it there unfinished."""
        return self.ours and self.record.state in (State.FAILED, State.WAITING)

    @property
    def unfinished(self) -> bool:
        """A draft that is to be opened, or of which nobody knows whether it is right."""
        is_draft = self.found is not None and self.found.status == "draft"
        return is_draft and (has_gone_out(self.row) or self.broke_off)


def change(linked: Linked, content: Mapped, as_draft: Mapped) -> Update | Open | Hold | None:
    """The change or the last step that is missing, if any; `as_draft` is the content if it had not gone out yet."""
    row, record, found = linked.row, linked.record, linked.found
    if found is None:
        return Hold(
            State.PARKED,
            f"its invoice {row.sync.zoho_id} is no longer in Zoho",
            "Find out there what became of it: link the row to the right one, or clear its Zoho id to make it anew.",
        )
    same_content = _same_content(row, record, content)
    same_money = found.total == row.total_amount
    if found.status == "draft" and linked.ours:
        only_went_out = record.fingerprint == as_draft.fingerprint and same_money
        if record.state is State.IN_DOUBT or not (same_content or only_went_out):
            return Update(found.zoho_id, content, has_gone_out(row), row.total_amount, row.tax_amount)
        if linked.broke_off and same_content:
            return finish(row, found.zoho_id, content, ours=True)
    if found.status == "draft" and same_money and has_gone_out(row):
        return finish(row, found.zoho_id, content)
    if same_money and same_content:
        return None
    return Hold(
        State.PARKED,
        "its content changed in CircleTel after it was sent",
        "Compare both; what was issued is corrected by a credit note, never by changing the invoice.",
    )


def _same_content(row: Invoice, record: Record, content: Mapped) -> bool:
    """Whether CircleTel's content is what was sent; of what others sent, whether it is what it was when first seen.

    That an invoice has gone out changes the row too, so of one that has, and that others sent, only the money is known.
    """
    if record.fingerprint is not None:
        return record.fingerprint == content.fingerprint
    return has_gone_out(row) or record.source_hash in (None, row.sync.source_hash)


def finish(row: Invoice, zoho_id: str, content: Mapped, *, ours: bool = False) -> Open:
    """See that the draft is right, and open it if CircleTel's has gone out."""
    return Open(zoho_id, content, row.total_amount, row.tax_amount, then_open=has_gone_out(row), ours=ours)
