-- Supabase's roles and row-level security. Roles belong to the whole server, so making them must be repeatable,
-- also when two databases are made at once.

DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['anon', 'authenticated', 'service_role'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role_name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database was quicker
        END;
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;
GRANT ALL ON ALL TABLES IN SCHEMA public TO anon, authenticated, service_role;
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO anon, authenticated, service_role;

-- Whom Supabase's gateway says the request comes from; NULL for nobody.
CREATE FUNCTION current_auth_user() RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;

CREATE FUNCTION is_my_customer(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public AS
    $$ SELECT EXISTS (SELECT FROM customers WHERE id = wanted AND auth_user_id = current_auth_user()) $$;

ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer_services ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer_invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_transactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE zoho_sync_logs ENABLE ROW LEVEL SECURITY;

CREATE POLICY customers_anon ON customers FOR SELECT TO anon USING (false);
CREATE POLICY customers_own ON customers FOR SELECT TO authenticated USING (auth_user_id = current_auth_user());
CREATE POLICY customers_service ON customers FOR ALL TO service_role USING (true) WITH CHECK (true);

CREATE POLICY services_anon ON customer_services FOR SELECT TO anon USING (false);
CREATE POLICY services_own ON customer_services FOR SELECT TO authenticated USING (is_my_customer(customer_id));
CREATE POLICY services_service ON customer_services FOR ALL TO service_role USING (true) WITH CHECK (true);

CREATE POLICY invoices_anon ON customer_invoices FOR SELECT TO anon USING (false);
CREATE POLICY invoices_own ON customer_invoices FOR SELECT TO authenticated USING (is_my_customer(customer_id));
CREATE POLICY invoices_service ON customer_invoices FOR ALL TO service_role USING (true) WITH CHECK (true);

CREATE POLICY payments_anon ON payment_transactions FOR SELECT TO anon USING (false);
CREATE POLICY payments_own ON payment_transactions FOR SELECT TO authenticated USING (is_my_customer(customer_id));
CREATE POLICY payments_service ON payment_transactions FOR ALL TO service_role USING (true) WITH CHECK (true);

CREATE POLICY sync_logs_anon ON zoho_sync_logs FOR SELECT TO anon USING (false);
CREATE POLICY sync_logs_own ON zoho_sync_logs FOR SELECT TO authenticated USING (false);
CREATE POLICY sync_logs_service ON zoho_sync_logs FOR ALL TO service_role USING (true) WITH CHECK (true);
