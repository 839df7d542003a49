"""Who is let in, who is not, and what browsers are told."""

import pytest
import requests

from zoho_pipeline.actions import people
from zoho_pipeline.dashboard.headers import POLICY
from zoho_pipeline.dashboard.site import NoSite, Site, site
from zoho_pipeline.dashboard.tries import TRIES, TooManyTries, Tries
from zoho_pipeline.people.person import Role
from zoho_pipeline.people.signing_in import Credentials
from zoho_pipeline_tests.dashboard.browser import Browser, served
from zoho_pipeline_tests.dashboard.conftest import VIEWER, SignIn
from zoho_pipeline_tests.practice.office import PASSWORD, PREPARER, TODAY, Office, entered

BEHIND_THE_SIGN_IN = ("/", "/months", "/months/2025-09", "/rows/customers/00000000-0000-0000-0000-000000000000")


def sessions(office: Office) -> int:
    return int(office.world.circletel.query("SELECT count(*) FROM zoho_pipeline.sessions")[0][0])


def test_without_a_session_every_page_leads_to_the_sign_in(visitor: Browser) -> None:
    for path in BEHIND_THE_SIGN_IN:
        found = visitor.get(path)
        assert found.url == visitor.url + "/sign-in"
        assert "INV-" not in found.text


def test_a_session_is_kept_as_a_hash_and_its_cookie_is_out_of_scripts_reach(office: Office, visitor: Browser) -> None:
    answer = visitor.sign_in(PREPARER).history[0]
    told = answer.headers["set-cookie"].lower()
    assert all(each in told for each in ("httponly", "samesite=lax", "path=/", "max-age=36000"))
    token = visitor.http.cookies["zoho_pipeline"]
    assert token not in str(office.world.circletel.query("SELECT s::text FROM zoho_pipeline.sessions s"))
    assert "The sync" in visitor.get().text


def test_behind_https_the_cookie_travels_by_https_alone(office: Office) -> None:
    with served(office.world.environ, office.clock, Site(origin="https://zoho.circletel.co.za")) as url:
        answer = requests.post(
            f"{url}/sign-in",
            data={"name": PREPARER, "password": PASSWORD},
            headers={"Host": "zoho.circletel.co.za", "Origin": "https://zoho.circletel.co.za"},
            allow_redirects=False,
            timeout=60,
        )
    assert answer.headers["set-cookie"].startswith("__Host-zoho_pipeline=")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(visitor: Browser) -> None:
    wrong, unknown = visitor.sign_in(PREPARER, "another password"), visitor.sign_in("Nobody Known", "another password")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text == unknown.text
    assert "the name or the password is wrong" in wrong.text
    assert not visitor.http.cookies


def test_an_address_that_tries_too_often_is_refused_before_any_password_is_looked_at() -> None:
    tries = Tries()
    for _ in range(TRIES):
        tries.count("10.0.0.1", TODAY)
    with pytest.raises(TooManyTries):
        tries.count("10.0.0.1", TODAY)
    tries.count("10.0.0.2", TODAY)


def test_the_pages_refuse_the_right_password_too_after_too_many_tries(visitor: Browser) -> None:
    for _ in range(TRIES):
        visitor.sign_in("", "")
    answer = visitor.sign_in(PREPARER)
    assert (answer.status_code, "Too many" in answer.text) == (429, True)


def test_signing_out_ends_the_session_for_whoever_has_its_cookie(office: Office, signed_in: SignIn) -> None:
    browser = signed_in(VIEWER)
    token = browser.http.cookies["zoho_pipeline"]
    browser.post("/sign-out")
    thief = Browser(browser.url)
    thief.http.cookies["zoho_pipeline"] = token
    assert thief.get().url.endswith("/sign-in")
    assert sessions(office) == 0


@pytest.mark.parametrize("column", ["opened_at", "used_at"])
def test_a_session_ends_after_a_working_day_and_after_an_idle_hour(
    office: Office, signed_in: SignIn, column: str
) -> None:
    browser = signed_in(VIEWER)
    before = {"opened_at": "10 hours", "used_at": "1 hour"}[column]
    office.world.circletel.execute(f"UPDATE zoho_pipeline.sessions SET {column} = now() - interval '{before}'")
    assert browser.get().url.endswith("/sign-in")


def test_a_page_that_refreshes_itself_keeps_no_session_alive(office: Office, signed_in: SignIn) -> None:
    browser = signed_in(VIEWER)
    long_ago = "UPDATE zoho_pipeline.sessions SET used_at = now() - interval '30 minutes'"
    idle = "SELECT used_at < now() - interval '20 minutes' FROM zoho_pipeline.sessions"
    office.world.circletel.execute(long_ago)
    browser.get("/", **{"X-Refresh": "1"})
    assert office.world.circletel.query(idle) == [(True,)]
    browser.get("/")
    assert office.world.circletel.query(idle) == [(False,)]


def test_who_is_disabled_or_gets_another_password_is_out_at_once(office: Office, signed_in: SignIn) -> None:
    entered(office.world.engine, "Zanele", Role.ADMIN)
    admin = Credentials("Zanele", PASSWORD)
    one, other = signed_in(VIEWER), signed_in(PREPARER)
    people.disable(VIEWER, admin, office.world.environ, office.clock)
    people.set_password(PREPARER, "quite another password", admin, office.world.environ, office.clock)
    assert one.get().url.endswith("/sign-in")
    assert other.get().url.endswith("/sign-in")


def test_every_answer_tells_browsers_to_run_nothing_but_the_pages_own_files(signed_in: SignIn) -> None:
    browser = signed_in(VIEWER)
    for path in ("/", "/months", "/nowhere", "/assets/pages.js", "/assets/../app.py"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    assert "unsafe" not in POLICY
    assert browser.get("/").headers["cache-control"] == "no-store"


def test_another_name_for_this_machine_is_not_served(visitor: Browser) -> None:
    assert visitor.get("/sign-in", Host="evil.example").status_code == 421


@pytest.mark.parametrize("path", ["..%2fapp.py", "%2e%2e/desk.py", "pages.css%00", "frame.html"])
def test_no_file_but_those_of_the_pages_is_served(visitor: Browser, path: str) -> None:
    assert visitor.get(f"/assets/{path}").status_code == 404


def test_passwords_never_travel_in_the_open() -> None:
    for host, url in (("0.0.0.0", None), ("127.0.0.1", "http://zoho.circletel.co.za"), ("::", "https://a/b")):
        with pytest.raises(NoSite):
            site(host, 8480, url)
    assert site("127.0.0.1", 8480, None).shown == "http://127.0.0.1:8480"
    assert site("0.0.0.0", 8480, "https://zoho.circletel.co.za/").secure


def test_without_anybody_the_sign_in_says_how_the_first_is_entered(office: Office, visitor: Browser) -> None:
    assert "zoho-pipeline people add NAME --role admin" in visitor.get("/sign-in").text
    entered(office.world.engine, "Zanele", Role.ADMIN)
    assert "people add" not in visitor.get("/sign-in").text
