"""CircleTel's finance office: people who sign, the months of 2025 that they compare, and the desk they sign at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

from sqlalchemy import Engine

from zoho_pipeline.actions import sign_off
from zoho_pipeline.actions.reconcile import ReconcileRequest, reconcile
from zoho_pipeline.actions.sign_off import Signed
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import Clock, SimulatedClock
from zoho_pipeline.people import register
from zoho_pipeline.people.person import Person, Role
from zoho_pipeline.people.signing_in import Credentials
from zoho_pipeline.reconciliation.closing.chain import Signer
from zoho_pipeline.reconciliation.closing.entering import enter
from zoho_pipeline.reconciliation.closing.trail import lock_head
from zoho_pipeline.reconciliation.closing.verifying import Verified
from zoho_pipeline.reconciliation.reading import Item, MonthBooks, read_items
from zoho_pipeline_tests.practice.world import Done, PracticeWorld

AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (Month(2025, number) for number in (8, 9, 10, 11))
PASSWORD = "correct horse battery"
PREPARER, APPROVER = "Pieter Botha", "Ayanda Nkosi"
TODAY = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)

_runs = count(1)


def entered(engine: Engine, name: str, *roles: Role, own: bool = True) -> Person:
    """Somebody whom an admin has entered, and who has chosen the password."""
    with engine.begin() as connection:
        head = lock_head(connection)
        person = register.add(connection, name, roles, PASSWORD, own=own)
        enter(connection, head, Signer(None, "a test"), person)
        return person


@dataclass
class Office:
    """A preparer, an approver, and a customer's invoice and payment of September 2025, synced."""

    world: PracticeWorld
    clock: Clock = field(default_factory=lambda: SimulatedClock(TODAY))
    customer: str = field(init=False)
    invoice: str = field(init=False)

    def __post_init__(self) -> None:
        self.world.environ["CIRCLETEL_FIRST_MONTH"] = AUGUST.key
        entered(self.world.engine, PREPARER, Role.PREPARER)
        entered(self.world.engine, APPROVER, Role.APPROVER)
        self.customer = self.world.circletel.customer()
        self.invoice = self.world.circletel.invoice(self.customer, amount_paid="230.00", status="paid")
        self.world.circletel.payment(self.customer, invoice=self.invoice)
        self.sync()

    def sync(self) -> Done:
        """A run over all months."""
        return self.world.run(months=(AUGUST, SEPTEMBER, OCTOBER, NOVEMBER))

    def compare(self, *months: Month) -> list[MonthBooks]:
        """Read Zoho's lists, and compare."""
        request = ReconcileRequest(months or (SEPTEMBER,), f"comparison-{next(_runs)}", refresh=True)
        return list(reconcile(request, self.world.environ, lambda line: None))

    def prepare(self, month: Month = SEPTEMBER, by: str = PREPARER) -> Signed:
        """Prepare the month."""
        return sign_off.prepare(month, Credentials(by, PASSWORD), self.world.environ, self.clock)

    def approve(self, month: Month = SEPTEMBER, by: str = APPROVER) -> Signed:
        """Approve the month."""
        return sign_off.approve(month, Credentials(by, PASSWORD), self.world.environ, self.clock)

    def reopen(self, month: Month = SEPTEMBER, why: str = "a credit note came late", by: str = APPROVER) -> Signed:
        """Reopen the month."""
        return sign_off.reopen(month, why, Credentials(by, PASSWORD), self.world.environ, self.clock)

    def note(self, item: int, said: str = "known to finance", by: str = PREPARER) -> str:
        """Note an item."""
        return sign_off.note(item, said, Credentials(by, PASSWORD), self.world.environ, self.clock)

    def sign(self, month: Month = SEPTEMBER) -> Signed:
        """Compare, prepare, approve."""
        self.compare(month)
        self.prepare(month)
        return self.approve(month)

    def verify(self, *printed: str) -> Verified:
        """Look the sign-off over."""
        by = Credentials(PREPARER, PASSWORD)
        return sign_off.verify(by, self.world.environ, self.clock, printed=printed)

    def items(self, month: Month = SEPTEMBER) -> Sequence[Item]:
        """The month's open items."""
        with self.world.engine.connect() as connection:
            return read_items(connection, month)

    def make_unsent(self, day: date = date(2025, 9, 20), total: str = "115.00") -> str:
        """An invoice of that day that stands in CircleTel alone; its id."""
        return self.world.circletel.invoice(self.customer, total, invoice_date=day)
