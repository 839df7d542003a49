"""The embedded PostgreSQL: started, found, joined, stopped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from zoho_pipeline.sandbox.postgres import SOCKET_PATH_LIMIT, EmbeddedPostgres, PostgresError

START = "import sys; from pathlib import Path; from zoho_pipeline.sandbox.postgres import EmbeddedPostgres; "


@pytest.fixture
def directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="zp-test-"))
    yield path
    for link in path.rglob("server"):
        if link.is_symlink():
            EmbeddedPostgres(link.resolve()).remove()
    shutil.rmtree(path)


def scalar(url: str, query: str) -> object:
    engine = create_engine(url)
    with engine.connect() as connection:
        found: object = connection.scalar(text(query))
    engine.dispose()
    return found


def start_elsewhere(directory: Path, arguments: str = "") -> subprocess.CompletedProcess[str]:
    """Start it in another process, which ends at once; -W error makes any warning a failure."""
    script = f"{START} print(EmbeddedPostgres.start(Path(sys.argv[1]){arguments}).pid)"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(directory)], capture_output=True, text=True, check=True
    )


def test_the_server_keeps_time_in_utc(postgres: EmbeddedPostgres) -> None:
    assert scalar(postgres.url(), "SELECT current_setting('TimeZone')") == "UTC"


def test_a_database_can_be_made_copied_and_dropped(postgres: EmbeddedPostgres) -> None:
    first = create_engine(postgres.create_database("first"))
    with first.begin() as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT 7 AS number"))
    first.dispose()
    copy = postgres.create_database("copy", template="first")
    assert scalar(copy, "SELECT number FROM kept") == 7
    for name in ("first", "copy", "never there"):
        postgres.drop_database(name)
    assert scalar(postgres.url(), "SELECT count(*) FROM pg_database WHERE datname IN ('first', 'copy')") == 0


def test_a_server_that_runs_is_joined(directory: Path) -> None:
    server = EmbeddedPostgres.start(directory)
    assert EmbeddedPostgres.start(directory).pid == server.pid


def test_processes_that_start_it_at_once_share_one(directory: Path) -> None:
    script = f"{START} print(EmbeddedPostgres.start(Path(sys.argv[1]), keep_running=True).pid)"
    command = [sys.executable, "-c", script, str(directory)]
    together = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert len({process.communicate()[0] for process in together}) == 1


def test_a_server_ends_with_the_process_that_started_it(directory: Path) -> None:
    start_elsewhere(directory)
    assert EmbeddedPostgres.find(directory) is None


def test_a_server_told_to_keep_running_is_found_and_stopped_by_another_process(directory: Path) -> None:
    started = start_elsewhere(directory, ", keep_running=True")
    server = EmbeddedPostgres.find(directory)
    assert server is not None
    assert server.pid == int(started.stdout)
    server.stop()
    assert EmbeddedPostgres.find(directory) is None


def test_starting_warns_of_nothing_even_without_a_runtime_directory(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert start_elsewhere(directory).stderr == ""


def test_a_removed_server_leaves_nothing_and_the_directory_can_be_used_again(directory: Path) -> None:
    server = EmbeddedPostgres.start(directory)
    server.create_database("gone")
    server.remove()
    assert not server.home.exists()
    server.remove()
    again = EmbeddedPostgres.start(directory)
    assert scalar(again.url(), "SELECT count(*) FROM pg_database WHERE datname = 'gone'") == 0


def test_data_outlives_a_stop(directory: Path) -> None:
    server = EmbeddedPostgres.start(directory)
    server.create_database("kept")
    server.stop()
    server.stop()
    again = EmbeddedPostgres.start(directory)
    assert scalar(again.url("kept"), "SELECT current_database()") == "kept"


def test_a_path_too_long_for_a_socket_gets_a_short_one(directory: Path) -> None:
    deep = directory / ("d" * SOCKET_PATH_LIMIT)
    server = EmbeddedPostgres.start(deep)
    assert len(str(server.socket_directory)) < SOCKET_PATH_LIMIT
    assert EmbeddedPostgres.find(deep) == server


def test_a_directory_with_odd_characters_works(directory: Path) -> None:
    server = EmbeddedPostgres.start(directory / "it's 100% (odd) & more")
    assert scalar(server.url(), "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
def test_root_may_start_it_where_the_server_s_account_may_not_enter(directory: Path) -> None:
    private = directory / "private"
    private.mkdir(mode=0o700)
    server = EmbeddedPostgres.start(private / "inside")
    assert scalar(server.url(), "SELECT 1") == 1
    assert private.stat().st_mode & 0o777 == 0o700


def test_what_an_earlier_directory_of_the_same_name_left_behind_is_cleared(directory: Path) -> None:
    deep = directory / ("d" * SOCKET_PATH_LIMIT)
    earlier = EmbeddedPostgres.start(deep, keep_running=True)
    earlier.create_database("stale")
    shutil.rmtree(deep)
    later = EmbeddedPostgres.start(deep)
    assert later.home == earlier.home
    assert scalar(later.url(), "SELECT count(*) FROM pg_database WHERE datname = 'stale'") == 0


def test_no_short_directory_is_a_clear_error(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = directory / ("t" * SOCKET_PATH_LIMIT)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with pytest.raises(PostgresError, match=f"longer than {SOCKET_PATH_LIMIT} characters"):
        EmbeddedPostgres.start(directory / ("d" * SOCKET_PATH_LIMIT))


def test_a_failed_start_says_what_postgresql_said(directory: Path) -> None:
    server = EmbeddedPostgres.start(directory)
    server.stop()
    (server.home / "data" / "postgresql.conf").write_text("max_connections = 'many'\nnonsense = 1\n")
    with pytest.raises(PostgresError, match="nonsense"):
        EmbeddedPostgres.start(directory)


def test_a_server_that_does_not_run_has_no_pid(directory: Path) -> None:
    server = EmbeddedPostgres.start(directory)
    server.stop()
    with pytest.raises(PostgresError, match="start it first"):
        _ = server.pid
