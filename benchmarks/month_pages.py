"""A month of 100,000 items in the pages: how long the server takes for the month, and for its items by filters.

Eleven months before it have 20,000 items each. Every page is fetched over HTTP, signed in; claimed is the median of
some fetches, after one that has filled PostgreSQL's memory and the templates.
"""

import os
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests
import uvicorn
from sqlalchemy import Engine, text

from benchmarks.practice import make_tables, opened, postgres
from benchmarks.report import Line, say, show
from benchmarks.workbook import ITEMS, MONTH, fill
from zoho_pipeline.actions import people
from zoho_pipeline.dashboard.desk import Desk
from zoho_pipeline.dashboard.serving import config
from zoho_pipeline.dashboard.site import Site
from zoho_pipeline.people.person import Role
from zoho_pipeline.sandbox.circletel import marker_token
from zoho_pipeline.settings import SANDBOX

NAME, PASSWORD = "Ayanda", "correct horse battery"
BEFORE, ITEMS_BEFORE = 11, 20_000
FETCHES = 21
MOST_MS = 100.0
PAGES = {
    "the months": "/months",
    "the month": f"/months/{MONTH}",
    "its items": f"/months/{MONTH}/items",
    "its items, needing somebody": f"/months/{MONTH}/items?needs=somebody",
    "its items, one class and kind": f"/months/{MONTH}/items?entity=invoices&class=amount",
    "its items, a cause that all have": f"/months/{MONTH}/items?cause=refused",
    "its items, a cause that none has": f"/months/{MONTH}/items?cause=nothing+like+it",
    "its items, carried ones (none is)": f"/months/{MONTH}/items?since=carried",
    "its items, one of the last pages": f"/months/{MONTH}/items?after=1.00_1",
}


def main() -> int:
    """Measure and print."""
    with postgres() as server:
        url = server.create_database("pages")
        make_tables(url)
        with opened(url) as engine:
            say(f"Making {ITEMS:,} items, and {ITEMS_BEFORE:,} in each of {BEFORE} months before")
            fill(engine)
            for ago in range(1, BEFORE + 1):
                fill(engine, MONTH.plus(-ago), ITEMS_BEFORE)
            _settle(engine)
            environ = {
                SANDBOX: marker_token(engine),
                "CIRCLETEL_DATABASE_URL": url,
                "CIRCLETEL_FIRST_MONTH": MONTH.plus(-BEFORE).key,
            }
        people.add(NAME, [Role.ADMIN], PASSWORD, None, environ)
        with _served(environ) as browser:
            lines = [Line(name, _median(browser, path), "ms", MOST_MS) for name, path in PAGES.items()]
        say(f"load of the machine in the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        return show(f"The pages of a month of {ITEMS:,} items, median of {FETCHES}", lines)


def _settle(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _median(browser: "Browser", path: str) -> float:
    """Milliseconds from asking to the last byte."""
    browser.fetch(path)
    return statistics.median(browser.fetch(path) for _ in range(FETCHES))


class Browser:
    """Somebody who has signed in."""

    def __init__(self, url: str) -> None:
        self._url, self._http = url, requests.Session()
        self._http.trust_env = False
        form = {"name": NAME, "password": PASSWORD}
        self._http.post(f"{url}/sign-in", form, headers={"Origin": url}, timeout=60).raise_for_status()

    def fetch(self, path: str) -> float:
        """Milliseconds that a page took."""
        began = time.perf_counter()
        answer = self._http.get(self._url + path, timeout=60, allow_redirects=False)
        taken = (time.perf_counter() - began) * 1_000
        assert answer.status_code == 200, (path, answer.status_code)
        return taken


@contextmanager
def _served(environ: dict[str, str]) -> Iterator[Browser]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    desk = Desk(Site(), environ)
    server = uvicorn.Server(config(desk))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield Browser(f"http://127.0.0.1:{listening.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join()
        desk.engine.dispose()
        listening.close()


if __name__ == "__main__":
    sys.exit(main())
