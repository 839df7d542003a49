"""A comparison sees one moment, whatever is written while it is at work; and one waits for another."""

import threading
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.compare import Terms, compare
from zoho_pipeline.reconciliation.tie_out import read_tie_outs
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline_tests.reconciliation.both_sides import SEPTEMBER, BothSides


def test_what_the_app_writes_meanwhile_leaves_nothing_unexplained(sides: BothSides) -> None:
    customer = sides.customer()
    sides.payment(customer)
    sides.refresh()
    written: list[str] = []

    def write(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "INSERT INTO zoho_pipeline.reconciliation_items" in statement and not written:
            written.append(sides.world.circletel.payment(customer.row, "99.00"))

    engine = sides.world.engine
    terms = Terms(open_months(SyncSettings.load(sides.environ)), timedelta(days=1))
    with engine.connect() as connection, connection.begin():
        event.listen(connection, "before_cursor_execute", write)
        compare(connection, Entity.PAYMENTS, [SEPTEMBER], terms, "while the app writes")
    with engine.connect() as connection:
        (tie_out,) = read_tie_outs(connection, SEPTEMBER)
    assert len(written) == 1
    assert (tie_out.ties, tie_out.circletel_count) == (True, 1)
    assert [item.row_id for item in sides.found(Entity.PAYMENTS, stale=True)] == written


def test_comparisons_at_the_same_time_come_to_one_end(sides: BothSides) -> None:
    sides.world.circletel.payment(sides.customer().row)
    sides.refresh()
    faults: list[BaseException] = []

    def one() -> None:
        try:
            sides.compare()
        except BaseException as error:  # noqa: BLE001 - told to the test
            faults.append(error)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(sides.found(stale=True)) == 1
