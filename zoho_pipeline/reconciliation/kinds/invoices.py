"""Invoices: those that CircleTel sends, and the recurring ones that each side raises for itself."""

from dataclasses import replace
from functools import cache

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.kinds import recurring
from zoho_pipeline.reconciliation.kinds.kind import (
    BOTH,
    CURRENCY,
    LEFT_Z,
    NOT_LINKED,
    PAIR,
    TIMING,
    WRONG_PARENT,
    Z_COMES,
    Branch,
    Kind,
    gone,
    missing,
    only_in_zoho,
    two_rows,
)

_SENT = "'installation', 'pro_rata', 'equipment', 'adjustment'"
C_PAID, Z_PAID = "(c_amount - c_due)", "(z_amount - z_due)"
_PAID_DIFFERS = f"{PAIR} AND c_counted AND z_counted AND {C_PAID} <> {Z_PAID}"
_PAYMENTS = (
    "coalesce((SELECT sum(p.amount) FROM public.payment_transactions p "
    "WHERE p.status = 'completed' AND {paid} = c_row_id), 0)"
)
_CREDITS = (
    "coalesce((SELECT sum(n.total_amount) FROM public.credit_notes n "
    "WHERE n.original_invoice_id = c_row_id AND n.status IN ('issued', 'applied')), 0)"
)


@cache
def invoices(shape: Shape, credit_notes: bool) -> Kind:
    """The comparison of invoices; `credit_notes` says whether this database has that table."""
    of = source(Entity.INVOICES, shape)
    kind = "coalesce(t.invoice_type, 'recurring')" if shape.invoice_type else (
        "CASE WHEN t.period_start IS NULL THEN 'unknown' ELSE 'recurring' END"
    )  # fmt: skip
    return Kind(
        entity=Entity.INVOICES,
        circletel=f"""
            SELECT t.id AS row_id, nullif(t.zoho_billing_invoice_id, '') AS link,
                   t.zoho_sync_status AS sync_status, t.invoice_number AS label,
                   c.zoho_billing_customer_id AS parent, t.invoice_date AS day,
                   coalesce(t.status, 'draft') NOT IN ('voided', 'cancelled') AS counted, t.total_amount AS amount,
                   'ZAR' AS currency, coalesce(t.status, 'draft') AS status, coalesce(t.tax_amount, 0) AS tax,
                   t.amount_due AS due, {kind} AS kind, t.service_id,
                   coalesce(t.period_start, t.invoice_date) AS period_start,
                   coalesce(t.period_end, (t.invoice_date + interval '1 month - 1 day')::date) AS period_end
            FROM public.customer_invoices t {of.joins}
            WHERE c.account_type <> 'internal_test'
        """,  # noqa: S608 - constants only
        zoho="""
            SELECT m.zoho_id, m.number AS label, m.customer_zoho_id AS parent, m.date AS day,
                   m.status <> 'void' AS counted,
                   m.total AS amount, coalesce(m.currency_code, 'ZAR') AS currency, m.status, m.tax_total AS tax,
                   m.balance AS due, coalesce(m.credits_applied, 0) AS credited, coalesce(m.write_off, 0) AS write_off,
                   nullif(m.subscription_zoho_id, '') AS subscription, m.circletel_id
            FROM zoho_pipeline.mirror_invoices m WHERE m.gone_at IS NULL
        """,
        c_columns=(
            "sync_status", "label", "parent", "day", "counted", "amount", "currency", "status", "tax", "due", "kind",
            "service_id", "period_start", "period_end",
        ),
        z_columns=(
            "label", "parent", "day", "counted", "amount", "currency", "status", "tax", "due", "credited", "write_off",
            "subscription", "circletel_id",
        ),
        differs=(
            "c.amount <> z.amount OR c.day <> z.day OR c.parent IS DISTINCT FROM z.parent OR c.currency <> z.currency "
            "OR c.counted <> z.counted OR (c.status = 'draft') <> (z.status = 'draft') OR c.tax <> z.tax "
            "OR c.due <> z.due"
        ),
        pairing=(
            ("key", "z.z_circletel_id = c.c_row_id::text"),
            ("number", "z.z_label = c.c_label AND z.z_parent = c.c_parent"),
            (
                "customer, day and amount",
                ("c.c_kind <> 'recurring' AND z.z_subscription IS NULL AND z.z_circletel_id IS NULL AND z.z_counted "
                "AND c.c_counted AND z.z_parent = c.c_parent AND z.z_day = c.c_day AND z.z_amount = c.c_amount"),
            ),
        ),
        steps=recurring.steps(),
        explaining=(
            two_rows(),
            CURRENCY,
            TIMING,
            Branch(
                Class.STATUS, f"{PAIR} AND c_counted <> z_counted", "c_status", "z_status",
                f"({BOTH[1]})", BOTH,
            ),
            recurring.OTHER_LINES,
            Branch(
                Class.AMOUNT, f"{PAIR} AND c_counted AND c_amount <> z_amount", "c_amount::text", "z_amount::text",
                "z_amount - c_amount", BOTH,
            ),
            *recurring.splits(),
            gone(),
            *recurring.RAISED_BY_ONE_SIDE,
            missing(f"CASE WHEN c_kind NOT IN ({_SENT}) THEN 'excluded' END"),
            Branch(
                Class.RAISED_BY_ZOHO_ALONE, f"{LEFT_Z} AND z_subscription IS NOT NULL", "NULL", "z_amount::text",
                "z_amount", Z_COMES, "z",
            ),
            *only_in_zoho(
                "customer_invoices", "zoho_billing_invoice_id", "z_circletel_id, "
                "(SELECT k.id::text FROM public.customer_invoices k WHERE k.invoice_number = z_label)",
                "z_circletel_id IS NULL AND o.customer_zoho_id = z_parent AND o.date = z_day AND o.total = z_amount",
            ),
        ),
        fields=(
            (replace(NOT_LINKED[0], when=f"({NOT_LINKED[0].when}) AND how <> 'raised'"),),
            WRONG_PARENT,
            (Branch(Class.DATE, f"{PAIR} AND how <> 'raised' AND c_day <> z_day AND c_month = z_month", "c_day::text", "z_day::text"),),  # noqa: E501
            (
                Branch(
                    Class.STATUS,
                    f"{PAIR} AND c_counted AND z_counted AND (c_status = 'draft') <> (z_status = 'draft')", "c_status", "z_status",
                ),
            ),
            (
                Branch(
                    Class.TAX, f"{PAIR} AND c_counted AND z_counted AND c_amount = z_amount AND c_tax <> z_tax",
                    "c_tax::text", "z_tax::text", "z_tax - c_tax",
                ),
            ),
            _balance(shape, credit_notes),
        ),
        dated_by_both=True,
    )  # fmt: skip


