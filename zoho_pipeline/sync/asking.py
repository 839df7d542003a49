"""Asking Zoho what the mirror cannot tell, and noting the answer in the mirror."""

from collections.abc import Collection

from sqlalchemy import Engine

from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.reading import mirror_invoice
from zoho_pipeline.mirror.refresh import list_subscription_invoices
from zoho_pipeline.mirror.storing import forget, store
from zoho_pipeline.sync.decisions import Ask, Question
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import NotInZoho
from zoho_pipeline.zoho.ports import About


def answer(
    engine: Engine, client: ZohoBilling, questions: Collection[Ask], about: About, list_calls_only: bool
) -> set[Ask]:
    """Ask each question once; the ones that were answered, so that their rows can be decided again."""
    answered = set()
    for zoho_id in {ask.zoho_id for ask in questions if ask.question is Question.INVOICES_OF_SUBSCRIPTION}:
        list_subscription_invoices(engine, client, zoho_id, about)
        answered |= {ask for ask in questions if ask.zoho_id == zoho_id}
    if list_calls_only:
        return answered
    for zoho_id in {ask.zoho_id for ask in questions if ask.question is Question.DETAIL_OF_INVOICE}:
        _look_at(engine, client, zoho_id, about)
        answered |= {ask for ask in questions if ask.zoho_id == zoho_id}
    return answered


def _look_at(engine: Engine, client: ZohoBilling, zoho_id: str, about: About) -> None:
    """Note the invoice's detail, or that it has been deleted since it was listed."""
    try:
        detail = mirror_invoice(client.get_invoice(zoho_id, about))
    except NotInZoho:
        with engine.begin() as connection:
            forget(connection, Entity.INVOICES, zoho_id)
        return
    with engine.begin() as connection:
        store(connection, Entity.INVOICES, [detail])
