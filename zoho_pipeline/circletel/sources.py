"""Which rows of CircleTel's tables the sync is about: eligibility, month, and fingerprint of each kind, in SQL.

The rules are those of CircleTel's app: customers that are not internal_test; active services; invoices of four types
that are neither void nor cancelled, and recurring ones that finance has approved one by one; completed payments that
were not made in Zoho; nothing that hangs on an internal_test customer. Every fragment is a constant of this module: no
value from outside ever becomes SQL.
"""

from dataclasses import dataclass, replace

from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID, Shape
from zoho_pipeline.entities import Entity

_SENT_INVOICE_TYPES = "('installation', 'pro_rata', 'equipment', 'adjustment')"


@dataclass(frozen=True)
class Source:
    """One kind's SQL fragments; `t` is the row itself."""

    table: str
    zoho_id: str
    joins: str
    eligible: str
    moment: str
    """The timestamp that decides the month; NULL falls to the row's other dates. `r` is our record of the row."""
    touched: str
    """The latest moment at which the app can have had the row in its hands, where a column can be trusted to say."""
    fingerprinted: str
    """The columns that the mapping reads."""
    parent_linked: str = "CAST(NULL AS timestamptz)"
    """When something was linked that may change a standing verdict on the row."""

    @property
    def source_hash(self) -> str:
        return f"md5(jsonb_build_array({self.fingerprinted})::text)"


def source(entity: Entity, shape: Shape) -> Source:
    """The fragments of one kind, for a database of this shape."""
    return {
        Entity.CUSTOMERS: _customers,
        Entity.SUBSCRIPTIONS: _subscriptions,
        Entity.INVOICES: _invoices,
        Entity.PAYMENTS: _payments,
    }[entity](shape)


def source_without_joins(entity: Entity, shape: Shape) -> Source:
    """The same rows, so that a million of them are counted at once: what hangs on the few customers that are
    internal_test is left out by their ids. Its other fragments that need a join cannot be used.
    """
    of = source(entity, shape)
    if entity is Entity.INVOICES:
        return replace(
            of, joins="", eligible=_invoice_is_eligible(shape, f"(t.customer_id IN ({_INTERNAL})) IS NOT TRUE")
        )
    if entity is Entity.PAYMENTS:
        theirs = f"SELECT id FROM public.customer_invoices WHERE customer_id IN ({_INTERNAL})"  # noqa: S608
        nobodys = (
            f"(t.customer_id IN ({_INTERNAL})) IS NOT TRUE",
            f"({_paid_invoice(shape)} IN ({theirs})) IS NOT TRUE",
        )
        return replace(of, joins="", eligible=_payment_is_eligible(*nobodys))
    return of


_INTERNAL = "SELECT id FROM public.customers WHERE account_type = 'internal_test'"


def _customers(shape: Shape) -> Source:
    return Source(
        table=TABLES[Entity.CUSTOMERS],
        zoho_id=ZOHO_ID[Entity.CUSTOMERS],
        joins="",
        eligible="t.account_type <> 'internal_test'",
        # updated_at moves with every write, ours too: what it said at first sight is kept in the record, r.
        moment="coalesce(t.created_at, r.dated_at, t.updated_at)",
        touched="greatest(t.created_at, t.updated_at)",
        fingerprinted=(
            "t.first_name, t.last_name, t.email, t.phone, t.account_type, t.business_name, t.account_number"
        ),
    )


def _subscriptions(shape: Shape) -> Source:
    return Source(
        table=TABLES[Entity.SUBSCRIPTIONS],
        zoho_id=ZOHO_ID[Entity.SUBSCRIPTIONS],
        joins=(
            "JOIN public.customers c ON c.id = t.customer_id "
            "LEFT JOIN public.service_packages p ON p.id = t.package_id "
            "LEFT JOIN public.product_integrations g ON g.service_package_id = t.package_id"
        ),
        eligible="t.status = 'active' AND c.account_type <> 'internal_test'",
        moment=(
            "coalesce(t.created_at, t.activation_date::timestamp AT TIME ZONE 'Africa/Johannesburg', t.updated_at)"
        ),
        # A service activated today or yesterday may be in the app's hands although it is an old row: no column says.
        touched=(
            "CASE WHEN t.activation_date >= (now() AT TIME ZONE 'Africa/Johannesburg')::date - 1 THEN NULL "
            "ELSE t.created_at END"
        ),
        fingerprinted="t.customer_id, t.monthly_price, p.sku",
    )


