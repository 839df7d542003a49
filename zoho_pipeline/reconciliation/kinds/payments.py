"""Payments: who paid how much, when, and on which invoice."""

from functools import cache

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.kinds.kind import (
    ALSO_IN_AMOUNT,
    BOTH,
    C_GOES,
    CURRENCY,
    LEFT_C,
    NOT_LINKED,
    PAIR,
    TIMING,
    UUID,
    WRONG_PARENT,
    Branch,
    Kind,
    Pairing,
    gone,
    missing,
    only_in_zoho,
    two_rows,
)

DAYS_APART = 3
"""How far apart the two sides may have dated a payment that has no key."""

_LINK = "coalesce(nullif(t.zoho_payment_id, ''), CASE WHEN t.provider = 'zoho_billing' THEN t.transaction_id END)"
_REFUNDED = """
    SELECT zoho_id, amount FROM (
        SELECT p.zoho_id, p.amount, r.refunds, row_number() OVER (
            PARTITION BY p.customer_zoho_id, p.amount
            ORDER BY (t.status = 'refunded') IS TRUE DESC, p.date DESC, p.zoho_id
        ) AS place
        FROM (
            SELECT customer_zoho_id, amount, count(*) AS refunds FROM zoho_pipeline.mirror_refunds
            WHERE gone_at IS NULL GROUP BY 1, 2
        ) r
        JOIN zoho_pipeline.mirror_payments p USING (customer_zoho_id, amount)
        LEFT JOIN public.payment_transactions t ON t.zoho_payment_id = p.zoho_id
        WHERE p.gone_at IS NULL AND p.refunded IS NULL
    ) ranked WHERE place <= refunds
"""
"""Payments given back in full, where Zoho's list of payments does not say what was refunded and its refunds do not say
of which payment: one of the customer and the amount, first one that CircleTel calls refunded."""
_RIGHT = """(
    m.zoho_id = i.zoho_billing_invoice_id OR m.circletel_id = i.id::text OR m.number = i.invoice_number
    OR (
        coalesce(i.zoho_billing_invoice_id, '') = ''
        AND m.date BETWEEN coalesce(i.period_start, i.invoice_date)
            AND coalesce(i.period_end, (i.invoice_date + interval '1 month - 1 day')::date)
        AND (
            m.subscription_zoho_id = s.zoho_subscription_id OR s.id::text IN (sub.reference_id, sub.circletel_id)
            OR (i.service_id IS NULL AND i.period_start IS NOT NULL)
            OR (m.total = i.total_amount
                AND (coalesce(m.subscription_zoho_id, '') = '' OR coalesce(s.zoho_subscription_id, '') = ''))
        )
    )
)"""
"""Whether they are the same, or two papers for one recurring debt."""
_STANDS = "coalesce(i.status, 'draft') NOT IN ('voided', 'cancelled')"
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
                   {_LINK} AS link, t.zoho_sync_status AS sync_status, t.transaction_id AS label,
                   nullif(c.zoho_billing_customer_id, '') AS parent,
                   ({of.moment} AT TIME ZONE 'Africa/Johannesburg')::date AS day, true AS counted, t.amount, t.currency,
                   t.status, {invoice} AS invoice_id
            FROM public.payment_transactions t {of.joins}
            WHERE (t.status = 'completed'
                   OR (t.status = 'refunded' AND (t.completed_at IS NOT NULL OR t.zoho_payment_id <> '')))
              AND coalesce(c.account_type, 'personal') <> 'internal_test'
              AND coalesce(debtor.account_type, 'personal') <> 'internal_test'
        """,  # noqa: S608 - constants only
        links=f"SELECT {_LINK} AS link FROM public.payment_transactions t WHERE {_LINK} <> ''",  # noqa: S608 - constants only
        zoho=f"""
            SELECT m.zoho_id, m.zoho_id AS label, m.customer_zoho_id AS parent, m.date AS day,
                   true AS counted, m.amount, coalesce(m.currency_code, 'ZAR') AS currency,
                   coalesce(m.refunded, f.amount, 0) AS refunded, m.reference_number, m.circletel_id
            FROM zoho_pipeline.mirror_payments m LEFT JOIN ({_REFUNDED}) f ON f.zoho_id = m.zoho_id
            WHERE m.gone_at IS NULL
        """,  # noqa: S608 - constants only
        c_columns=("sync_status", "label", "parent", "day", "counted", "amount", "currency", "status", "invoice_id"),
        z_columns=(
            "label", "parent", "day", "counted", "amount", "currency", "refunded", "reference_number", "circletel_id",
        ),
        differs=(
            "c.amount <> z.amount OR c.day <> z.day OR c.parent <> z.parent OR c.currency <> z.currency "
            "OR (c.status = 'refunded') <> (z.refunded > 0)"
        ),
        more=f"""
            , suspect AS (
                SELECT p.row_id, p.link, p.amount, p.invoice_id FROM side p
                JOIN public.customer_invoices i ON i.id = p.invoice_id AND {_STANDS}
                LEFT JOIN zoho_pipeline.mirror_applications a
                    ON a.kind = 'payment' AND a.source_zoho_id = p.link
                    AND a.invoice_zoho_id = i.zoho_billing_invoice_id
                WHERE p.link IS NOT NULL AND p.status = 'completed' AND a.amount IS DISTINCT FROM p.amount
            )
            SELECT p.row_id FROM suspect p
            JOIN public.customer_invoices i ON i.id = p.invoice_id
            LEFT JOIN zoho_pipeline.mirror_applications a ON a.kind = 'payment' AND a.source_zoho_id = p.link
            LEFT JOIN zoho_pipeline.mirror_invoices m ON m.zoho_id = a.invoice_zoho_id
            LEFT JOIN zoho_pipeline.mirror_subscriptions sub ON sub.zoho_id = m.subscription_zoho_id
            LEFT JOIN public.customer_services s ON s.id = i.service_id
            WHERE (a.amount = p.amount AND {_RIGHT}) IS NOT TRUE
        """,  # noqa: S608 - constants only
        pairing=(
            Pairing("key", "left(z.z_reference_number, 36) = c.c_row_id::text", by_key=True),
            Pairing("the app's key", "z.z_circletel_id = c.c_row_id::text", by_key=True),
            Pairing(
                "the app's reference",
                "z.z_reference_number = left(c.c_row_id::text, 8) AND z.z_amount = c.c_amount "
                "AND z.z_parent = c.c_parent AND z.z_circletel_id IS NULL",
            ),
            Pairing(
                "customer, amount and day",
                f"z.z_parent = c.c_parent AND z.z_amount = c.c_amount AND abs(z.z_day - c.c_day) <= {DAYS_APART} "
                f"AND z.z_circletel_id IS NULL AND (left(z.z_reference_number, 36) ~ {UUID}) IS NOT TRUE",
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
            missing("CASE WHEN c_status = 'refunded' THEN 'excluded' END"),
            *only_in_zoho(
                "payment_transactions", "zoho_payment_id", "seen.z_circletel_id, left(seen.z_reference_number, 36)",
                "z_circletel_id IS NULL AND o.customer_zoho_id = z_parent AND o.date = z_day AND o.amount = z_amount",
            ),
        ),
        fields=(
            NOT_LINKED,
            WRONG_PARENT,
            (ALSO_IN_AMOUNT,),
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


_PAID = f"""
    FROM public.customer_invoices i CROSS JOIN zoho_pipeline.mirror_invoices m
    LEFT JOIN zoho_pipeline.mirror_subscriptions sub ON sub.zoho_id = m.subscription_zoho_id
    LEFT JOIN public.customer_services s ON s.id = i.service_id
    WHERE i.id = c_invoice_id AND {_STANDS}