def _balance(shape: Shape, credit_notes: bool) -> tuple[Branch, ...]:
    """Why what was paid differs: what is open differs by more than the totals do."""
    paid = "coalesce(p.customer_invoice_id, p.invoice_id)" if shape.customer_invoice_id else "p.invoice_id"
    payments = _PAYMENTS.format(paid=paid)
    credited = _CREDITS if credit_notes else "0"
    apart = f"({Z_PAID} - {C_PAID})"
    shown = ("c_due::text", "z_due::text", "z_due - c_due")
    return (
        Branch(Class.WRITE_OFF, f"{_PAID_DIFFERS} AND z_write_off > 0 AND {apart} = z_write_off", *shown),
        Branch(
            Class.CREDIT_NOTE, f"{_PAID_DIFFERS} AND {apart} = z_credited - {credited}", *shown,
            cause=f"CASE WHEN z_credited > {credited} THEN 'in Zoho only' ELSE 'in CircleTel only' END",
        ),
        Branch(
            Class.PAID_WITHOUT_PAYMENT, f"{_PAID_DIFFERS} AND {C_PAID} > {payments} + {credited} AND -{apart} = "
            f"{C_PAID} - {payments} - {credited}", *shown, cause="'no completed payment row says so'",
        ),
        Branch(Class.BALANCE, _PAID_DIFFERS, *shown, cause=f"'completed payments of ' || ({payments})::text"),
    )  # fmt: skip