def _invoices(shape: Shape) -> Source:
    return Source(
        table=TABLES[Entity.INVOICES],
        zoho_id=ZOHO_ID[Entity.INVOICES],
        joins="JOIN public.customers c ON c.id = t.customer_id",
        eligible=_invoice_is_eligible(shape, "c.account_type <> 'internal_test'"),
        moment="t.invoice_date::timestamp AT TIME ZONE 'Africa/Johannesburg'",
        touched="t.created_at",
        fingerprinted=_INVOICE_FINGERPRINTED,
    )


_INVOICE_FINGERPRINTED = (
    "t.customer_id, t.invoice_number, t.invoice_date, t.due_date, t.subtotal, t.tax_amount, t.total_amount, "
    "t.vat_rate, t.line_items, coalesce(t.status, 'draft') = 'draft'"
)
_PUSHED = f"""((SELECT EXISTS (SELECT FROM zoho_pipeline.approvals WHERE action = 'push')) AND EXISTS (
    SELECT FROM zoho_pipeline.approvals push
    WHERE push.entity = 'invoices' AND push.row_id = t.id AND push.action = 'push' AND push.approved_at IS NOT NULL
      AND push.outcome IS DISTINCT FROM 'void'
      AND push.source_hash = md5(jsonb_build_array({_INVOICE_FINGERPRINTED})::text)
))"""  # noqa: S608 - constants only
"""Whether finance has approved that this recurring invoice, which Zoho missed, is sent, as it stands now. Whether there
is any such approval is asked once for all rows."""


def _invoice_is_eligible(shape: Shape, not_internal: str) -> str:
    of_type = f"coalesce(t.invoice_type, 'recurring') IN {_SENT_INVOICE_TYPES}" if shape.invoice_type else "false"
    return f"({of_type} OR {_PUSHED}) AND coalesce(t.status, 'draft') NOT IN ('voided', 'cancelled') AND {not_internal}"


def _payments(shape: Shape) -> Source:
    return Source(
        table=TABLES[Entity.PAYMENTS],
        zoho_id=ZOHO_ID[Entity.PAYMENTS],
        joins=(
            f"LEFT JOIN public.customer_invoices i ON i.id = {_paid_invoice(shape)} "
            "LEFT JOIN public.customers own ON own.id = t.customer_id "
            "LEFT JOIN public.customers c ON c.id = coalesce(own.id, i.customer_id) "
            "LEFT JOIN public.customers debtor ON debtor.id = i.customer_id "
            "LEFT JOIN public.customer_services service ON service.id = i.service_id"
        ),
        eligible=_payment_is_eligible(
            "coalesce(c.account_type, 'personal') <> 'internal_test'",
            "coalesce(debtor.account_type, 'personal') <> 'internal_test'",
        ),
        moment="coalesce(t.completed_at, t.created_at)",
        touched="greatest(t.created_at, t.updated_at)",
        fingerprinted=(
            "c.id, i.id, t.amount, t.currency, t.payment_method, "
            "(coalesce(t.completed_at, t.created_at) AT TIME ZONE 'Africa/Johannesburg')::date"
        ),
        parent_linked="service.zoho_last_synced_at",
    )


def _paid_invoice(shape: Shape) -> str:
    return "coalesce(t.customer_invoice_id, t.invoice_id)" if shape.customer_invoice_id else "t.invoice_id"


def _payment_is_eligible(payer_not_internal: str, debtor_not_internal: str) -> str:
    return f"t.status = 'completed' AND t.provider <> 'zoho_billing' AND {payer_not_internal} AND {debtor_not_internal}"
