"""The command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from zoho_pipeline.sandbox.zoho import behaviour_text
from zoho_pipeline.sandbox.zoho.__main__ import main
from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.server import bound_socket
from zoho_pipeline_tests.sandbox.zoho.client import TIMEOUT

COMMAND = [sys.executable, "-W", "error", "-m", "zoho_pipeline.sandbox.zoho"]


def _complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence with which it does not start."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, complaint = capsys.readouterr()
    assert (ended.value.code, out, complaint.count("\n")) == (2, "", 1)
    return complaint


@contextmanager
def _started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and the address in its one line."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("Practice Zoho Billing is ready at http://127.0.0.1:")
        try:
            yield process, line.split()[-1].removesuffix("/billing/v1")
        finally:
            process.kill()


def _stop(process: subprocess.Popen[str], number: signal.Signals) -> None:
    process.send_signal(number)
    out, errors = process.communicate(timeout=120)
    assert (process.returncode, out, errors) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_and_keeps_its_state(tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "state.json"
    with _started("--state", str(file), "--now", "2026-01-15T08:00:00", "--calls-per-minute", "30") as (process, url):
        set_to = requests.post(f"{url}/_sandbox/behaviour", json={"calls_per_day": 77}, timeout=TIMEOUT)
        assert set_to.json()["calls_per_minute"] == 30
        _stop(process, number)
    assert json.loads(file.read_text())["version"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
    with _started("--state", str(file), "--set", "calls_in_flight=3") as (process, url):
        kept = requests.get(f"{url}/_sandbox/behaviour", timeout=TIMEOUT).json()
        assert [kept[name] for name in ("calls_per_minute", "calls_per_day", "calls_in_flight")] == [30, 77, 3]
        now = requests.get(f"{url}/_sandbox/clock", timeout=TIMEOUT).json()["now"]
        assert now.startswith("2026-01-15T08:0")
        _stop(process, number)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "--port is missing"),
        (["--port", "many"], "invalid int value: 'many'"),
        (["--port", "99999"], "port 99999 cannot be used"),
        (["--port", "0", "--now", "noon"], "Invalid isoformat string: 'noon'"),
        (["--port", "0", "--set", "mood=good"], "there is no setting 'mood'"),
        (["--port", "0", "--set", "mood"], "--set takes NAME=VALUE, not 'mood'"),
        (["--port", "0", "--set", "calls_per_day=many"], "takes a int, not 'many'"),
        (["--port", "0", "--set", "accepts_bearer=maybe"], "takes a bool, not 'maybe'"),
        (["--port", "0", "--state", "/nowhere/at/all/state.json"], "there is no folder /nowhere/at/all"),
        (["--what"], "unrecognized arguments: --what"),
    ],
)
def test_bad_arguments_end_with_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    assert complaint in _complaint(capsys, *arguments)


def test_the_process_itself_ends_with_2_and_no_traceback() -> None:
    ended = subprocess.run([*COMMAND, "--port", "many"], capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("content", ["{", "{}", "[]", '{"version": 1}'])
def test_a_state_that_cannot_be_read_ends_with_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str
) -> None:
    file = tmp_path / "state.json"
    file.write_text(content)
    assert f"the state in {file} cannot be read" in _complaint(capsys, "--port", "0", "--state", str(file))
    assert file.read_text() == content


def test_a_port_in_use_ends_with_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with bound_socket(0) as taken:
        complaint = _complaint(capsys, "--port", str(taken.getsockname()[1]))
    assert "Address already in use" in complaint


def test_the_behaviours_are_printed_as_a_table_with_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--behaviours"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "| setting | default | source | meaning |"
    for name in Behaviour().as_json():
        [row] = [line for line in lines if line.startswith(f"| `{name}` |")]
        assert row.split(" | ")[2] in ("documented", "assumed")


def test_the_readme_shows_the_same_table() -> None:
    assert behaviour_text.__file__
    readme = Path(behaviour_text.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert readme.endswith(f"## Behaviours\n{behaviour_text.table()}\n")
