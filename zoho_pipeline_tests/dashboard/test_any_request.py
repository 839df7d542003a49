"""Any request at all, to every address that there is: none is answered by an error of the server.

The pages are no API with a description that a tool could read, so the addresses are taken from the app itself, and
Hypothesis makes up what is asked of them, over HTTP, by somebody who has every role.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, urlencode

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from zoho_pipeline.dashboard import sessions
from zoho_pipeline.dashboard.app import routes
from zoho_pipeline.dashboard.desk import Desk
from zoho_pipeline.dashboard.sessions import Session
from zoho_pipeline.dashboard.site import Site
from zoho_pipeline.people.person import Role
from zoho_pipeline_tests.dashboard.browser import served
from zoho_pipeline_tests.dashboard.test_refusals import HOSTILE, INSIDE
from zoho_pipeline_tests.practice.office import Office, entered

EXAMPLES = 1_200
SLOW = ("/papers", "/sign-in", "/{step}")
"""Papers take long to make, and passwords to check: these are asked once in a while."""
FIELDS = (
    "entity", "outcome", "cause", "span", "before", "class", "needs", "since", "after", "sought", "which", "why",
    "password", "name", "text", "back", "form_token", "v",
)  # fmt: skip
KNOWN = {
    "entity": ["invoices", "customers"],
    "month": ["2025-09", "2025-08", "0001-01", "9999-12"],
    "number": ["1", "0", str(2**63), str(10**30)],
    "step": ["prepare", "approve", "reopen"],
    "name": ["pages.css", "pages.js"],
}
VALUES = ("invoices", "failed", "day", "somebody", "new", "amount", "1.00_1", "9999999999999999.99_999999999999999999",
          "2025-09-01T00:00:00Z_1", "0_0", "-1", "NaN", "1e400", "workbook")  # fmt: skip
ANY = st.one_of(
    st.sampled_from(VALUES),
    st.sampled_from(sorted(HOSTILE.values())),
    st.text(max_size=60),
)
BYTES = st.one_of(ANY.map(lambda text: text.encode("utf-8")), st.binary(max_size=40))


@dataclass(frozen=True)
class Asked:
    """One request: a place of the app with its parts filled in, and what is sent along."""

    method: str
    path: str
    query: str
    form: bytes
    token: bool
    cookie: bool


@pytest.fixture
def place(office: Office) -> Iterator[tuple[str, Session, list[Route]]]:
    """The server, the session of somebody who may everything, and the addresses."""
    person = entered(office.world.engine, "Everything Person", *Role)
    office.make_unsent()
    office.compare()
    KNOWN["row_id"] = [office.invoice, office.customer]
    desk = Desk(Site(), office.world.environ, office.clock)
    with office.world.engine.begin() as connection:
        session = sessions.begin(connection, person)
    with served(office.world.environ, office.clock) as url:
        yield url, session, [each for each in routes(desk) if each.path != "/sign-out"]
    desk.engine.dispose()


def asked(addresses: list[Route]) -> st.SearchStrategy[Asked]:
    """Requests to these addresses."""
    often = [each for each in addresses if not each.path.endswith(SLOW)]
    pairs = st.lists(st.tuples(st.sampled_from(FIELDS), BYTES), max_size=4).map(urlencode)

    @st.composite
    def one(draw: st.DrawFn) -> Asked:
        route = draw(st.sampled_from(often * 6 + addresses))
        parts = {
            name: draw(st.one_of(st.sampled_from(KNOWN[name]).map(str.encode), BYTES))
            for name in route.param_convertors
        }
        path = re.sub(r"{(\w+)(?::\w+)?}", lambda found: quote_from_bytes(parts[found[1]], safe=""), route.path)
        method = draw(st.sampled_from(sorted(route.methods or ())))
        token = draw(st.sampled_from([True] * 4 + [False]))
        cookie = draw(st.sampled_from([True] * 6 + [False]))
        return Asked(method, path, draw(pairs), draw(st.one_of(pairs.map(str.encode), BYTES)), token, cookie)

    return one()


def test_none_is_answered_by_an_error_of_the_server(place: tuple[str, Session, list[Route]]) -> None:
    url, session, addresses = place
    http = requests.Session()
    statuses: set[int] = set()

    @settings(max_examples=EXAMPLES, derandomize=True, database=None)
    @given(asked(addresses))
    def answered(one: Asked) -> None:
        headers = {"Origin": url, "Content-Type": "application/x-www-form-urlencoded"}
        if one.cookie:
            headers["Cookie"] = f"zoho_pipeline={session.token}"
        body = one.form + b"&form_token=" + session.form_token.encode() if one.token else one.form
        answer = http.request(
            one.method, f"{url}{one.path}?{one.query}", data=body if one.method == "POST" else None, headers=headers,
            allow_redirects=False, timeout=60,
        )  # fmt: skip
        statuses.add(answer.status_code)
        assert answer.status_code < 500
        if answer.headers.get("content-type", "").startswith("text/plain"):
            assert not INSIDE.search(answer.text)

    answered()
    http.close()
    assert statuses >= {200, 303, 403, 404}
