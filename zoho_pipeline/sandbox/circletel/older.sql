-- What older CircleTel databases look like: some columns and a table had not been added yet, a check not yet removed.

ALTER TABLE customer_invoices DROP COLUMN invoice_type;
ALTER TABLE payment_transactions DROP COLUMN customer_invoice_id;
ALTER TABLE customers ADD CONSTRAINT customers_zoho_sync_status_check
    CHECK (zoho_sync_status IN ('pending', 'syncing', 'synced', 'failed', 'retrying'));
DROP TABLE credit_notes;
