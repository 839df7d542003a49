"""One line for all threads of a process: what they ask at the same time goes together, and fails alone."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine

from zoho_pipeline.budget.line import Line
from zoho_pipeline.store.database import DatabaseRefused, DatabaseUnreachable
from zoho_pipeline_tests.zoho.practice import until

ENDS_ITSELF = "pg_terminate_backend(pg_backend_pid())"
HELD, SLOW = 4711, "pg_advisory_xact_lock_shared(4711)"


@dataclass
class Asked:
    """Askings are expressions; each is answered with its value. It is kept which of them went together."""

    together: list[list[str]] = field(default_factory=list)

    def statement(self, asked: Sequence[str]) -> tuple[str, dict[str, Any]]:
        self.together.append(list(asked))
        rows = " UNION ALL ".join(
            f"SELECT {place} AS place, ({asking})::text AS n" for place, asking in enumerate(asked)
        )
        return f"SELECT n FROM ({rows}) asked ORDER BY place", {}


@pytest.fixture
def asked() -> Asked:
    return Asked()


def while_one_asks(engine: Engine, line: "Line[str]", asked: Asked, askings: Sequence[str]) -> list[Any]:
    """What several threads are answered that ask while another one's statement is on its way."""
    with ThreadPoolExecutor(len(askings) + 1) as pool, engine.connect() as holder:
        holder.exec_driver_sql(f"SELECT pg_advisory_lock({HELD})")
        first = pool.submit(line.ask, SLOW)
        until(lambda: asked.together == [[SLOW]])
        others = [pool.submit(line.ask, asking) for asking in askings]
        until(lambda: len(line._turns) == len(askings))
        holder.exec_driver_sql(f"SELECT pg_advisory_unlock({HELD})")
        first.result()
        return [other.exception() or other.result().n for other in others]


def test_what_is_asked_meanwhile_goes_together_and_each_gets_its_own_answer(engine: Engine, asked: Asked) -> None:
    line = Line(engine, asked.statement)
    assert while_one_asks(engine, line, asked, ["1", "2", "3"]) == ["1", "2", "3"]
    assert [sorted(askings) for askings in asked.together] == [[SLOW], ["1", "2", "3"]]
    assert line.round_trips == 2


def test_what_cannot_be_answered_fails_nobody_else(engine: Engine, asked: Asked) -> None:
    line = Line(engine, asked.statement)
    one, refused, three = while_one_asks(engine, line, asked, ["1", "1 / 0", "3"])
    assert (one, type(refused), three) == ("1", DatabaseRefused, "3")


def test_a_database_that_is_gone_is_told_to_each_and_nobody_waits_for_ever(engine: Engine, asked: Asked) -> None:
    line = Line(engine, asked.statement)
    answers = while_one_asks(engine, line, asked, [ENDS_ITSELF] * 3)
    assert [type(answer) for answer in answers] == [DatabaseUnreachable] * 3
    assert line.ask("1").n == "1"


def test_an_error_of_another_sort_hands_the_line_over_too(engine: Engine) -> None:
    def broken(_: Sequence[str]) -> tuple[str, dict[str, Any]]:
        raise RuntimeError

    line = Line(engine, broken)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            line.ask("1")


def test_many_threads_are_all_answered(engine: Engine, asked: Asked) -> None:
    line = Line(engine, asked.statement)
    start = threading.Barrier(16)

    def ask(n: int) -> list[str]:
        start.wait()
        return [line.ask(str(n)).n for _ in range(50)]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(16)))
    assert answers == [[str(n)] * 50 for n in range(16)]
    assert sorted(int(each) for askings in asked.together for each in askings) == sorted(list(range(16)) * 50)


def test_a_line_that_was_lost_twice_in_a_row_is_opened_anew(engine: Engine, asked: Asked) -> None:
    line = Line(engine, asked.statement)
    assert line.ask("1").n == "1"
    with pytest.raises(DatabaseUnreachable):
        line.ask(ENDS_ITSELF)  # and once more on the new connection
    assert line.ask("2").n == "2"
    assert line.release_if_idle(0.0)
