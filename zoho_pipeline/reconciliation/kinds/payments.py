"""Payments: who paid how much, when, and on which invoice."""

from functools import cache

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.kinds.kind import (
    BOTH,
    C_GOES,
    CURRENCY,
    LEFT_C,
    NOT_LINKED,
    PAIR,
    TIMING,
    WRONG_PARENT,
    Branch,
    Kind,
    gone,
    missing,
    only_in_zoho,
    two_rows,
)

DAYS_APART = 3
"""How far apart the two sides may have dated a payment that has no key."""

_OF_DEBT = """
    SELECT FROM zoho_pipeline.mirror_invoices m
    JOIN public.customer_services s ON s.zoho_subscription_id = m.subscription_zoho_id
    WHERE i.service_id = s.id AND m.date BETWEEN coalesce(i.period_start, i.invoice_date)
        AND coalesce(i.period_end, (i.invoice_date + interval '1 month - 1 day')::date)
"""
_RIGHT = f"""
    a.invoice_zoho_id = i.zoho_billing_invoice_id OR EXISTS ({_OF_DEBT} AND m.zoho_id = a.invoice_zoho_id)
"""
"""Whether the payment was applied (a) to the invoice that CircleTel says it pays (i), or to Zoho's for that debt."""


@cache
def payments(shape: Shape) -> Kind:
    """The comparison of payments that were completed, or refunded afterwards; those made in Zoho itself among them."""
    of = source(Entity.PAYMENTS, shape)
    invoice = "coalesce(t.customer_invoice_id, t.invoice_id)" if shape.customer_invoice_id else "t.invoice_id"
    return Kind(
        entity=Entity.PAYMENTS,
        circletel=f"""
            SELECT t.id AS row_id,
                   coalesce(
                       nullif(t.zoho_payment_id, ''), CASE WHEN t.provider = 'zoho_billing' THEN t.transaction_id END
                   ) AS link,
                   t.zoho_sync_status AS sync_status, t.transaction_id AS label, c.zoho_billing_customer_id AS parent,
                   ({of.moment} AT TIME ZONE 'Africa/Johannesburg')::date AS day, true AS counted, t.amount, t.currency,
                   t.status, {invoice} AS invoice_id
            FROM public.payment_transactions t {of.joins}
            WHERE (t.status = 'completed' OR (t.status = 'refunded' AND t.completed_at IS NOT NULL))
              AND coalesce(c.account_type, 'personal') <> 'internal_test'
              AND coalesce(debtor.account_type, 'personal') <> 'internal_test'
        """,  # noqa: S608 - constants only
        zoho="""
            SELECT m.zoho_id, coalesce(m.reference_number, m.zoho_id) AS label, m.customer_zoho_id AS parent,
                   m.date AS day,
                   true AS counted, m.amount, coalesce(m.currency_code, 'ZAR') AS currency,
                   coalesce(m.refunded, 0) AS refunded, m.reference_number, m.circletel_id
            FROM zoho_pipeline.mirror_payments m WHERE m.gone_at IS NULL
        """,
        c_columns=("sync_status", "label", "parent", "day", "counted", "amount", "currency", "status", "invoice_id"),
        z_columns=(
            "label", "parent", "day", "counted", "amount", "currency", "refunded", "reference_number", "circletel_id",
        ),
        differs=(
            "c.amount <> z.amount OR c.day <> z.day OR c.parent IS DISTINCT FROM z.parent OR c.currency <> z.currency "
            "OR (c.status = 'refunded') <> (z.refunded > 0)"
        ),
        more=f"""
            SELECT p.row_id FROM side p
            JOIN public.customer_invoices i ON i.id = p.invoice_id AND i.status NOT IN ('voided', 'cancelled')
            LEFT JOIN LATERAL (
                SELECT sum(a.amount) AS applied, bool_or(({_RIGHT}) IS NOT TRUE) AS elsewhere
                FROM zoho_pipeline.mirror_applications a WHERE a.kind = 'payment' AND a.source_zoho_id = p.link
            ) a ON true
            WHERE p.link IS NOT NULL AND p.status = 'completed'
              AND (a.elsewhere OR coalesce(a.applied, 0) < p.amount)
        """,  # noqa: S608 - constants only
        pairing=(
            ("key", "left(z.z_reference_number, 36) = c.c_row_id::text"),
            ("the app's key", "z.z_circletel_id = c.c_row_id::text"),
            (
                "the app's reference",
                ("z.z_reference_number = left(c.c_row_id::text, 8) AND z.z_amount = c.c_amount "
                "AND z.z_parent = c.c_parent"),
            ),
            (
                "customer, amount and day",
                (f"z.z_parent = c.c_parent AND z.z_amount = c.c_amount AND abs(z.z_day - c.c_day) <= {DAYS_APART} "
                "AND z.z_circletel_id IS NULL"),
            ),
        ),
        explaining=(
            two_rows(),
            CURRENCY,
            TIMING,
            Branch(
                Class.AMOUNT, f"{PAIR} AND c_amount <> z_amount", "c_amount::text", "z_amount::text",
                "z_amount - c_amount", BOTH,
            ),
            gone(),
            Branch(
                Class.BEFORE_ZOHO, f"{LEFT_C} AND r_state = 'before_zoho'", "c_amount::text",
                difference="-c_amount", effects=C_GOES, cause="'of a debt before Zoho'",
            ),
            missing(),
            *only_in_zoho(
                "payment_transactions", "zoho_payment_id", "z_circletel_id, left(z_reference_number, 36)",
                "z_circletel_id IS NULL AND o.customer_zoho_id = z_parent AND o.date = z_day AND o.amount = z_amount",
            ),
        ),
        fields=(
            NOT_LINKED,
            WRONG_PARENT,
            (Branch(Class.DATE, f"{PAIR} AND c_day <> z_day AND c_month = z_month", "c_day::text", "z_day::text"),),
            (
                Branch(
                    Class.REFUNDED, f"{PAIR} AND (c_status = 'refunded') <> (z_refunded > 0)", "c_status",
                    "z_refunded::text", "CASE WHEN z_refunded > 0 THEN -z_refunded ELSE c_amount END",
                ),
            ),
            (_wrong_invoice(), _unapplied()),
        ),
        dated_by_both=True,
    )  # fmt: skip


