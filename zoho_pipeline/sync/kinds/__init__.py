"""What is particular to each kind: its parents, its match, its plan, and the calls that send it."""

from zoho_pipeline.entities import Entity
from zoho_pipeline.sync.kinds.customers import Customers
from zoho_pipeline.sync.kinds.invoices import Invoices
from zoho_pipeline.sync.kinds.kind import Kind
from zoho_pipeline.sync.kinds.payments import Payments
from zoho_pipeline.sync.kinds.subscriptions import Subscriptions

KINDS: dict[Entity, Kind] = {
    Entity.CUSTOMERS: Customers(),
    Entity.SUBSCRIPTIONS: Subscriptions(),
    Entity.INVOICES: Invoices(),
    Entity.PAYMENTS: Payments(),
}
