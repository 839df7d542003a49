"""A million invoices on each side, made in PostgreSQL itself, some ten thousand of which differ."""

from sqlalchemy import Engine, text

INVOICES = 1_000_000
CUSTOMERS = 50_000
FIRST_MONTH = "2024-01"

_CUSTOMERS = """
    INSERT INTO customers (id, first_name, last_name, email, phone, account_number, created_at, updated_at,
                           zoho_billing_customer_id, zoho_sync_status)
    SELECT md5('customer' || n)::uuid, 'Thandi', n::text, n || '@example.co.za', '082', 'CT-' || n, '2024-01-05',
           '2024-01-05', 'c' || n, 'synced'
    FROM generate_series(1, :customers) n;
    INSERT INTO zoho_pipeline.mirror_customers (zoho_id, display_name, email, status, currency_code, circletel_id)
    SELECT zoho_billing_customer_id, first_name || ' ' || last_name, email, 'active', 'ZAR', id FROM customers;
"""
_CIRCLETEL = """
    INSERT INTO customer_invoices (id, customer_id, invoice_number, invoice_date, due_date, subtotal, tax_amount,
        total_amount, amount_paid, amount_due, status, invoice_type, line_items, zoho_billing_invoice_id,
        zoho_sync_status, created_at, updated_at)
    SELECT md5('invoice' || n)::uuid, md5('customer' || 1 + n % :customers)::uuid, 'INV-' || lpad(n::text, 9, '0'),
        day, day, total - vat, vat, total, 0, total, 'sent', 'installation',
        '[{"name": "Installation", "quantity": 1}]', '52148370000' || lpad(n::text, 8, '0'), 'synced', day, day
    FROM (
        SELECT n, date '2024-01-01' + n % 700 AS day, (10000 + n::bigint * 7919 % 500000) / 100.0 AS total,
               round((10000 + n::bigint * 7919 % 500000) * 15 / 11500.0, 2) AS vat
        FROM generate_series(1, :invoices) n
    ) numbered
"""
_ZOHO = """
    INSERT INTO zoho_pipeline.mirror_invoices (zoho_id, number, customer_zoho_id, status, date, total, balance,
        currency_code, circletel_id, subscription_zoho_id, version, detailed_version, tax_total, credits_applied,
        write_off)
    SELECT i.zoho_billing_invoice_id, i.invoice_number, c.zoho_billing_customer_id, 'sent', i.invoice_date,
        i.total_amount, i.amount_due, 'ZAR', i.id::text, '', '1', '1', i.tax_amount, 0, 0
    FROM customer_invoices i JOIN customers c ON c.id = i.customer_id ORDER BY md5(i.invoice_number)
"""
_CHANGED = (
    ("total = total + 1, balance = balance + 1", 400, 1),
    ("date = date + 1", 500, 2),
    ("balance = balance - 5", 1000, 3),
    ("tax_total = tax_total + 0.01", 1000, 4),
)
"""What is changed in Zoho, in each how manieth invoice, with which remainder."""
DIFFERENCES = (
    *(
        f"UPDATE zoho_pipeline.mirror_invoices SET {change} WHERE right(number, 9)::int % {each} = {rest}"  # noqa: S608
        for change, each, rest in _CHANGED
    ),
    "DELETE FROM zoho_pipeline.mirror_invoices WHERE right(number, 9)::int % 500 = 5",
    "DELETE FROM customer_invoices WHERE right(invoice_number, 9)::int % 667 = 6",
)
_LISTINGS = """
    INSERT INTO zoho_pipeline.mirror_listings (entity, started_at, completed_at)
    SELECT kind, now(), now() FROM unnest(ARRAY['customers', 'subscriptions', 'invoices', 'credit_notes']) kind
"""

_VIEWS = (
    """
    CREATE VIEW c_side AS SELECT zoho_billing_invoice_id AS zoho_id, (total_amount * 100)::bigint AS total,
        invoice_date AS day, (tax_amount * 100)::bigint AS tax, (amount_due * 100)::bigint AS due, status
    FROM customer_invoices
    """,
    """
    CREATE VIEW z_side AS SELECT zoho_id, (total * 100)::bigint AS total, date AS day,
        (tax_total * 100)::bigint AS tax, (balance * 100)::bigint AS due, status
    FROM zoho_pipeline.mirror_invoices
    """,
)
"""What the rivals are given."""


def fill(engine: Engine, invoices: int = INVOICES) -> None:
    """Both sides, what differs, and listings that are complete."""
    numbers = {"invoices": invoices, "customers": CUSTOMERS}
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in (*_CUSTOMERS.split(";\n")[:2], _CIRCLETEL, _ZOHO, *DIFFERENCES, _LISTINGS, *_VIEWS):
            wanted = {name: value for name, value in numbers.items() if f":{name}" in statement}
            connection.execute(text(statement), wanted)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM FULL ANALYZE"))
