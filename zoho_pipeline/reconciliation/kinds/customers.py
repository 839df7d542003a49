"""Customers: CircleTel's by the month in which they were created, and Zoho's."""

from functools import cache

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.kinds.kind import (
    CURRENCY,
    NOT_LINKED,
    PAIR,
    UNDATED,
    UUID,
    Branch,
    Kind,
    Pairing,
    gone,
    missing,
    only_in_zoho,
    two_rows,
)

_NAME = (
    "coalesce(CASE WHEN t.account_type = 'business' THEN nullif(trim(t.business_name), '') END, "
    "trim(regexp_replace(t.first_name || ' ' || t.last_name, '\\s+', ' ', 'g')))"
)
_MASKED = "left({0}, 1) || '…'"
"""A name or an address is nobody's business in a report: which one it is, CircleTel and Zoho show."""


@cache
def customers(shape: Shape) -> Kind:
    """The comparison of customers. They have no amounts."""
    of = source(Entity.CUSTOMERS, shape)
    return Kind(
        entity=Entity.CUSTOMERS,
        circletel=f"""
            SELECT t.id AS row_id, nullif(t.zoho_billing_customer_id, '') AS link,
                   t.zoho_sync_status AS sync_status,
                   coalesce(t.account_number, t.id::text) AS label,
                   ({of.moment} AT TIME ZONE 'Africa/Johannesburg')::date AS day, t.created_at IS NULL AS undated,
                   true AS counted, 0::numeric AS amount, 'ZAR' AS currency, t.account_number,
                   {_NAME} AS name, lower(trim(t.email)) AS email
            FROM public.customers t
            LEFT JOIN zoho_pipeline.sync_records r
                ON t.created_at IS NULL AND r.entity = 'customers' AND r.row_id = t.id
            WHERE {of.eligible}
        """,  # noqa: S608 - constants only
        links="SELECT zoho_billing_customer_id AS link FROM public.customers WHERE zoho_billing_customer_id <> ''",
        zoho="""
            SELECT m.zoho_id, coalesce(m.account_number, m.zoho_id) AS label,
                   coalesce(m.created_on, (m.seen_at AT TIME ZONE 'Africa/Johannesburg')::date) AS day,
                   true AS counted, 0::numeric AS amount, coalesce(m.currency_code, 'ZAR') AS currency,
                   m.display_name AS name, lower(trim(m.email)) AS email, m.circletel_id, m.account_number
            FROM zoho_pipeline.mirror_customers m WHERE m.gone_at IS NULL
        """,
        c_columns=(
            "sync_status", "label", "day", "undated", "counted", "amount", "currency", "account_number", "name",
            "email",
        ),
        z_columns=(
            "label", "day", "counted", "amount", "currency", "name", "email", "circletel_id", "account_number",
        ),
        differs=(
            "c.undated OR c.name IS DISTINCT FROM z.name OR c.email IS DISTINCT FROM z.email "
            "OR c.currency <> z.currency"
        ),
        pairing=(
            Pairing("key", "z.z_circletel_id = c.c_row_id::text", by_key=True),
            Pairing(
                "account number",
                f"z.z_account_number = c.c_account_number AND (z.z_circletel_id ~ {UUID}) IS NOT TRUE", by_key=True,
            ),
            Pairing(
                "e-mail and name",
                "z.z_email = c.c_email AND c.c_email <> '' AND z.z_name = c.c_name "
                "AND z.z_circletel_id IS NULL AND z.z_account_number IS NULL",
            ),
        ),
        explaining=(
            two_rows(),
            CURRENCY,
            gone(),
            missing(),
            *only_in_zoho(
                "customers", "zoho_billing_customer_id", "seen.z_circletel_id, "
                "(SELECT k.id::text FROM public.customers k WHERE k.account_number = seen.z_account_number)",
                "z_circletel_id IS NULL AND z_email <> '' AND lower(trim(o.email)) = z_email",
            ),
        ),
        fields=(
            NOT_LINKED,
            UNDATED,
            (
                Branch(
                    Class.NAME, f"{PAIR} AND c_name IS DISTINCT FROM z_name",
                    _MASKED.format("c_name"), _MASKED.format("z_name"),
                ),
            ),
            (
                Branch(
                    Class.EMAIL, f"{PAIR} AND c_email IS DISTINCT FROM z_email",
                    _MASKED.format("c_email"), _MASKED.format("z_email"),
                ),
            ),
        ),
    )  # fmt: skip
