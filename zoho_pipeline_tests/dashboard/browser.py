"""A real server of the pages, and a plain browser: it keeps cookies and sends forms as browsers do."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape

import requests
import uvicorn

from zoho_pipeline.clock import Clock
from zoho_pipeline.dashboard.desk import Desk
from zoho_pipeline.dashboard.serving import config
from zoho_pipeline.dashboard.site import Site
from zoho_pipeline.sandbox.zoho.server import bound_socket
from zoho_pipeline_tests.practice.office import PASSWORD
from zoho_pipeline_tests.zoho.practice import until

TIMEOUT_SECONDS = 60


@dataclass
class Browser:
    """One person's browser."""

    url: str
    http: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str = "/", **headers: str) -> requests.Response:
        """Open a page."""
        return self.http.get(self.url + path, headers=headers, timeout=TIMEOUT_SECONDS)

    def counted(self, path: str = "/") -> requests.Response:
        """The operations page, once what the server counts in the background has been counted."""
        until(lambda: "data-soon" not in self.get(path).text)
        return self.get(path)

    def told_of_retries(self) -> str:
        """What the notices say once all retries of this person have ended."""
        until(lambda: "data-under-way" not in self.get("/retries").text)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.get("/retries").text)).split())

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send a form of the page as it is seen now; `form_token` and `origin` may be given to forge one."""
        origin = fields.pop("origin", self.url)
        sent = {"form_token": self.form_token} | fields if "form_token" not in fields else fields
        return self.http.post(self.url + path, data=sent, headers={"Origin": origin}, timeout=TIMEOUT_SECONDS)

    @property
    def form_token(self) -> str:
        """What the forms of the session carry; nothing where nobody has signed in."""
        found = re.search(r'name="form_token" value="([0-9a-f]+)"', self.get("/months").text)
        return found[1] if found else ""

    def sign_in(self, name: str, password: str = PASSWORD) -> requests.Response:
        """Sign in."""
        return self.post("/sign-in", name=name, password=password, form_token="")


@contextmanager
def served(environ: dict[str, str], clock: Clock, site: Site | None = None) -> Iterator[str]:
    """The pages on a free port; their address."""
    listening = bound_socket(0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    desk = Desk(site or Site(), environ, clock)
    server = uvicorn.Server(config(desk))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join()
        desk.engine.dispose()
        listening.close()


def text_of(page: requests.Response, part: str) -> str:
    """The text of the element of that id, without tags, on one line."""
    found = re.search(rf'<(\w+)[^>]*\bid="{part}".*?(?=<section|</main>|</header>)', page.text, re.DOTALL)
    assert found is not None, f"There is no {part} on the page."
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())
