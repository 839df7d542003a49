"""Recurring invoices: CircleTel's and Zoho's for one service and period are one debt on two papers.

Zoho's are found by the subscription that raised them and their day in the period; where Zoho does not say which
subscription it was, by customer, amount and day if that is unmistakable. One invoice of CircleTel that names no service
may cover several of Zoho's.
"""

from dataclasses import replace

from zoho_pipeline.mirror.objects import ENDING
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.kinds.kind import (
    BOTH,
    C_GOES,
    LEFT_C,
    LEFT_Z,
    NO_EFFECT,
    PAIR,
    Z_COMES,
    Branch,
    Group,
)

_ENDING = ", ".join(f"'{status}'" for status in sorted(ENDING))
_OPEN_C = "c.z_zoho_id IS NULL AND c.c_counted AND c.c_kind = 'recurring' AND c.c_link IS NULL"
_OPEN_Z = "z.c_row_id IS NULL AND z.z_counted AND z.z_circletel_id IS NULL AND z.split_of IS NULL"


def steps() -> tuple[str, ...]:
    """The statements that pair recurring debts, between the pairing of documents and the naming."""
    return (_BY_SUBSCRIPTION, _BY_KEY, _BY_AMOUNT, _SEVERAL, *_PAIRED, *_RAISED)


_BY_SUBSCRIPTION = f"""
    CREATE TEMP TABLE debts ON COMMIT DROP AS
    SELECT DISTINCT ON (z.z_zoho_id) c.c_row_id AS row_id, z.z_zoho_id AS zoho_id
    FROM met c
    JOIN public.customer_services s ON s.id = c.c_service_id
    JOIN met z ON z.z_subscription = s.zoho_subscription_id AND z.z_day BETWEEN c.c_period_start AND c.c_period_end
    WHERE {_OPEN_C} AND {_OPEN_Z}
    ORDER BY z.z_zoho_id, abs(z.z_day - c.c_period_start), c.c_label
"""  # noqa: S608 - constants only

_BY_KEY = f"""
    INSERT INTO debts
    WITH open_z AS (
        SELECT z.z_zoho_id, z.z_day, k.service FROM met z
        JOIN zoho_pipeline.mirror_subscriptions m ON m.zoho_id = z.z_subscription
        CROSS JOIN LATERAL (VALUES (m.reference_id), (m.circletel_id)) k(service)
        WHERE {_OPEN_Z} AND z.z_zoho_id NOT IN (SELECT zoho_id FROM debts)
    )
    SELECT DISTINCT ON (z.z_zoho_id) c.c_row_id, z.z_zoho_id
    FROM open_z z JOIN met c ON c.c_service_id::text = z.service
        AND z.z_day BETWEEN c.c_period_start AND c.c_period_end
    WHERE {_OPEN_C} AND c.c_row_id NOT IN (SELECT row_id FROM debts)
    ORDER BY z.z_zoho_id, abs(z.z_day - c.c_period_start), c.c_label
"""  # noqa: S608 - constants only
"""Where the service is not linked, or was billed by another subscription before."""

_BY_AMOUNT = f"""
    INSERT INTO debts
    SELECT row_id, zoho_id FROM (
        SELECT c.c_row_id AS row_id, z.z_zoho_id AS zoho_id, count(*) OVER (PARTITION BY c.c_row_id) AS of_c,
               count(*) OVER (PARTITION BY z.z_zoho_id) AS of_z
        FROM met c JOIN met z ON z.z_parent = c.c_parent AND z.z_amount = c.c_amount
            AND z.z_day BETWEEN c.c_period_start AND c.c_period_end
        LEFT JOIN public.customer_services s ON s.id = c.c_service_id
        WHERE {_OPEN_C} AND {_OPEN_Z} AND c.c_service_id IS NOT NULL
          AND (z.z_subscription IS NULL OR (
              coalesce(s.zoho_subscription_id, '') = ''
              AND NOT EXISTS (SELECT FROM public.customer_services o WHERE o.zoho_subscription_id = z.z_subscription)
          ))
          AND c.c_row_id NOT IN (SELECT row_id FROM debts) AND z.z_zoho_id NOT IN (SELECT zoho_id FROM debts)
    ) found WHERE of_c = 1 AND of_z = 1
"""  # noqa: S608 - constants only

