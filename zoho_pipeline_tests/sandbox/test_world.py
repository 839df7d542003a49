"""A practice world's life: up, down, up again, cut off, and back to its beginning."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from sqlalchemy import create_engine, text

from zoho_pipeline.sandbox.judging import judged
from zoho_pipeline.sandbox.world import ZOHO, Sandbox, SandboxBusy, SandboxDown

FOREIGN = {"ZOHO_REFRESH_TOKEN": "real", "CIRCLETEL_DATABASE_URL": "postgresql://real/circletel"}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("world"), FOREIGN)
    made.up(lambda sentence: None)
    yield made
    made.wipe()


def quietly(sandbox: Sandbox) -> list[str]:
    """Bring it up; what it said."""
    said: list[str] = []
    sandbox.up(said.append)
    return said


def rows(sandbox: Sandbox, table: str) -> int:
    engine = create_engine(sandbox.variables()["CIRCLETEL_DATABASE_URL"])
    try:
        with engine.connect() as connection:
            return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)
    finally:
        engine.dispose()


def zoho(sandbox: Sandbox, what: str = "health") -> Any:
    address = sandbox.variables()["ZOHO_ACCOUNTS_URL"]
    return requests.get(f"{address}/_sandbox/{what}", timeout=10).json()


def test_it_holds_the_sample_data_on_both_sides(sandbox: Sandbox) -> None:
    assert rows(sandbox, "customers") > 150
    assert rows(sandbox, "customer_invoices") > 2_000
    assert zoho(sandbox)["objects"]["customers"] > 20


def test_the_pipelines_own_tables_are_there(sandbox: Sandbox) -> None:
    assert rows(sandbox, "zoho_pipeline.alembic_version") == 1


def test_its_variables_lead_only_to_itself(sandbox: Sandbox) -> None:
    variables = sandbox.variables()
    assert variables["ZOHO_API_URL"].startswith("http://127.0.0.1:")
    assert str(sandbox.directory) in variables["DAGSTER_HOME"]
    assert "real" not in str(sandbox.child_environ())
    assert variables["ZOHO_WRITES"] == "on"


def test_nothing_was_synced_yet_and_the_judge_sees_it(sandbox: Sandbox) -> None:
    assert not judged(sandbox).right


def test_bringing_it_up_twice_changes_nothing(sandbox: Sandbox) -> None:
    before = sandbox.variables()
    assert quietly(sandbox) == []
    assert sandbox.variables() == before


def test_after_down_and_up_everything_is_as_it_was(sandbox: Sandbox) -> None:
    before, held = sandbox.variables(), zoho(sandbox)["objects"]
    sandbox.down()
    assert not sandbox.runs()
    with pytest.raises(SandboxDown, match="start it with zoho-pipeline sandbox up"):
        sandbox.variables()

    assert quietly(sandbox) == ["Starting PostgreSQL and the practice Zoho, with what they held"]
    assert (sandbox.variables(), zoho(sandbox)["objects"]) == (before, held)


def test_a_world_that_was_cut_off_starts_anew(sandbox: Sandbox) -> None:
    before = sandbox.variables()["ZOHO_PIPELINE_SANDBOX"]
    (process,) = (process for process in sandbox.processes.all() if process.name == ZOHO)
    psutil.Process(process.pid).send_signal(signal.SIGKILL)
    while process.runs():
        pass

    assert quietly(sandbox)[0] == "The practice world was cut off before it could save: it starts anew."
    assert sandbox.variables()["ZOHO_PIPELINE_SANDBOX"] != before


def test_only_one_command_at_a_time_works_in_a_directory(sandbox: Sandbox) -> None:
    same = Sandbox(sandbox.directory, {})
    with sandbox.held(), pytest.raises(SandboxBusy, match="choose another place with --directory"), same.held():
        pass


def test_wiping_it_leaves_other_things_in_the_directory_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    (tmp_path / "photos").mkdir()
    sandbox = Sandbox(tmp_path, {})
    with sandbox.held():
        (tmp_path / "logs").mkdir()
        (tmp_path / "world.json").write_text("{}")
        sandbox.wipe()

    assert {entry.name for entry in tmp_path.iterdir()} == {"thesis.txt", "photos", "lock"}


def test_what_was_half_made_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("zoho_pipeline.sandbox.filling.fill", fail)
    sandbox = Sandbox(tmp_path, {})
    with pytest.raises(KeyboardInterrupt):
        sandbox.up(lambda sentence: None)
    assert (sandbox.processes.all(), sandbox.runs(), sandbox.facts()) == ([], False, None)
    sandbox.wipe()
