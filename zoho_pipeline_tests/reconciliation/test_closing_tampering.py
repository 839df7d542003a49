"""`reconcile verify` on a kept trail: whatever anybody changes in the tables is found, and none is by accident."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from zoho_pipeline.calendar import Month
from zoho_pipeline.people import register
from zoho_pipeline.people.person import Role
from zoho_pipeline.reconciliation.closing import keeping
from zoho_pipeline.reconciliation.closing.chain import Signer, What
from zoho_pipeline.reconciliation.closing.entering import enter
from zoho_pipeline.reconciliation.closing.trail import TrailAltered, append, lock_head, read_head, read_trail
from zoho_pipeline.reconciliation.closing.verifying import verify
from zoho_pipeline.sync.closed import close_month
from zoho_pipeline_tests.practice.databases import Databases

TRAIL, SNAPSHOTS = "reconciliation_trail", "reconciliation_snapshots"
KEPT = {
    TRAIL: ("number", ("content", "hash")),
    SNAPSHOTS: ("sha256", ("sha256", "content")),
    "reconciliation_trail_head": ("one", ("hash",)),
}
"""Tables of which no byte may change: their keys, and columns of text."""


@pytest.fixture(scope="module")
def engine(databases: Databases) -> Iterator[Engine]:
    """A database with two people, a month that was signed, reopened and signed again, and another that is prepared."""
    with databases.fresh() as made:
        with made.begin() as connection:
            people = [
                register.add(connection, name, {role}, "correct horse battery", own=True)
                for name, role in (("Pieter", Role.PREPARER), ("Ayanda", Role.APPROVER))
            ]
            for person in people:
                enter(connection, lock_head(connection), Signer(None, "a test"), person)
            pieter, ayanda = map(Signer.of, people)
            for total in ("230.00", "345.00"):
                signed = {"month": "2025-09", "snapshot": keeping.keep(connection, {"total": total, "by": "Müller"})}
                append(connection, lock_head(connection), What.PREPARED, pieter, signed)
                entry = append(connection, lock_head(connection), What.APPROVED, ayanda, signed)
                if total == "230.00":
                    why = {"month": "2025-09", "why": "a credit note came late"}
                    append(connection, lock_head(connection), What.REOPENED, ayanda, why)
            close_month(connection, Month(2025, 9), entry.at)
            prepared = {"month": "2025-10", "snapshot": keeping.keep(connection, {"total": "1.00"})}
            append(connection, lock_head(connection), What.PREPARED, pieter, prepared)
        yield made


@pytest.fixture
def hands_on(engine: Engine) -> Iterator[Connection]:
    """Somebody who may do anything to the tables; nothing of it stays."""
    with engine.connect() as connection:
        for table in (TRAIL, SNAPSHOTS):
            connection.execute(text(f"ALTER TABLE zoho_pipeline.{table} DISABLE TRIGGER ALL"))
        yield connection
        connection.rollback()


def faults(connection: Connection) -> list[str]:
    return list(verify(connection).faults)


def test_as_it_was_written_all_is_well(engine: Engine) -> None:
    with engine.connect() as connection:
        found = verify(connection, [read_head(connection)])
    assert (found.faults, found.entries, found.snapshots) == ([], 8, 3)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_bit_anywhere_is_found(hands_on: Connection, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(sorted(KEPT)))
    key, columns = KEPT[table]
    column = data.draw(st.sampled_from(columns))
    rows = hands_on.execute(text(f"SELECT {key}, {column} FROM zoho_pipeline.{table} ORDER BY {key}")).all()
    named, before = data.draw(st.sampled_from([tuple(row) for row in rows]))
    place, bit = data.draw(st.integers(0, len(before) - 1)), data.draw(st.integers(0, 6))
    flipped = chr(ord(before[place]) ^ (1 << bit))
    after = before[:place] + ("" if flipped == "\x00" else flipped) + before[place + 1 :]
    with hands_on.begin_nested() as undone:
        update = text(f"UPDATE zoho_pipeline.{table} SET {column} = :after WHERE {key} = :key")
        hands_on.execute(update, {"after": after, "key": named})
        told = faults(hands_on)
        undone.rollback()
    assert told
    if table == TRAIL:
        assert told[0].startswith(f"Entry {named} was altered")
    assert faults(hands_on) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DELETE FROM zoho_pipeline.reconciliation_trail WHERE number = 3", "Entry 3 is missing"),
        ("DELETE FROM zoho_pipeline.reconciliation_trail WHERE number = 8", "The trail ends with entry 7"),
        ("UPDATE zoho_pipeline.reconciliation_trail SET number = 99 WHERE number = 8", "Entry 8 is missing"),
        (
            ("INSERT INTO zoho_pipeline.reconciliation_trail SELECT 9, content, hash "
            "FROM zoho_pipeline.reconciliation_trail WHERE number = 8"),
            "Entry 9 was altered",
        ),
        ("UPDATE zoho_pipeline.reconciliation_trail_head SET number = 7", "The trail ends with entry 8"),
        ("DELETE FROM zoho_pipeline.reconciliation_snapshots WHERE content LIKE '%345.00%'", "The snapshot "),
        ("INSERT INTO zoho_pipeline.reconciliation_snapshots VALUES ('abc', '{}')", "There is a snapshot abc that no"),
        ("DELETE FROM zoho_pipeline.closed_months", "2025-09 is signed by the trail"),
        ("UPDATE zoho_pipeline.closed_months SET closed_at = now()", "2025-09 is signed by the trail"),
        ("INSERT INTO zoho_pipeline.closed_months VALUES ('2025-10', now())", "2025-10 is not signed by the trail"),
        (
            "UPDATE zoho_pipeline.people SET roles = '{approver,preparer}' WHERE name = 'Pieter'",
            "Person 1 (Pieter) is not as entry 1 says (roles)",
        ),
        (
            ("UPDATE zoho_pipeline.people p SET password_hash = o.password_hash FROM zoho_pipeline.people o "
            "WHERE p.name = 'Ayanda' AND o.name = 'Pieter'"),
            "Person 2 (Ayanda) is not as entry 2 says (password)",
        ),
        ("UPDATE zoho_pipeline.people SET disabled = true WHERE name = 'Ayanda'", "Person 2 (Ayanda) is not as"),
        ("DELETE FROM zoho_pipeline.people WHERE name = 'Ayanda'", "Person 2 of entry 2 (Ayanda) is gone"),
        (
            ("INSERT INTO zoho_pipeline.people (name, key, roles, password_hash, own_password) "
            "VALUES ('Mallory', 'mallory', '{approver}', 'x', true)"),
            "Person 3 (Mallory) was entered by no admin",
        ),
    ],
)  # fmt: skip
def test_whatever_is_taken_out_put_in_or_set_by_hand_is_told(hands_on: Connection, change: str, says: str) -> None:
    hands_on.execute(text(change))
    assert faults(hands_on)[0].startswith(says)


def test_nobody_appends_to_a_trail_that_was_altered(hands_on: Connection) -> None:
    hands_on.execute(text("UPDATE zoho_pipeline.reconciliation_trail SET content = content || ' ' WHERE number = 4"))
    with pytest.raises(TrailAltered, match="The trail of the sign-off was altered: entry 4 was altered"):
        read_trail(hands_on)


@pytest.mark.parametrize("table", [TRAIL, SNAPSHOTS])
@pytest.mark.parametrize("change", ["UPDATE {0} SET content = 'x'", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_the_tables_themselves_refuse_any_change(engine: Engine, table: str, change: str) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError, match=f"{table} is only ever added to"):
        connection.execute(text(change.format(f"zoho_pipeline.{table}")))