_SEVERAL = f"""
    INSERT INTO debts
    WITH fitting AS (
        SELECT c.c_row_id AS row_id, c.c_label AS label, z.z_zoho_id AS zoho_id,
               c.c_amount AS amount, z.z_amount AS part, z.z_subscription IS NOT NULL AS raised,
               bool_or(z.z_subscription IS NOT NULL) OVER (PARTITION BY c.c_row_id) AS any_raised
        FROM met c JOIN met z ON z.z_parent = c.c_parent AND z.z_day BETWEEN c.c_period_start AND c.c_period_end
        WHERE {_OPEN_C} AND {_OPEN_Z} AND c.c_service_id IS NULL
          AND z.z_zoho_id NOT IN (SELECT zoho_id FROM debts)
    ), likely AS (
        SELECT *, count(*) OVER (PARTITION BY row_id) AS several,
               sum(part) OVER (PARTITION BY row_id) = amount AS evenly
        FROM fitting WHERE raised = any_raised
    ), first AS (
        SELECT DISTINCT ON (zoho_id) * FROM likely WHERE evenly OR raised ORDER BY zoho_id, evenly DESC, label
    )
    SELECT row_id, zoho_id FROM (
        SELECT *, count(*) OVER (PARTITION BY row_id) AS got FROM first
    ) taken WHERE got = several
"""  # noqa: S608 - constants only
"""What subscriptions raised, else what has no subscription if it comes to the cent. Each of Zoho's goes to one of
CircleTel's, which gets all that fit it or none."""

_PAIRED = (
    (
        "CREATE TEMP TABLE single ON COMMIT DROP AS SELECT row_id, min(zoho_id) AS zoho_id FROM debts "
        "GROUP BY row_id HAVING count(*) = 1"
    ),
    """
    UPDATE met c SET how = 'raised', z_zoho_id = z.z_zoho_id, z_label = z.z_label, z_parent = z.z_parent,
        z_day = z.z_day, z_month = z.z_month, z_counted = z.z_counted, z_amount = z.z_amount, z_currency = z.z_currency,
        z_status = z.z_status, z_tax = z.z_tax, z_due = z.z_due, z_credited = z.z_credited,
        z_write_off = z.z_write_off, z_subscription = z.z_subscription, z_circletel_id = z.z_circletel_id
    FROM single s, met z WHERE c.c_row_id = s.row_id AND z.z_zoho_id = s.zoho_id AND z.c_row_id IS NULL
    """,
    "DELETE FROM met z USING single s WHERE z.z_zoho_id = s.zoho_id AND z.c_row_id IS NULL",
    """
    CREATE TEMP TABLE several ON COMMIT DROP AS
    SELECT d.row_id, sum(z.z_amount) AS total, sum(z.z_amount) = c.c_amount AS evenly, array_agg(d.zoho_id) AS zoho_ids
    FROM debts d JOIN met z ON z.z_zoho_id = d.zoho_id AND z.c_row_id IS NULL
    JOIN met c ON c.c_row_id = d.row_id GROUP BY d.row_id, c.c_amount HAVING count(*) > 1
    """,
    """
    UPDATE met m SET split_of = t.row_id, split_total = t.total, split_evenly = t.evenly FROM several t
    WHERE m.c_row_id = t.row_id AND m.z_zoho_id IS NULL
    """,
    """
    UPDATE met m SET split_of = t.row_id, split_total = t.total, split_evenly = t.evenly
    FROM (SELECT *, unnest(zoho_ids) AS zoho_id FROM several) t WHERE m.z_zoho_id = t.zoho_id AND m.c_row_id IS NULL
    """,
)