"""
"""Zoho's invoices (m) beside the one that CircleTel says is paid (i)."""
_APPLIED = "FROM zoho_pipeline.mirror_applications a WHERE a.kind = 'payment' AND a.source_zoho_id = z_zoho_id"


def _wrong_invoice() -> Branch:
    right = f"EXISTS (SELECT {_PAID} AND m.zoho_id = a.invoice_zoho_id AND {_RIGHT})"
    stands = f"EXISTS (SELECT FROM public.customer_invoices i WHERE i.id = c_invoice_id AND {_STANDS})"
    elsewhere = f"(SELECT sum(a.amount) {_APPLIED} AND NOT {right})"
    return Branch(
        Class.WRONG_INVOICE, f"{PAIR} AND {stands} AND {elsewhere} > 0", "c_invoice_id::text",
        f"(SELECT string_agg(a.invoice_zoho_id, ' ' ORDER BY a.invoice_zoho_id) {_APPLIED})", elsewhere,
    )  # fmt: skip


def _unapplied() -> Branch:
    """Only where Zoho's invoice could take the money: it is there, and demands something."""
    applied = f"coalesce((SELECT sum(a.amount) {_APPLIED}), 0)"
    takes = (
        f"EXISTS (SELECT {_PAID} AND m.customer_zoho_id = z_parent AND m.gone_at IS NULL AND m.balance > 0 "
        f"AND m.status NOT IN ('draft', 'void') AND {_RIGHT})"
    )
    return Branch(
        Class.UNAPPLIED,
        f"{PAIR} AND c_status = 'completed' AND {applied} + z_refunded < least(c_amount, z_amount) AND {takes}",
        "c_amount::text", f"({applied})::text", f"{applied} - c_amount",
    )  # fmt: skip
