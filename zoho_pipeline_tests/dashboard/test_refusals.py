"""What is refused: the wrong person, a forged form, a stolen cookie, and hostile text wherever text can come from.

Each refusal is a line in the log, changes nothing, and tells nothing of what is inside.
"""

import http.client
import logging
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
import requests

from zoho_pipeline.people.person import Role
from zoho_pipeline_tests.dashboard.browser import Browser
from zoho_pipeline_tests.dashboard.conftest import OPERATOR, VIEWER, SignIn
from zoho_pipeline_tests.practice.office import APPROVER, PASSWORD, PREPARER, Office, entered

MONTH = "/months/2025-09"
ROW = "00000000-0000-0000-0000-000000000000"
HOSTILE = {
    "sql": "x'; DROP TABLE people; --",
    "sql number": "1 OR 1=1",
    "html": '"><script>alert(7)</script><img src=x onerror=alert(7)>',
    "template": "{{ 'zq' * 3 }}{% for a in ().__class__.__mro__ %}{{ a }}{% endfor %}",
    "crlf": "a\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(7)</script>",
    "nul": "a\0b",
    "terminal": "\x1b[2J\x07a",
    "path": "../../../../etc/passwd",
    "format": "%s%n%(password)s{0}",
    "signs": "\U0001f4a9 \u202e\ufeff",
    "long": "x" * 5_000,
}
INSIDE = re.compile(
    r"traceback|psycopg2?|sqlalchemy|starlette|site-packages|\.py\b|zoho_pipeline\.|syntax error|root:x:|LINE \d+:",
    re.IGNORECASE,
)
"""What no answer may hold."""
QUERIES = {
    "/": ("entity", "outcome", "cause", "span", "before"),
    f"{MONTH}/items": ("entity", "class", "cause", "needs", "since", "after"),
    "/months": ("month",),
    "/assets/pages.css": ("v",),
}
FORMS = {
    "/search": ("sought",),
    f"{MONTH}/prepare": ("password",),
    f"{MONTH}/approve": ("password",),
    f"{MONTH}/reopen": ("why", "password"),
    f"{MONTH}/papers": ("which",),
    f"{MONTH}/items/1/notes": ("text", "back"),
    "/sign-in": ("name", "password"),
}
PATHS = ("/rows/{}/" + ROW, "/rows/invoices/{}", "/months/{}", "/months/{}/items", "/assets/{}", "/{}")
DEEDS = ("/months/{}/papers", "/months/2025-09/{}", "/months/{}/prepare", "/months/{}/items/1/notes",
         "/incidents/{}/acknowledge", "/months/2025-09/items/{}/notes")  # fmt: skip
EVERYTHING = "Everything Person"
Log = pytest.LogCaptureFixture


@pytest.fixture(autouse=True)
def logged(caplog: Log) -> None:
    caplog.set_level(logging.INFO, "zoho_pipeline.pages")


@pytest.fixture
def almighty(office: Office, signed_in: SignIn) -> Browser:
    """Somebody with every role: no wall but the pages' own care is left."""
    entered(office.world.engine, EVERYTHING, *Role)
    office.compare()
    return signed_in(EVERYTHING)


def state(office: Office) -> list[tuple[object, ...]]:
    """What a deed would have changed."""
    return office.world.circletel.query(
        """
        SELECT (SELECT count(*) FROM zoho_pipeline.people), (SELECT count(*) FROM zoho_pipeline.reconciliation_trail),
               (SELECT count(*) FROM zoho_pipeline.reconciliation_notes), (SELECT count(*) FROM customer_invoices)
        """
    )


def harmless(answer: requests.Response, said: str) -> None:
    """That nothing of what was sent works, and nothing of the inside is told."""
    assert answer.status_code < 500, (answer.status_code, said[:60])
    text = answer.text.replace(said, "") if "<" not in said else answer.text
    if not answer.headers["content-type"].startswith(("text/css", "application/")):
        assert not INSIDE.search(text), INSIDE.search(text)
    assert "alert(7)</script>" not in answer.text
    assert "onerror=alert(7)>" not in answer.text
    assert "zqzqzq" not in answer.text
    assert "evil" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_in_any_query_does_nothing(almighty: Browser, office: Office, kind: str) -> None:
    before, said = state(office), HOSTILE[kind]
    for path, names in QUERIES.items():
        for name in names:
            harmless(almighty.get(f"{path}?{name}={quote(said, safe='')}"), said)
            harmless(almighty.get(f"{path}?{quote(said, safe='')}={name}"), said)
    assert state(office) == before


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_in_any_field_does_nothing(almighty: Browser, office: Office, kind: str) -> None:
    before, said = state(office), HOSTILE[kind]
    token = almighty.form_token
    for path, names in FORMS.items():
        for name in names:
            harmless(almighty.post(path, **{"form_token": token, name: said}), said)
    harmless(almighty.post("/search", form_token=said), said)
    assert state(office) == before


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_in_any_part_of_an_address_leads_nowhere(
    almighty: Browser, office: Office, caplog: Log, kind: str
) -> None:
    before, said, token = state(office), HOSTILE[kind], almighty.form_token
    for path in PATHS:
        answer = almighty.get(path.format(quote(said, safe="")))
        harmless(answer, said)
        assert answer.status_code in (404, 405)
    for path in DEEDS:
        caplog.clear()
        answer = almighty.post(path.format(quote(said, safe="")), form_token=token, password=PASSWORD, which="workbook")
        harmless(answer, said)
        assert answer.status_code in (403, 404, 405, 409)
        assert [each for each in caplog.messages if "refused (" in each and each.isprintable()]
    assert state(office) == before


