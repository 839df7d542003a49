-- CircleTel's production tables (schema public), as far as the pipeline touches them, and nothing of the pipeline's.
-- Where production is loose (nullable dates, references without foreign keys, narrow checks on the log), so is this.

CREATE SCHEMA zoho_pipeline_sandbox;
CREATE TABLE zoho_pipeline_sandbox.marker (
    token uuid NOT NULL DEFAULT gen_random_uuid(),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE zoho_pipeline_sandbox.marker IS 'Says that this database is a practice database and may be destroyed.';
INSERT INTO zoho_pipeline_sandbox.marker DEFAULT VALUES;

-- What a service is sold as ----------------------------------------------------------------------------------

CREATE TABLE service_packages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    sku text,
    price numeric(10,2) NOT NULL,
    promotion_price numeric(10,2),
    pricing jsonb,
    status text DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'archived', 'draft'))
);

CREATE TABLE product_integrations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    service_package_id uuid NOT NULL UNIQUE REFERENCES service_packages (id),
    zoho_billing_plan_id text,
    zoho_billing_item_id text,
    zoho_billing_sync_status text CHECK (zoho_billing_sync_status IN ('ok', 'failed', 'pending')),
    sync_status text DEFAULT 'pending' CHECK (sync_status IN ('pending', 'ok', 'failed'))
);

-- Customers --------------------------------------------------------------------------------------------------

CREATE TABLE customers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    email varchar(255) NOT NULL UNIQUE,
    phone varchar(20) NOT NULL,
    account_type text NOT NULL DEFAULT 'personal' CHECK (account_type IN ('personal', 'business', 'internal_test')),
    account_status varchar(20) DEFAULT 'active'
        CHECK (account_status IN ('active', 'suspended', 'cancelled', 'pending')),
    status varchar(50) DEFAULT 'active',
    business_name varchar(255),
    business_registration varchar(100),
    tax_number varchar(50),
    account_number varchar(20) UNIQUE,
    auth_user_id uuid,
    zoho_billing_customer_id text,
    zoho_sync_status text DEFAULT 'pending',
    zoho_last_synced_at timestamptz,
    zoho_last_sync_error text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now()
);
CREATE INDEX idx_customers_zoho_billing_customer_id ON customers (zoho_billing_customer_id)
    WHERE zoho_billing_customer_id IS NOT NULL;

CREATE SEQUENCE customer_account_number_seq;

CREATE FUNCTION set_customer_account_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number text;
BEGIN
    IF NEW.account_number IS NULL THEN
        number := nextval('customer_account_number_seq')::text;
        NEW.account_number := 'CT-' || to_char(now() AT TIME ZONE 'UTC', 'YYYY') || '-'
            || lpad(number, greatest(5, length(number)), '0');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER set_account_number BEFORE INSERT ON customers
    FOR EACH ROW EXECUTE FUNCTION set_customer_account_number();

CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER set_customers_updated_at BEFORE UPDATE ON customers
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- Services: no updated_at trigger ----------------------------------------------------------------------------

CREATE TABLE customer_services (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    package_id uuid REFERENCES service_packages (id),
    package_name varchar(255) NOT NULL,
    service_type varchar(100) NOT NULL,
    monthly_price numeric(10,2) NOT NULL,
    setup_fee numeric(10,2) DEFAULT 0,
    status varchar(50) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'active', 'suspended', 'cancelled')),
    active boolean DEFAULT true,
    installation_address text,
    installation_date date,
    activation_date date,
    cancelled_at timestamptz,
    contract_months integer,
    contract_start_date date,
    contract_end_date date,
    billing_day integer DEFAULT 1 CHECK (billing_day BETWEEN 1 AND 28),
    last_invoice_date date,
    zoho_subscription_id text,
    zoho_sync_status text DEFAULT 'pending',
    zoho_last_synced_at timestamptz,
    zoho_last_sync_error text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now()
);
CREATE INDEX idx_customer_services_zoho_subscription_id ON customer_services (zoho_subscription_id)
    WHERE zoho_subscription_id IS NOT NULL;

-- Invoices: no updated_at trigger; locked once sent; every change audited --------------------------------------

CREATE TABLE customer_invoices (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    invoice_number varchar(100) NOT NULL UNIQUE,
    invoice_date date NOT NULL,
    due_date date NOT NULL,
    subtotal numeric(10,2) NOT NULL,
    tax_amount numeric(10,2) DEFAULT 0,
    total_amount numeric(10,2) NOT NULL,
    amount_paid numeric(10,2) DEFAULT 0,
    amount_due numeric(10,2) NOT NULL,
    status varchar(50) DEFAULT 'draft'
        CHECK (status IN ('draft', 'sent', 'paid', 'partial', 'overdue', 'cancelled', 'voided')),
    line_items jsonb,
    invoice_type varchar(50) DEFAULT 'recurring',
    vat_rate numeric(5,2) DEFAULT 15.00,
    service_id uuid,
    period_start date,
    period_end date,
    is_locked boolean DEFAULT false,
    locked_at timestamptz,
    locked_reason text,
    zoho_invoice_id text,
    zoho_billing_invoice_id text,
    zoho_sync_status text DEFAULT 'pending',
    zoho_last_synced_at timestamptz,
    zoho_last_sync_error text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now()
);
COMMENT ON COLUMN customer_invoices.zoho_invoice_id IS 'An older column, not the pipeline''s.';
CREATE INDEX idx_customer_invoices_zoho_billing_invoice_id ON customer_invoices (zoho_billing_invoice_id)
    WHERE zoho_billing_invoice_id IS NOT NULL;

