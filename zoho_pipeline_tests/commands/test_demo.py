"""`zoho-pipeline demo`: it ends everything that it started, however it ends. (What it shows is a browser test.)"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from zoho_pipeline.sandbox.dagster import WEB_SERVER
from zoho_pipeline.sandbox.world import Sandbox
from zoho_pipeline_tests.commands.conftest import Command


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A demonstration that has come as far as starting Dagster."""
    arguments = ["demo", "--exit", "--directory", str(tmp_path)]
    with subprocess.Popen(
        [sys.executable, "-m", "zoho_pipeline.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"ZOHO_API_URL": "https://example.test", "PGHOST": "real.example"},
    ) as process:
        try:
            _wait_for_web_server(tmp_path)
            yield process
        finally:
            process.terminate()  # not kill: it has others to end
            process.communicate(timeout=300)
            Sandbox(tmp_path, {}).wipe()


def _wait_for_web_server(directory: Path) -> None:
    deadline = time.monotonic() + 300
    while not any(process.name == WEB_SERVER for process in Sandbox(directory, {}).processes.all()):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _everything_of(directory: Path) -> list[psutil.Process]:
    """All processes whose working directory or command line lies in the directory."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(directory) in " ".join([process.cwd(), *process.cmdline()]) and process.pid != os.getpid():
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process(demo: subprocess.Popen[str], tmp_path: Path, how: signal.Signals) -> None:
    assert len(_everything_of(tmp_path)) > 3
    demo.send_signal(how)
    said, _ = demo.communicate(timeout=300)

    assert demo.returncode == 130
    assert "Ending everything that was started." in said
    assert "Traceback" not in said
    assert _everything_of(tmp_path) == []


def test_a_child_that_ends_early_ends_the_demonstration_with_a_sentence(
    demo: subprocess.Popen[str], tmp_path: Path
) -> None:
    (web_server,) = (each for each in Sandbox(tmp_path, {}).processes.all() if each.name == WEB_SERVER)
    psutil.Process(web_server.pid).kill()
    said, _ = demo.communicate(timeout=300)

    assert demo.returncode == 1
    assert "dagster web server has ended by itself" in said
    assert "Traceback" not in said
    assert _everything_of(tmp_path) == []


def test_a_port_in_use_is_refused_before_anything_starts(zoho_pipeline: Command, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = zoho_pipeline("demo", "--port", str(taken.getsockname()[1]), "--directory", str(tmp_path))

    assert ended.status == 1
    assert "is in use: choose another one with --port" in ended.err
    assert not (tmp_path / "processes.json").exists()


def test_a_second_demonstration_in_the_same_directory_is_refused(zoho_pipeline: Command, tmp_path: Path) -> None:
    with Sandbox(tmp_path, {}).held():
        ended = zoho_pipeline("demo", "--exit", "--directory", str(tmp_path))

    assert ended.status == 1
    assert "Another command is at work" in ended.err


def test_inherited_variables_do_not_get_in(demo: subprocess.Popen[str], tmp_path: Path) -> None:
    for name in (each.pid for each in Sandbox(tmp_path, {}).processes.all()):
        assert "example" not in json.dumps(psutil.Process(name).environ())