def test_what_can_be_written_is_shown_as_text(almighty: Browser, office: Office) -> None:
    """A note is the one hostile text that is kept; it stays text in the list, on the month's page and in the report."""
    office.make_unsent()
    office.compare()
    (item,) = office.items()
    for said in HOSTILE.values():
        harmless(almighty.post(f"{MONTH}/items/{item.id}/notes", text=said, back=""), said)
    for path in (MONTH, f"{MONTH}/items"):
        harmless(almighty.get(path), "")
    assert "{{ &#39;zq&#39; * 3 }}" in almighty.get(f"{MONTH}/items").text
    assert "DROP TABLE" in almighty.get(f"{MONTH}/items").text


ROLES = (
    (VIEWER, f"{MONTH}/prepare"),
    (APPROVER, f"{MONTH}/prepare"),
    (PREPARER, f"{MONTH}/approve"),
    (PREPARER, f"{MONTH}/reopen"),
    (OPERATOR, f"{MONTH}/approve"),
    (OPERATOR, f"{MONTH}/items/1/notes"),
    (VIEWER, f"{MONTH}/items/1/notes"),
    (PREPARER, "/incidents/1/acknowledge"),
    (PREPARER, f"/rows/invoices/{ROW}/retry"),
)


@pytest.mark.parametrize(("name", "path"), ROLES)
def test_without_the_role_a_deed_is_refused(
    office: Office, signed_in: SignIn, caplog: Log, name: str, path: str
) -> None:
    office.compare()
    before = state(office)
    answer = signed_in(name).post(path, password=PASSWORD, why="so", text="so", back="")
    harmless(answer, "")
    assert (answer.status_code, f"{name} may not" in answer.text) == (403, True)
    assert f"POST {path} by {name}: refused (NotAllowed)" in caplog.messages
    assert state(office) == before


DEEDS_OF_A_MONTH = (f"{MONTH}/prepare", f"{MONTH}/approve", f"{MONTH}/papers", f"{MONTH}/items/1/notes", "/search")


def test_without_a_session_every_deed_leads_to_the_sign_in(visitor: Browser, office: Office) -> None:
    before = state(office)
    for path in (*DEEDS_OF_A_MONTH, "/sign-out", "/incidents/1/acknowledge", f"/rows/invoices/{ROW}/retry"):
        answer = visitor.post(path, form_token="", password=PASSWORD, which="workbook", text="so")
        assert answer.url == f"{visitor.url}/sign-in", path
    assert state(office) == before


def of_nobody(browser: Browser, other: Browser) -> dict[str, str]:
    return {"form_token": ""}


def of_somebody_else(browser: Browser, other: Browser) -> dict[str, str]:
    return {"form_token": other.form_token}


def in_other_signs(browser: Browser, other: Browser) -> dict[str, str]:
    return {"form_token": "\u00e4" * 64}


def of_another_site(browser: Browser, other: Browser) -> dict[str, str]:
    return {"form_token": browser.form_token, "origin": "https://evil.example"}


def of_a_sandboxed_frame(browser: Browser, other: Browser) -> dict[str, str]:
    return {"form_token": browser.form_token, "origin": "null"}


Forged = Callable[[Browser, Browser], dict[str, str]]


@pytest.mark.parametrize("forged", [of_nobody, of_somebody_else, in_other_signs, of_another_site, of_a_sandboxed_frame])
def test_a_forged_form_is_refused(office: Office, signed_in: SignIn, caplog: Log, forged: Forged) -> None:
    before = state(office)
    browser, other = signed_in(PREPARER), signed_in(APPROVER)
    for path in DEEDS_OF_A_MONTH:
        answer = browser.post(path, **forged(browser, other), password=PASSWORD, which="workbook", text="so")
        harmless(answer, "")
        assert answer.status_code == 403, path
        (line,) = (each for each in caplog.messages if each.startswith(f"POST {path} by "))
        assert line.endswith("refused (Refused)")
    assert state(office) == before


