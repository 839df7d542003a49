"""Roles as a careful owner of CircleTel's database gives them: what the pipeline needs, and nothing more.

They stay until the server goes: what a run still has to report of its calls is written after its end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from sqlalchemy import Engine, create_engine, text

_numbers = count(1)

_SYNC_ONLY = (
    "GRANT USAGE ON SCHEMA public, zoho_pipeline_sandbox TO {role}",
    "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT SELECT ON zoho_pipeline_sandbox.marker TO {role}",
)
_OWN_SCHEMA = ('GRANT CREATE ON DATABASE "{database}" TO {role}',)


@contextmanager
def stranger(engine: Engine) -> Iterator[Engine]:
    """A role that may read and write CircleTel's rows, and neither make a schema nor alter a table."""
    yield from _as_role(engine, _SYNC_ONLY)


@contextmanager
def tenant(engine: Engine) -> Iterator[Engine]:
    """A role that may have a schema of its own beside CircleTel's tables, and alter none of those."""
    yield from _as_role(engine, _SYNC_ONLY + _OWN_SCHEMA)


def _as_role(engine: Engine, grants: tuple[str, ...]) -> Iterator[Engine]:
    role = f"pipeline_{next(_numbers)}"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN BYPASSRLS"))
        for grant in grants:
            connection.execute(text(grant.format(role=role, database=engine.url.database)))
    limited = create_engine(engine.url.set(username=role))
    try:
        yield limited
    finally:
        limited.dispose()
