"""The operations pages beside a million rows: milliseconds of each at the server, and what 20 people cost PostgreSQL.

The pages are served by a process of their own, as in production. Twenty people have the operations page open, which
refreshes every 30 seconds; what that costs is the CPU time of all of PostgreSQL's processes, against one core.
"""

import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from subprocess import DEVNULL, Popen

import psutil
import requests
from sqlalchemy import Engine, text

from benchmarks.million import ROWS, fill
from benchmarks.practice import make_tables, opened, postgres, practice_zoho, variables
from benchmarks.report import Line, say, show
from zoho_pipeline.actions import people
from zoho_pipeline.people.person import Role
from zoho_pipeline.sandbox.environment import inherited
from zoho_pipeline.sandbox.ports import LOOPBACK, free_ports
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres

PEOPLE, PACE_SECONDS, WATCHED_SECONDS = 20, 30.0, 120.0
TIMES = 15
PAGE_MS, CORE_PERCENT = 100.0, 5.0
ADMIN, PASSWORD = "Zanele Admin", "correct horse battery"
ATTEMPTS = 600_000
"""Beside those of the million rows: a tenth of them failed, a few of them for a rare cause."""
_MORE = f"""
    INSERT INTO zoho_pipeline.attempts (entity, row_id, action, run_id, worker, started_at, lease_until, ended_at,
        outcome, duration_ms, status, cause, message)
    SELECT 'invoices', md5('i' || (1 + n % 480000))::uuid, 'create', 'r', 'w', at, at, at,
        CASE WHEN n % 10 = 0 THEN 'failed' ELSE 'created' END, 400, 500,
        CASE WHEN n % 5000 = 0 THEN 'conflict' WHEN n % 10 = 0 THEN 'zoho_error' END, 'HTTP 500'
    FROM (SELECT n, now() - interval '1 day' * (random() * 60) AS at FROM generate_series(1, {ATTEMPTS}) n) AS few
"""  # noqa: S608 - constants only
_CALLS = """
    INSERT INTO zoho_pipeline.api_calls (id, organisation, at, method, endpoint, purpose, entity, record_id, status, ms)
    SELECT n, :organisation, now() - interval '8.64 seconds' * n, 'POST', 'invoices', 'bulk', 'invoices', 'x', 201, 300
    FROM generate_series(1, 900000) n
"""


class Browser:
    """A browser, signed in as somebody else's is or by itself."""

    def __init__(self, url: str, cookies: "requests.cookies.RequestsCookieJar | None" = None) -> None:
        self.url, self.http = url, requests.Session()
        self.http.trust_env = False
        self.http.headers["Origin"] = url
        self.http.cookies.update(cookies or {})

    def get(self, path: str, **headers: str) -> str:
        """A page."""
        answer = self.http.get(self.url + path, headers=headers, timeout=60, allow_redirects=False)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, path: str, to: int = 303, **form: str) -> None:
        """Send a form, and go nowhere."""
        answer = self.http.post(self.url + path, data=form, timeout=60, allow_redirects=False)
        assert answer.status_code == to, (path, answer.status_code)

    def token(self) -> str:
        """What its forms carry."""
        found = re.search(r'name="form_token" value="([0-9a-f]+)"', self.get("/"))
        assert found is not None
        return found[1]


