"""The demonstration from its first process to its last: seconds of each step, as it tells them itself.

In this virtual environment; with `--fresh` also from a bare clone of what is committed, which makes one of its own.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.report import Line, show
from zoho_pipeline.sandbox.environment import inherited
from zoho_pipeline.sandbox.ports import free_ports

ROOT = Path(__file__).resolve().parent.parent
WHOLE_SECONDS = 180.0
FRESH = "--fresh"
_STEP = re.compile(r"^\s*\d+\.\d s  (.+)$|^What was done")
_WIDE = {"COLUMNS": "200", "PYTHONUNBUFFERED": "1"}


def main(arguments: Sequence[str]) -> int:
    """Measure; 1 if it takes too long or ends badly."""
    with _room() as room:
        command = [sys.executable, "-m", "zoho_pipeline.cli", "demo", *_options(room)]
        status = show("The demonstration, from this virtual environment", _lines(command, ROOT))
    if FRESH in arguments:
        with _room() as room:
            clone = room / "clone"
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
            command = ["make", "demo", f"ARGS={' '.join(_options(room))}", f"PYTHON={sys.executable}"]
            status |= show("The demonstration, from a bare clone", _lines(command, clone))
    return status


def _options(room: Path) -> list[str]:
    return ["--exit", "--directory", str(room / "world"), "--port", str(free_ports(1)[0])]


def _lines(command: Sequence[str], directory: Path) -> Iterator[Line]:
    began = time.monotonic()
    steps, status = _told(command, directory, inherited(os.environ) | _WIDE)
    whole = time.monotonic() - began
    starts = [second for second, _ in steps]
    if steps and starts[0] > 1:
        yield Line("before its first step", starts[0], "s")
    for (second, step), then in zip(steps, [*starts[1:], whole], strict=True):
        yield Line(step, then - second, "s")
    yield Line("all of it", whole, "s", WHOLE_SECONDS)
    yield Line("its exit status", status, "", 0)


def _told(command: Sequence[str], directory: Path, environ: Mapping[str, str]) -> tuple[list[tuple[float, str]], int]:
    """Each step with the second in which it was told, and how it all ended."""
    began = time.monotonic()
    with subprocess.Popen(command, cwd=directory, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = ((_STEP.match(line), time.monotonic() - began) for line in process.stdout)
        steps = [(second, (found[1] or found[0]).strip()) for found, second in lines if found]
    return steps, process.returncode


@contextmanager
def _room() -> Iterator[Path]:
    """A temporary directory that anybody may enter: run by root, PostgreSQL belongs to another account."""
    directory = Path(tempfile.mkdtemp(prefix="zoho-bench-"))
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
