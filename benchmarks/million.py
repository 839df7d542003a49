"""A million rows that are in Zoho already: for whatever looks at all of them."""

from sqlalchemy import Engine

CUSTOMERS, INVOICES, PAYMENTS = 60_000, 480_000, 400_000
ROWS = 2 * CUSTOMERS + INVOICES + PAYMENTS
FAILED = 200
"""Of the invoices: the last attempt at them failed two days ago."""
_PARTS = (
    """INSERT INTO customers (id, first_name, last_name, email, phone, account_number, zoho_billing_customer_id,
            zoho_sync_status, created_at, updated_at)
        SELECT md5('c' || n)::uuid, 'F' || n, 'L' || n, 'e' || n || '@example.co.za', '0825550100', 'CT-2025-' || n,
            '9' || n, 'synced', now() - interval '90 days', now() - interval '90 days'
        FROM generate_series(1, {customers}) n""",
    """INSERT INTO customer_services (id, customer_id, package_name, service_type, monthly_price, status,
            activation_date, zoho_subscription_id, zoho_sync_status, created_at)
        SELECT md5('s' || n)::uuid, md5('c' || n)::uuid, 'Fibre', 'fibre', 799, 'active', '2025-01-01', '8' || n,
            'synced', now() - interval '90 days'
        FROM generate_series(1, {customers}) n""",
    """INSERT INTO customer_invoices (id, customer_id, invoice_number, invoice_date, due_date, subtotal, tax_amount,
            total_amount, amount_due, status, invoice_type, line_items, zoho_billing_invoice_id, zoho_sync_status,
            created_at)
        SELECT md5('i' || n)::uuid, md5('c' || (1 + n % {customers}))::uuid, 'INV-2025-' || n,
            current_date - 300 + n % 300, current_date, 200, 30, 230, 230, 'sent',
            CASE WHEN n % 4 = 0 THEN 'recurring' ELSE 'installation' END,
            '[{{"name": "Installation", "price": "230.00", "quantity": 1}}]', '7' || n, 'synced',
            now() - interval '90 days'
        FROM generate_series(1, {invoices}) n""",
    """INSERT INTO payment_transactions (id, transaction_id, reference, provider, amount, status, payment_method,
            customer_id, customer_invoice_id, completed_at, created_at, updated_at, zoho_payment_id, zoho_sync_status)
        SELECT md5('p' || n)::uuid, 'NC-' || n, 'CT-' || n, 'netcash', 230, 'completed', 'eft',
            md5('c' || (1 + n % {customers}))::uuid, md5('i' || n)::uuid, now() - interval '80 days',
            now() - interval '80 days', now() - interval '80 days', '6' || n, 'synced'
        FROM generate_series(1, {payments}) n""",
    """INSERT INTO zoho_pipeline.sync_records (entity, row_id, state, source_hash, fingerprint, zoho_id, attempts)
        SELECT entity, id, 'synced', md5(id::text), md5(id::text), '9', 1 FROM (
            SELECT 'customers' AS entity, id FROM customers UNION ALL SELECT 'subscriptions', id FROM customer_services
            UNION ALL SELECT 'invoices', id FROM customer_invoices UNION ALL
            SELECT 'payments', id FROM payment_transactions) AS rows""",
    """INSERT INTO zoho_pipeline.attempts (entity, row_id, action, run_id, worker, started_at, lease_until, ended_at,
            outcome, duration_ms)
        SELECT 'payments', id, 'create', 'r', 'w', at, at, at, 'created', 400
        FROM (SELECT id, now() - interval '1 day' * (random() * 60) AS at FROM payment_transactions) AS rows""",
    """UPDATE zoho_pipeline.sync_records SET state = 'failed', changed_at = now() - interval '2 days'
        WHERE row_id IN (SELECT id FROM customer_invoices LIMIT {failed})""",
    """INSERT INTO zoho_pipeline.mirror_customers (zoho_id, display_name, email, circletel_id)
        SELECT '9' || n, 'N', 'e' || n || '@example.co.za', md5('c' || n)::uuid::text
        FROM generate_series(1, {customers}) n""",
    """INSERT INTO zoho_pipeline.mirror_listings (entity, completed_at)
        SELECT unnest(ARRAY['customers', 'subscriptions', 'invoices', 'payments']), now()""",
)


def fill(engine: Engine) -> None:
    """Put them there, with statistics as a database has them that has been up for a while."""
    sizes = {"customers": CUSTOMERS, "invoices": INVOICES, "payments": PAYMENTS, "failed": FAILED}
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for part in _PARTS:
            connection.exec_driver_sql(part.format(**sizes).replace("%", "%%"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