def _wrong_invoice() -> Branch:
    elsewhere = f"""
        SELECT sum(a.amount) FROM zoho_pipeline.mirror_applications a
        JOIN public.customer_invoices i ON i.id = c_invoice_id AND i.status NOT IN ('voided', 'cancelled')
        WHERE a.kind = 'payment' AND a.source_zoho_id = z_zoho_id AND ({_RIGHT}) IS NOT TRUE
    """  # noqa: S608 - constants only
    return Branch(
        Class.WRONG_INVOICE, f"{PAIR} AND ({elsewhere}) > 0", "c_invoice_id::text",
        "(SELECT string_agg(a.invoice_zoho_id, ' ') FROM zoho_pipeline.mirror_applications a "
        "WHERE a.kind = 'payment' AND a.source_zoho_id = z_zoho_id)",
        f"({elsewhere})",
    )  # fmt: skip


def _unapplied() -> Branch:
    """Only where Zoho's invoice could take the money: it is there, and demands something."""
    applied = (
        "coalesce((SELECT sum(a.amount) FROM zoho_pipeline.mirror_applications a "
        "WHERE a.kind = 'payment' AND a.source_zoho_id = z_zoho_id), 0)"
    )
    open_in_zoho = f"""EXISTS (
        SELECT FROM public.customer_invoices i
        WHERE i.id = c_invoice_id AND i.status NOT IN ('voided', 'cancelled') AND (
            EXISTS (
                SELECT FROM zoho_pipeline.mirror_invoices m
                WHERE m.zoho_id = i.zoho_billing_invoice_id AND m.gone_at IS NULL AND m.balance > 0
            )
            OR EXISTS ({_OF_DEBT} AND m.gone_at IS NULL AND m.balance > 0)
        )
    )"""  # noqa: S608 - constants only
    return Branch(
        Class.UNAPPLIED, f"{PAIR} AND c_status = 'completed' AND {applied} + z_refunded < z_amount AND {open_in_zoho}",
        "c_amount::text", f"({applied})::text", f"{applied} - c_amount",
    )  # fmt: skip
