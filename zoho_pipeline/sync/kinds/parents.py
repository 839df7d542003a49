"""A child can only go when its customer is in Zoho, and still exists there."""

from collections.abc import Mapping

from zoho_pipeline.mirror.objects import MirrorCustomer
from zoho_pipeline.states import State
from zoho_pipeline.sync.decisions import HeldBack

PLANNED = "planned"
"""Stands for the id of a parent that a dry run would make."""


def linked_customer(zoho_id: str | None, customers: Mapping[str, MirrorCustomer]) -> str:
    """The customer's id in Zoho.

    Raises:
        HeldBack: blocked, while the customer is not in Zoho or no longer.
    """
    if zoho_id is None:
        raise HeldBack(
            State.BLOCKED, "its customer is not in Zoho yet", "See why the customer did not go; this row follows it."
        )
    if zoho_id != PLANNED and zoho_id not in customers:
        raise HeldBack(
            State.BLOCKED,
            f"its customer's object {zoho_id} was deleted or merged in Zoho",
            "Find the customer in Zoho and link the row to the right object.",
        )
    return zoho_id