_RAISED = (
    "CREATE TEMP TABLE raised ON COMMIT DROP AS SELECT c_service_id, z_day FROM met WHERE how = 'raised'",
    "CREATE INDEX ON raised (c_service_id)",
    "ANALYZE raised",
)
"""In a table of its own: an index that is made after updates is of no use to the transaction that made it."""


def splits() -> Group:
    """Both sides of a debt that Zoho has on several papers, which come to the same or do not."""
    return tuple(
        branch
        for what, when in ((Class.SPLIT, "split_evenly"), (Class.AMOUNT, "NOT split_evenly"))
        for branch in (
            Branch(
                what, f"{LEFT_C} AND {when}", "c_amount::text", "split_total::text", "split_total - c_amount", C_GOES,
                cause="'Zoho has it on several invoices'",
            ),
            Branch(what, f"{LEFT_Z} AND {when}", "NULL", "z_amount::text", effects=Z_COMES, of="z"),
        )
    )  # fmt: skip


_LINE = "coalesce(l ->> 'price', l ->> 'rate', l ->> 'amount', l ->> 'unit_price')"
OTHER_LINES = Branch(
    Class.OTHER_LINES,
    f"""{PAIR} AND c_counted AND z_counted AND how = 'raised' AND c_amount <> z_amount AND (
        (c_amount < z_amount AND c_period_end < (c_period_start + interval '1 month - 1 day')::date)
        OR (SELECT count(*) > 1 AND bool_or(CASE WHEN {_LINE} ~ '^\\d+(\\.\\d+)?$'
                THEN round(({_LINE})::numeric, 2) IN (z_amount, round(z_amount / 1.15, 2)) END)
            FROM public.customer_invoices i, jsonb_array_elements(
                CASE WHEN jsonb_typeof(i.line_items) = 'array' THEN i.line_items ELSE '[]' END) l
            WHERE i.id = c_row_id)
    )""",  # noqa: S608 - constants only
    "c_amount::text", "z_amount::text", "z_amount - c_amount", BOTH,
)  # fmt: skip

ALSO_OTHER_LINES = replace(OTHER_LINES, when=f"{OTHER_LINES.when} AND c_month <> z_month", effects=NO_EFFECT)
"""Beside TIMING, which has taken the whole of it from one month into the other."""

_SERVICE = """
    FROM public.customer_services s
    LEFT JOIN zoho_pipeline.mirror_subscriptions m ON m.zoho_id = s.zoho_subscription_id AND m.gone_at IS NULL
    WHERE s.id = c_service_id
"""
_RECURRING = f"{LEFT_C} AND c_kind = 'recurring' AND c_link IS NULL"
_TWICE = """EXISTS (
    SELECT FROM raised o
    WHERE o.c_service_id = seen.c_service_id AND o.z_day BETWEEN seen.c_period_start AND seen.c_period_end
)"""
_BEFORE = f"coalesce((SELECT m.billed_from IS NULL OR c_period_start < m.billed_from {_SERVICE}), c_service_id IS NULL)"
_AWAITED = f"(SELECT m.status NOT IN ({_ENDING}) AND m.next_billing_on <= c_period_end {_SERVICE})"

RAISED_BY_ONE_SIDE = (
    Branch(
        Class.TWO_ROWS_ONE_OBJECT, f"{_RECURRING} AND {_TWICE}", "c_amount::text",
        difference="-c_amount", effects=C_GOES, cause="'the service and period are billed twice in CircleTel'",
    ),
    Branch(
        Class.BEFORE_ZOHO, f"{_RECURRING} AND {_BEFORE}", "c_amount::text", difference="-c_amount", effects=C_GOES,
        cause=f"(SELECT 'Zoho bills the service from ' || m.billed_from {_SERVICE})",  # noqa: S608
    ),
    Branch(
        Class.AWAITED, f"{_RECURRING} AND {_AWAITED}", "c_amount::text", difference="-c_amount", effects=C_GOES,
        cause=f"(SELECT 'Zoho raises it on ' || m.next_billing_on {_SERVICE})",
    ),
    Branch(Class.MISSED, _RECURRING, "c_amount::text", difference="-c_amount", effects=C_GOES),
)  # fmt: skip
