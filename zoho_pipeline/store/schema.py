"""The one MetaData that every room's tables belong to."""

from sqlalchemy import MetaData

metadata = MetaData(schema="zoho_pipeline")
