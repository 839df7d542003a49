"""CircleTel's customers, services, invoices and payments in Zoho Billing: synced once, reconciled to the cent."""
