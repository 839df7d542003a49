"""People, their roles, and the hashes of their passwords."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, DateTime, Identity, Integer, Table, Text, func, text

from zoho_pipeline.store.schema import metadata

people = Table(
    "people",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False, comment="As it is shown, and signed with"),
    Column("key", Text, nullable=False, unique=True, comment="The name as it is looked up: upper and lower case alike"),
    Column("roles", ARRAY(Text), nullable=False),
    Column("password_hash", Text, nullable=False, comment="Argon2id, with its salt and parameters"),
    Column("own_password", Boolean, nullable=False, comment="Whether its owner has chosen it: only then may he sign"),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column(
        "failures",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="Wrong passwords since the last right one",
    ),
    Column("locked_until", DateTime(timezone=True), comment="No password is looked at before"),
)
