"""Services and subscriptions: who is billed, on which plan, how much a month."""

from functools import cache

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.objects import ENDING
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.kinds.kind import (
    BOTH,
    CURRENCY,
    NOT_LINKED,
    PAIR,
    UNDATED,
    WRONG_PARENT,
    Branch,
    Kind,
    Pairing,
    gone,
    missing,
    only_in_zoho,
    two_rows,
)

_ENDING = ", ".join(f"'{status}'" for status in sorted(ENDING))
_FEE = """round(CASE WHEN :prices_include_vat = (coalesce(p.sku, '') <> ALL(:vat_exceptions))
    THEN t.monthly_price ELSE t.monthly_price * 1.15 END, 2)"""
"""What the service costs a month with VAT; the listed packages are the other way round than the rest."""


@cache
def subscriptions(shape: Shape) -> Kind:
    """The comparison of services; amounts are what is charged a month, VAT included.

    Active services count, and those that are not but are linked are looked at too; in Zoho what will bill a term.
    """
    of = source(Entity.SUBSCRIPTIONS, shape)
    return Kind(
        entity=Entity.SUBSCRIPTIONS,
        circletel=f"""
            SELECT t.id AS row_id, nullif(t.zoho_subscription_id, '') AS link,
                   t.zoho_sync_status AS sync_status,
                   coalesce(c.account_number, t.id::text) AS label,
                   nullif(c.zoho_billing_customer_id, '') AS parent,
                   ({of.moment} AT TIME ZONE 'Africa/Johannesburg')::date AS day, t.created_at IS NULL AS undated,
                   t.status = 'active' AS counted, {_FEE} AS amount, 'ZAR' AS currency, t.status, p.sku AS plan
            FROM public.customer_services t {of.joins}
            WHERE c.account_type <> 'internal_test' AND (t.status = 'active' OR t.zoho_subscription_id <> '')
        """,  # noqa: S608 - constants only
        links="SELECT zoho_subscription_id AS link FROM public.customer_services WHERE zoho_subscription_id <> ''",
        zoho=f"""
            SELECT m.zoho_id, coalesce(m.reference_id, m.zoho_id) AS label, m.customer_zoho_id AS parent,
                   coalesce(m.created_on, (m.seen_at AT TIME ZONE 'Africa/Johannesburg')::date) AS day,
                   m.status NOT IN ({_ENDING}) AS counted, coalesce(m.amount, 0) AS amount,
                   coalesce(m.currency_code, 'ZAR') AS currency, m.status, m.plan_code AS plan,
                   m.reference_id, m.circletel_id
            FROM zoho_pipeline.mirror_subscriptions m WHERE m.gone_at IS NULL
        """,  # noqa: S608 - constants only
        c_columns=(
            "sync_status", "label", "parent", "day", "undated", "counted", "amount", "currency", "status", "plan",
        ),
        z_columns=(
            "label", "parent", "day", "counted", "amount", "currency", "status", "plan", "reference_id", "circletel_id",
        ),
        differs=(
            "c.undated OR c.counted <> z.counted OR (c.counted AND (c.amount <> z.amount OR c.plan <> z.plan)) "
            "OR c.parent <> z.parent OR c.currency <> z.currency OR z.status IN ('paused', 'unpaid')"
        ),
        pairing=(
            Pairing("key", "z.z_reference_id = c.c_row_id::text", by_key=True),
            Pairing("the app's key", "z.z_circletel_id = c.c_row_id::text", by_key=True),
            Pairing(
                "customer, plan and amount",
                "z.z_parent = c.c_parent AND z.z_plan = c.c_plan AND z.z_amount = c.c_amount AND z.z_counted "
                "AND c.c_counted AND coalesce(z.z_reference_id, z.z_circletel_id) IS NULL",
            ),
        ),
        explaining=(
            two_rows(),
            CURRENCY,
            Branch(
                Class.SUSPENDED, f"{PAIR} AND c_status = 'suspended' AND z_counted", "c_status", "z_status",
                effects=BOTH,
            ),
            Branch(
                Class.NOT_ELIGIBLE, f"{PAIR} AND c_status = 'pending' AND z_counted", "c_status", "z_status",
                "z_amount", BOTH,
            ),
            Branch(
                Class.STILL_BILLED, f"{PAIR} AND NOT c_counted AND z_counted", "c_status", "z_status",
                "z_amount", BOTH,
            ),
            Branch(
                Class.NOT_BILLED, f"{PAIR} AND c_counted AND NOT z_counted", "c_status", "z_status",
                "-c_amount", BOTH,
            ),
            Branch(
                Class.PRICE, f"{PAIR} AND c_counted AND c_amount <> z_amount", "c_amount::text", "z_amount::text",
                "z_amount - c_amount", BOTH,
            ),
            gone(),
            missing(),
            *only_in_zoho(
                "customer_services", "zoho_subscription_id", "seen.z_reference_id, seen.z_circletel_id",
                "coalesce(z_reference_id, z_circletel_id) IS NULL AND o.customer_zoho_id = z_parent "
                f"AND o.plan_code = z_plan AND o.status NOT IN ({_ENDING})",
            ),
        ),
        fields=(
            NOT_LINKED,
            WRONG_PARENT,
            UNDATED,
            (Branch(Class.PLAN, f"{PAIR} AND c_counted AND z_counted AND c_plan <> z_plan", "c_plan", "z_plan"),),
            (
                Branch(
                    Class.NOT_BILLED, f"{PAIR} AND c_counted AND z_status IN ('paused', 'unpaid')",
                    "c_status", "z_status", "-z_amount",
                ),
            ),
        ),
    )  # fmt: skip
