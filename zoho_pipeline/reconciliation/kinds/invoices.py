"""Invoices: those that CircleTel sends, and the recurring ones that each side raises for itself."""

from dataclasses import replace
from functools import cache

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.kinds import recurring
from zoho_pipeline.reconciliation.kinds.kind import (
    ALSO_IN_AMOUNT,
    BOTH,
    BOTH_COUNT,
    C_GOES,
    CURRENCY,
    LEFT_Z,
    NOT_LINKED,
    PAIR,
    TIMING,
    WRONG_PARENT,
    Z_COMES,
    Branch,
    Kind,
    Pairing,
    gone,
    missing,
    only_in_zoho,
    two_rows,
)

_SENT = "'installation', 'pro_rata', 'equipment', 'adjustment'"
C_PAID, Z_PAID = "(c_amount - c_due)", "(z_amount - z_due)"
_PAID_DIFFERS = f"{BOTH_COUNT} AND {C_PAID} <> {Z_PAID}"


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
                   nullif(c.zoho_billing_customer_id, '') AS parent, t.invoice_date AS day,
                   coalesce(t.status, 'draft') NOT IN ('voided', 'cancelled') AS counted, t.total_amount AS amount,
                   'ZAR' AS currency, coalesce(t.status, 'draft') AS status, coalesce(t.tax_amount, 0) AS tax,
                   t.amount_due AS due, {kind} AS kind, t.service_id,
                   coalesce(t.period_start, t.invoice_date) AS period_start,
                   coalesce(t.period_end, (t.invoice_date + interval '1 month - 1 day')::date) AS period_end
            FROM public.customer_invoices t {of.joins}
            WHERE c.account_type <> 'internal_test'
        """,  # noqa: S608 - constants only
        links=(
            "SELECT zoho_billing_invoice_id AS link FROM public.customer_invoices WHERE zoho_billing_invoice_id <> ''"
        ),
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
            "c.amount <> z.amount OR c.day <> z.day OR c.parent <> z.parent OR c.currency <> z.currency "
            "OR c.counted <> z.counted OR (c.status = 'draft') <> (z.status = 'draft') OR c.tax <> z.tax "
            "OR c.due <> z.due"
        ),
        pairing=(
            Pairing("key", "z.z_circletel_id = c.c_row_id::text", by_key=True),
            Pairing("number", "z.z_label = c.c_label AND z.z_subscription IS NULL", by_key=True),
            Pairing(
                "customer, day and amount",
                "c.c_kind <> 'recurring' AND z.z_subscription IS NULL AND z.z_circletel_id IS NULL AND z.z_counted "
                "AND c.c_counted AND z.z_parent = c.c_parent AND z.z_day = c.c_day AND z.z_amount = c.c_amount",
            ),
        ),
        steps=(*recurring.steps(), *_settled(shape, credit_notes)),
        explaining=(
            two_rows(),
            CURRENCY,
            TIMING,
            Branch(
                Class.STATUS, f"{PAIR} AND c_counted AND NOT z_counted", "c_status", "z_status", "-c_amount", C_GOES,
            ),
            Branch(
                Class.STATUS, f"{PAIR} AND z_counted AND NOT c_counted", "c_status", "z_status", "z_amount", Z_COMES,
                "z",
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
                "customer_invoices", "zoho_billing_invoice_id", "seen.z_circletel_id, "
                "(SELECT k.id::text FROM public.customer_invoices k WHERE k.invoice_number = seen.z_label)",
                "z_circletel_id IS NULL AND o.customer_zoho_id = z_parent AND o.date = z_day AND o.total = z_amount",
            ),
        ),
        fields=(
            (replace(NOT_LINKED[0], when=f"({NOT_LINKED[0].when}) AND how <> 'raised'"),),
            WRONG_PARENT,
            (recurring.ALSO_OTHER_LINES, ALSO_IN_AMOUNT),
            (Branch(Class.DATE, f"{PAIR} AND how <> 'raised' AND c_day <> z_day AND c_month = z_month", "c_day::text", "z_day::text"),),  # noqa: E501
            (
                Branch(
                    Class.STATUS,
                    f"{BOTH_COUNT} AND (c_status = 'draft') <> (z_status = 'draft')", "c_status", "z_status",
                ),
            ),
            (
                Branch(
                    Class.TAX, f"{BOTH_COUNT} AND c_amount = z_amount AND c_tax <> z_tax",
                    "c_tax::text", "z_tax::text", "z_tax - c_tax",
                ),
            ),
            _BALANCE,
        ),
        dated_by_both=True,
    )  # fmt: skip


def _settled(shape: Shape, credit_notes: bool) -> tuple[str, ...]:
    """What CircleTel's payment rows and applied credit notes say was paid, where what was paid differs."""
    paid = "coalesce(p.customer_invoice_id, p.invoice_id)" if shape.customer_invoice_id else "p.invoice_id"
    payments = f"""
        SELECT {paid} AS row_id, sum(p.amount) AS amount FROM public.payment_transactions p
        WHERE p.status = 'completed' AND {paid} IN (SELECT c_row_id FROM met WHERE {_PAID_DIFFERS}) GROUP BY 1
    """  # noqa: S608 - constants only
    credits_ = f"""
        SELECT n.original_invoice_id AS row_id, sum(n.total_amount) AS amount FROM public.credit_notes n
        WHERE n.status = 'applied' AND n.original_invoice_id IN (SELECT c_row_id FROM met WHERE {_PAID_DIFFERS})
        GROUP BY 1
    """  # noqa: S608 - constants only
    found = [("c_payments", payments), *([("c_credits", credits_)] if credit_notes else [])]
    return (
        "ALTER TABLE met ADD COLUMN c_payments numeric DEFAULT 0, ADD COLUMN c_credits numeric DEFAULT 0",
        *(
            f"UPDATE met SET {column} = coalesce(f.amount, 0) FROM ({rows}) f WHERE f.row_id = c_row_id"  # noqa: S608
            for column, rows in found
        ),
    )


_APART = f"({Z_PAID} - {C_PAID})"
_SHOWN = ("c_due::text", "z_due::text", "z_due - c_due")
_BALANCE = (
    Branch(Class.WRITE_OFF, f"{_PAID_DIFFERS} AND z_write_off > 0 AND {_APART} = z_write_off", *_SHOWN),
    Branch(
        Class.CREDIT_NOTE, f"{_PAID_DIFFERS} AND {_APART} = z_credited - c_credits", *_SHOWN,
        cause="CASE WHEN c_credits = 0 THEN 'in Zoho only' WHEN z_credited = 0 THEN 'in CircleTel only' "
        "ELSE 'of different amounts' END",
    ),
    Branch(
        Class.PAID_WITHOUT_PAYMENT,
        f"{_PAID_DIFFERS} AND {C_PAID} > c_payments + c_credits AND {_APART} = c_payments + c_credits - {C_PAID}",
        *_SHOWN, cause="'no completed payment row says so'",
    ),
    Branch(Class.BALANCE, _PAID_DIFFERS, *_SHOWN, cause="'completed payments of ' || c_payments::text"),
)  # fmt: skip
"""Why what was paid differs: what is open differs by more than the totals do."""