def _pages(browser: Browser, customer: str, invoice: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """What each page is called, and how it is opened."""
    for name, path in (
        ("operations", "/"),
        ("operations, page 401 of the activity", _after(browser, 400)),
        ("activity: payments that failed, of a month", "/?entity=payments&outcome=failed&span=month"),
        ("activity: invoices of a rare cause", "/?entity=invoices&cause=conflict"),
        ("activity: a kind that was never sent", "/?entity=customers"),
        ("a customer", f"/rows/customers/{customer}"),
        ("an invoice", f"/rows/invoices/{invoice}"),
        ("retries, as a page asks for them", "/retries"),
    ):
        yield name, partial(browser.get, path)
    token = browser.token()
    for name, sought in (("search by number", "INV-2025-4711"), ("search by email", "E4711@example.co.za")):
        yield name, partial(browser.post, "/search", sought=sought, form_token=token)


def _after(browser: Browser, pages: int) -> str:
    path = "/"
    for _ in range(pages):
        _, _, rest = browser.get(path).partition('id="older" href="')
        path = rest.partition("#")[0].replace("&amp;", "&")
    return path


def main() -> int:
    """Measure; 1 if a claim fails."""
    with postgres() as server, practice_zoho() as zoho:
        url = server.create_database("million")
        make_tables(url)
        say(f"Loading {ROWS:,} rows")
        with opened(url) as engine:
            environ = inherited({}) | variables(url, zoho, frozenset())
            customer, invoice = _load(engine, environ["ZOHO_ORG_ID"])
        people.add(ADMIN, [Role.ADMIN], PASSWORD, None, environ)
        with _served(environ) as address:
            browser = Browser(address)
            browser.post("/sign-in", name=ADMIN, password=PASSWORD)
            while "data-soon" in browser.get("/"):
                time.sleep(0.5)
            lines = [line for name, page in _pages(browser, customer, invoice) for line in _timed(name, page)]
            lines.append(Line(f"{PEOPLE} people, of a core of PostgreSQL's", _cost(server, browser), "%", CORE_PERCENT))
        return show(f"The operations pages beside {ROWS:,} rows", lines)


def _load(engine: Engine, organisation: str) -> tuple[str, str]:
    """The rows; the ids of a customer and of an invoice."""
    fill(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(_MORE.replace("%", "%%"))
        connection.execute(text(_CALLS), {"organisation": organisation})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        found = [
            connection.exec_driver_sql(f"SELECT id::text FROM {table} OFFSET 1000 LIMIT 1").scalar_one()  # noqa: S608
            for table in ("customers", "customer_invoices")
        ]
    return found[0], found[1]


@contextmanager
def _served(environ: dict[str, str]) -> Iterator[str]:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "zoho_pipeline.cli", "dashboard", "--port", str(port)]
    process = Popen(command, env=environ, stdout=DEVNULL)
    address = f"http://{LOOPBACK}:{port}"
    try:
        _wait_for(Browser(address), process)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(browser: Browser, process: "Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            browser.get("/sign-in")
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError(f"the pages did not start: status {process.returncode}")


def _timed(name: str, page: Callable[[], object]) -> list[Line]:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        page()
        took.append(1000 * (time.perf_counter() - began))
    return [Line(f"{name}, median", statistics.median(took), "ms", PAGE_MS), Line("  longest", max(took), "ms")]


def _cost(server: EmbeddedPostgres, signed_in: Browser) -> float:
    """Per cent of a core that PostgreSQL takes while so many people have the page open."""
    say(f"{PEOPLE} people look for {WATCHED_SECONDS:g} seconds")
    browsers = [Browser(signed_in.url, signed_in.http.cookies) for _ in range(PEOPLE)]
    before, began = _cpu_seconds(server), time.perf_counter()
    for turn in range(round(WATCHED_SECONDS / PACE_SECONDS * PEOPLE)):
        wait = began + turn * PACE_SECONDS / PEOPLE - time.perf_counter()
        time.sleep(max(0.0, wait))
        browsers[turn % PEOPLE].get("/", **{"X-Refresh": "1"})
    passed = time.perf_counter() - began
    return 100 * (_cpu_seconds(server) - before) / passed


def _cpu_seconds(server: EmbeddedPostgres) -> float:
    """Of all processes of the server; a child that has ended counts with its parent's."""
    postmaster = psutil.Process(server.pid)
    spent = postmaster.cpu_times()
    total = spent.user + spent.system + spent.children_user + spent.children_system
    for child in postmaster.children(recursive=True):
        times = child.cpu_times()
        total += times.user + times.system
    return total


if __name__ == "__main__":
    sys.exit(main())