def test_a_made_up_cookie_is_nobodys(visitor: Browser) -> None:
    for token in ("", "x", "0" * 43, "' OR true --", "%00", "\u00e9" * 20, "y" * 3_000):
        headers = {"Cookie": f"zoho_pipeline={token}".encode()}
        answer = requests.get(visitor.url + MONTH, headers=headers, timeout=60)
        assert answer.url == f"{visitor.url}/sign-in", token


def test_the_form_of_one_session_is_nothing_in_another_of_the_same_person(signed_in: SignIn) -> None:
    first, second = signed_in(PREPARER), signed_in(PREPARER)
    assert first.post("/search", sought="x", form_token=second.form_token).status_code == 403


def test_nobody_approves_what_he_has_prepared(office: Office, signed_in: SignIn, caplog: Log) -> None:
    both = "Both Roles"
    entered(office.world.engine, both, Role.PREPARER, Role.APPROVER)
    office.compare()
    browser = signed_in(both)
    assert browser.post(f"{MONTH}/prepare", password=PASSWORD).status_code == 200
    answer = browser.post(f"{MONTH}/approve", password=PASSWORD)
    assert (answer.status_code, "so somebody else has to approve it" in answer.text) == (409, True)
    assert f"approve 2025-09 by {both}: refused (NotSigned)" in caplog.messages
    assert office.world.circletel.query("SELECT count(*) FROM zoho_pipeline.closed_months") == [(0,)]


def test_signing_with_somebody_elses_name_signs_as_oneself(office: Office, signed_in: SignIn) -> None:
    office.compare()
    office.prepare()
    answer = signed_in(APPROVER).post(f"{MONTH}/approve", password=PASSWORD, name=PREPARER)
    assert f"Approved</dt><dd>{APPROVER}" in answer.text


RAW = (
    "/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/..%2fapp.py", "/assets/..%5capp.py", "/assets//etc/passwd",
    "/assets/%00", "/assets/pages.css%00.py", "/assets/....//app.py", "/assets/%c0%ae%c0%ae/app.py",
    "/../../etc/passwd",
    "//evil.example/assets/pages.css", "/assets/pages.css/../../desk.py", "/months/..;/months/2025-09", "/assets/",
)  # fmt: skip


def raw(visitor: Browser, path: str) -> tuple[int, str | None, str]:
    """Status, whereto, and text of the answer to that very path, which no browser has tidied up."""
    host, port = visitor.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.putrequest("GET", path)
    connection.endheaders()
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer.status, answer.getheader("location"), said


def test_no_trick_with_a_path_leads_to_a_file(visitor: Browser, caplog: Log) -> None:
    for path in RAW:
        caplog.clear()
        status, whereto, said = raw(visitor, path)
        assert (status, whereto) in ((404, None), (303, "/sign-in")), path
        assert not INSIDE.search(said), path
        assert status == 303 or any("refused (404)" in each for each in caplog.messages), path


def test_there_are_two_papers_and_no_path_among_them(almighty: Browser, caplog: Log) -> None:
    for which in ("../workbook", "workbook\0", "/etc/passwd", "report.html", "WORKBOOK", ""):
        caplog.clear()
        answer = almighty.post(f"{MONTH}/papers", which=which)
        assert (answer.status_code, "There is no such paper" in answer.text) == (403, True), which
        assert f"POST {MONTH}/papers by {EVERYTHING}: refused (Refused)" in caplog.messages


def test_no_form_is_read_to_its_end_that_is_larger_than_any_of_the_pages(almighty: Browser) -> None:
    answer = almighty.post("/search", sought="x" * 20_000)
    assert (answer.status_code, "more than any form" in answer.text) == (403, True)
    many = {f"f{number}": "x" for number in range(60)}
    assert almighty.post("/search", **many).status_code == 403


def test_what_is_no_form_is_refused(almighty: Browser) -> None:
    for body, kind in ((b"{}", "application/json"), (b"\xff\xfe", "application/x-www-form-urlencoded")):
        headers = {"Origin": almighty.url, "Content-Type": kind}
        assert almighty.http.post(f"{almighty.url}/search", body, headers=headers, timeout=60).status_code == 403


def test_pages_are_opened_and_forms_are_sent_and_nothing_else(almighty: Browser) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        for path in ("/", MONTH, f"{MONTH}/prepare", "/assets/pages.css"):
            answer = almighty.http.request(method, almighty.url + path, timeout=60)
            assert answer.status_code == 405, (method, path)
            assert not INSIDE.search(answer.text)
