"""The practice Zoho Billing server: REST API v1 and the token endpoint, imitated over real HTTP.

It stands alone: it imports nothing else of zoho_pipeline, so that its word on a sync is an independent one.
"""
