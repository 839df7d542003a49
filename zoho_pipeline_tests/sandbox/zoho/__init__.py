"""Tests of the practice Zoho Billing server."""
