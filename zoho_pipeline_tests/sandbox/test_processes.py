"""Processes of the practice world: nothing is left behind, and nothing of somebody else's is ended."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from zoho_pipeline.sandbox.processes import ProcessEnded, Processes


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path)
    yield started
    started.stop()


def start(processes: Processes, directory: Path, name: str, code: str) -> int:
    """Start a process that runs this code; its id."""
    (directory / f"{name}.py").write_text(textwrap.dedent(code))
    return processes.start(name, name, [], os.environ, cwd=directory).pid


def wait_for(path: Path) -> str:
    """What the file says, once it says something."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.02)
    raise AssertionError(f"{path} stayed empty")


def ended(pid: int) -> bool:
    """Whether the process does nothing any more (it may wait for whoever adopted it to ask how it ended)."""
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_what_was_started_is_found_again_by_another_process(processes: Processes, tmp_path: Path) -> None:
    pid = start(processes, tmp_path, "sleeper", "import time; time.sleep(60)")

    (found,) = Processes(tmp_path).all()
    assert (found.name, found.pid, found.runs()) == ("sleeper", pid, True)


def test_stopping_ends_a_process_and_everything_it_started(processes: Processes, tmp_path: Path) -> None:
    parent = """
        import subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        open("child.pid", "w").write(str(child.pid))
        time.sleep(60)
    """
    pid = start(processes, tmp_path, "parent", parent)
    child = int(wait_for(tmp_path / "child.pid"))

    processes.stop()
    assert ended(pid)
    assert ended(child)
    assert processes.all() == []


def test_children_are_ended_though_their_parent_is_gone(processes: Processes, tmp_path: Path) -> None:
    parent = """
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        open("child.pid", "w").write(str(child.pid))
    """
    start(processes, tmp_path, "parent", parent)
    child = int(wait_for(tmp_path / "child.pid"))

    processes.stop()
    assert ended(child)


def test_a_process_that_ignores_the_request_is_ended_by_force(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zoho_pipeline.sandbox.processes.GRACE_SECONDS", 1)
    deaf = """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open("ready", "w").write("yes")
        time.sleep(60)
    """
    pid = start(processes, tmp_path, "deaf", deaf)
    wait_for(tmp_path / "ready")

    processes.stop()
    assert ended(pid)


def test_a_process_that_got_the_id_of_an_ended_one_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True) as stranger:
        written = [{"name": "ours", "pid": stranger.pid, "started": psutil.Process(stranger.pid).create_time() - 3600}]
        (tmp_path / "processes.json").write_text(json.dumps(written))

        Processes(tmp_path).stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_process_that_ended_by_itself_is_named_with_the_end_of_its_log(processes: Processes, tmp_path: Path) -> None:
    start(processes, tmp_path, "failing", "raise SystemExit('the port is taken')")
    while processes.all()[0].runs():
        time.sleep(0.02)

    with pytest.raises(ProcessEnded, match=r"failing has ended by itself.*\n.*the port is taken"):
        processes.check()


def test_some_can_be_kept(processes: Processes, tmp_path: Path) -> None:
    for name in ("kept", "ended"):
        start(processes, tmp_path, name, "import time; time.sleep(60)")

    processes.stop(but=["kept"])
    assert [process.name for process in processes.all() if process.runs()] == ["kept"]


def test_a_signal_during_a_start_is_handled_after_the_process_is_written_down(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class _Ended(Exception):
        pass

    def end(number: int, frame: object) -> None:
        raise _Ended

    def signalled(pid: int) -> psutil.Process:
        signal.raise_signal(signal.SIGTERM)
        return real(pid)

    real = psutil.Process
    monkeypatch.setattr("zoho_pipeline.sandbox.processes.psutil.Process", signalled)
    before = signal.signal(signal.SIGTERM, end)
    try:
        with pytest.raises(_Ended):
            start(processes, tmp_path, "sleeper", "import time; time.sleep(60)")
    finally:
        signal.signal(signal.SIGTERM, before)
        monkeypatch.undo()
    assert [process.runs() for process in processes.all()] == [True]
