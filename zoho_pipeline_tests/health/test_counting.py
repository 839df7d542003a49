"""A million rows are counted without joins, and as the backlog has them."""

import pytest
from sqlalchemy import text

from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.circletel.sources import Source, source, source_without_joins
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline_tests.practice.world import PracticeWorld

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def rows(world: PracticeWorld) -> PracticeWorld:
    """Rows of real customers, of one that is internal_test, and of nobody."""
    circletel = world.circletel
    for customer in (circletel.customer(), circletel.customer(account_type="internal_test")):
        circletel.service(customer, package_id=circletel.package(f"sku-{customer}"))
        own = circletel.invoice(customer)
        circletel.recurring(customer, None, circletel.value("customer_invoices", own, "invoice_date"))
        circletel.invoice(customer, status="voided")
        circletel.payment(customer, invoice=own)
        circletel.payment(None, invoice=own)
        circletel.payment(NOBODY, invoice=own)
    circletel.payment(None)
    circletel.payment(NOBODY)
    circletel.payment(circletel.customer(), provider="zoho_billing")
    return world


@pytest.mark.parametrize("entity", PARENTS_FIRST)
@pytest.mark.parametrize("pushed", [False, True])
def test_the_same_rows_are_counted(rows: PracticeWorld, entity: Entity, pushed: bool) -> None:
    with rows.engine.begin() as connection:
        shape = read_shape(connection)
        if pushed:
            connection.execute(text(PUSH))

        def ids(of: Source) -> list[str]:
            query = f"SELECT t.id::text FROM public.{of.table} t {of.joins} WHERE {of.eligible} ORDER BY 1"
            return list(connection.execute(text(query)).scalars())

        wanted = ids(source(entity, shape))
        assert ids(source_without_joins(entity, shape)) == wanted
        assert len(wanted) == {"customers": 2, "subscriptions": 1, "invoices": 1 + pushed, "payments": 5}[entity]


PUSH = """
    INSERT INTO zoho_pipeline.approvals (action, entity, row_id, zoho_id, source_hash, shown, approved_at)
    SELECT 'push', 'invoices', t.id, '', md5(jsonb_build_array(t.customer_id, t.invoice_number, t.invoice_date,
        t.due_date, t.subtotal, t.tax_amount, t.total_amount, t.vat_rate, t.line_items,
        coalesce(t.status, 'draft') = 'draft')::text), '{}', now()
    FROM customer_invoices t WHERE t.invoice_type = 'recurring'
"""