CREATE FUNCTION guard_invoice_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.is_locked AND
       (NEW.customer_id, NEW.invoice_number, NEW.invoice_date, NEW.due_date, NEW.subtotal, NEW.tax_amount,
        NEW.total_amount, NEW.vat_rate, NEW.line_items, NEW.period_start, NEW.period_end)
       IS DISTINCT FROM
       (OLD.customer_id, OLD.invoice_number, OLD.invoice_date, OLD.due_date, OLD.subtotal, OLD.tax_amount,
        OLD.total_amount, OLD.vat_rate, OLD.line_items, OLD.period_start, OLD.period_end)
    THEN
        RAISE EXCEPTION 'Invoice % is locked and cannot be changed', OLD.invoice_number
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status = 'draft' AND NEW.status = 'sent' THEN
        NEW.is_locked := true;
        NEW.locked_at := now();
        NEW.locked_reason := 'Invoice sent';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_invoice_lock BEFORE UPDATE ON customer_invoices
    FOR EACH ROW EXECUTE FUNCTION guard_invoice_lock();

CREATE TABLE invoice_audit_log (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    invoice_id uuid NOT NULL,
    action text NOT NULL,
    old_values jsonb,
    new_values jsonb,
    created_at timestamptz DEFAULT now()
);

CREATE FUNCTION audit_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO invoice_audit_log (invoice_id, action, old_values, new_values) VALUES (
        CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END,
        TG_OP,
        CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END,
        CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END
    );
    RETURN NULL;
END $$;
CREATE TRIGGER audit_invoice AFTER INSERT OR UPDATE OR DELETE ON customer_invoices
    FOR EACH ROW EXECUTE FUNCTION audit_invoice();

-- Payments: customer_id and invoice_id may be NULL or point at nothing -----------------------------------------

CREATE TABLE payment_transactions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    transaction_id text NOT NULL UNIQUE,
    reference text NOT NULL,
    provider text NOT NULL CHECK (provider IN ('netcash', 'zoho_billing', 'payfast', 'paygate')),
    amount numeric(10,2) NOT NULL CHECK (amount > 0),
    currency text NOT NULL DEFAULT 'ZAR',
    status text NOT NULL DEFAULT 'pending' CHECK (status IN
        ('pending', 'processing', 'completed', 'failed', 'refunded', 'cancelled', 'expired')),
    payment_method text,
    customer_id uuid,
    invoice_id uuid,
    customer_invoice_id uuid REFERENCES customer_invoices (id) ON DELETE SET NULL,
    completed_at timestamptz,
    initiated_at timestamptz,
    zoho_payment_id text,
    zoho_sync_status text DEFAULT 'pending',
    zoho_last_synced_at timestamptz,
    zoho_last_sync_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_payment_transactions_zoho_payment_id ON payment_transactions (zoho_payment_id)
    WHERE zoho_payment_id IS NOT NULL;
CREATE TRIGGER set_payment_transactions_updated_at BEFORE UPDATE ON payment_transactions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- Credit notes -------------------------------------------------------------------------------------------------

CREATE TABLE credit_notes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    credit_note_number varchar(20),
    original_invoice_id uuid,
    customer_id uuid,
    credit_note_date date,
    subtotal numeric(10,2),
    vat_rate numeric(5,2),
    vat_amount numeric(10,2),
    total_amount numeric(10,2),
    reason text,
    reason_category text,
    status text DEFAULT 'draft' CHECK (status IN ('draft', 'issued', 'applied')),
    applied_at timestamptz
);

-- The app's own sync log: rows for subscriptions and payments are rejected here ----------------------------------

CREATE TABLE zoho_sync_logs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    entity_type text NOT NULL CHECK (entity_type IN ('quote', 'contract', 'invoice', 'customer')),
    entity_id uuid NOT NULL,
    zoho_entity_type text CHECK (zoho_entity_type IN ('Estimates', 'Deals', 'Invoices', 'Contacts')),
    zoho_entity_id text,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'success', 'failed', 'retrying')),
    attempt_number integer DEFAULT 1 CHECK (attempt_number BETWEEN 1 AND 3),
    error_message text,
    request_payload jsonb,
    response_payload jsonb,
    created_at timestamptz DEFAULT now()
);
CREATE INDEX idx_zoho_sync_logs_entity ON zoho_sync_logs (entity_type, entity_id);
CREATE INDEX idx_zoho_sync_logs_status ON zoho_sync_logs (status);
CREATE INDEX idx_zoho_sync_logs_created_at ON zoho_sync_logs (created_at);
CREATE INDEX idx_zoho_sync_logs_zoho_entity ON zoho_sync_logs (zoho_entity_type, zoho_entity_id);
