"""One embedded PostgreSQL for a whole session, and fresh databases copied from a template in a moment."""

import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, create_engine

from zoho_pipeline.sandbox.circletel import Variant, create_tables, marker_token
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.store.migrate import upgrade

_numbers = count(1)

KEPT = 40
"""Databases that stay for a while after their test: what a run still has to report of its calls finds its table."""


@dataclass(frozen=True)
class Template:
    """What a fresh database is a copy of. `migrated` says whether it has the pipeline's own schema."""

    variant: Variant = Variant.CURRENT
    migrated: bool = True

    @property
    def name(self) -> str:
        return f"template_{self.variant.value}_{'migrated' if self.migrated else 'bare'}"

    @property
    def lacks(self) -> frozenset[str]:
        """Columns that databases of this age do not have."""
        return frozenset({"invoice_type", "customer_invoice_id"}) if self.variant is Variant.OLDER else frozenset()


MIGRATED = Template()
BARE = Template(migrated=False)
OLDER = Template(Variant.OLDER)


@dataclass
class Databases:
    """Makes databases in one server."""

    server: EmbeddedPostgres
    _tokens: dict[Template, str] = field(default_factory=dict)
    _left: deque[str] = field(default_factory=deque)

    @contextmanager
    def fresh(self, template: Template = MIGRATED) -> Iterator[Engine]:
        """A database of one's own."""
        self.token(template)
        with self.copied(template.name) as engine:
            yield engine

    @contextmanager
    def copied(self, template_name: str) -> Iterator[Engine]:
        """A copy of any database that nobody uses."""
        name = f"test_{next(_numbers)}"
        engine = create_engine(self.server.create_database(name, template_name))
        try:
            yield engine
        finally:
            engine.dispose()
            self._left.append(name)
            if len(self._left) > KEPT:
                self.server.drop_database(self._left.popleft())

    def token(self, template: Template = MIGRATED) -> str:
        """The mark that every copy of the template carries."""
        if template not in self._tokens:
            engine = create_engine(self.server.create_database(template.name))
            create_tables(engine, template.variant)
            if template.migrated:
                upgrade(engine)
            self._tokens[template] = marker_token(engine)
            engine.dispose()
        return self._tokens[template]


@contextmanager
def running_databases() -> Iterator[Databases]:
    """A server in a directory of its own, gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="zp-test-"))
    server = EmbeddedPostgres.start(directory)
    try:
        yield Databases(server)
    finally:
        server.stop()
        shutil.rmtree(server.home, ignore_errors=True)
        shutil.rmtree(directory, ignore_errors=True)
