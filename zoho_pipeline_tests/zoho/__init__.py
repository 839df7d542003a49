"""Tests of the Zoho Billing client, against the practice server over HTTP."""
