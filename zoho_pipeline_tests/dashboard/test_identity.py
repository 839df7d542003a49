"""Who comes by an authenticating proxy: its header counts from there alone, for who is entered, and signs nothing."""

import http.client
import logging
from collections.abc import Iterator

import pytest
import requests

from zoho_pipeline.actions import people
from zoho_pipeline.dashboard.identity import NoIdentity
from zoho_pipeline.dashboard.site import NoSite, site
from zoho_pipeline.people.person import Role
from zoho_pipeline.people.signing_in import Credentials
from zoho_pipeline_tests.dashboard.browser import Browser, served
from zoho_pipeline_tests.dashboard.conftest import VIEWER
from zoho_pipeline_tests.practice.office import PASSWORD, PREPARER, Office, entered

ORIGIN, HOST = "https://zoho.circletel.co.za", "zoho.circletel.co.za"
HEADER, MAIL = "X-Forwarded-Email", "thandi@circletel.co.za"
Log = pytest.LogCaptureFixture


class Proxy(Browser):
    """The proxy: it passes requests on, and says who has signed in there."""

    def ask(self, path: str, *said: str, **headers: str) -> requests.Response:
        """A page as the proxy asks for it; the cookie travels by https, so it is handed on by hand."""
        names = {HEADER: said[0]} if said else {}
        cookies = {"Cookie": "; ".join(f"{each.name}={each.value}" for each in self.http.cookies)}
        headers = {"Host": HOST} | names | cookies | headers
        return self.http.get(self.url + path, headers=headers, timeout=60, allow_redirects=False)


def the_cookie(browser: Browser) -> str:
    """As the browser sends it."""
    ((name, value),) = browser.http.cookies.items()
    return f"{name}={value}"


@pytest.fixture
def thandi(office: Office) -> Office:
    entered(office.world.engine, MAIL, Role.PREPARER)
    return office


@pytest.fixture
def proxy(thandi: Office, caplog: Log) -> Iterator[Proxy]:
    caplog.set_level(logging.INFO, "zoho_pipeline.pages")
    place = site("127.0.0.1", 8480, ORIGIN, (), HEADER)
    with served(thandi.world.environ, thandi.clock, place) as url:
        yield Proxy(url)


def test_who_has_signed_in_at_the_proxy_is_let_in(proxy: Proxy, caplog: Log) -> None:
    page = proxy.ask("/months", MAIL)
    assert page.status_code == 200
    assert f'<span class="who">{MAIL}</span>' in page.text
    assert page.headers["set-cookie"].startswith("__Host-zoho_pipeline=")
    assert f"sign-in by the proxy by {MAIL}: done" in caplog.messages


def test_the_session_goes_on_while_the_proxy_says_the_same(proxy: Proxy, thandi: Office) -> None:
    proxy.ask("/months", MAIL)
    assert "set-cookie" not in proxy.ask("/months", MAIL.upper()).headers
    assert thandi.world.circletel.query("SELECT count(*) FROM zoho_pipeline.sessions") == [(1,)]


def test_another_name_ends_the_session_of_the_one_before(proxy: Proxy, thandi: Office) -> None:
    proxy.ask("/months", MAIL)
    assert f'<span class="who">{VIEWER}</span>' in proxy.ask("/months", VIEWER).text
    assert thandi.world.circletel.query("SELECT count(*) FROM zoho_pipeline.sessions") == [(1,)]


def test_a_form_of_another_person_than_the_proxy_names_does_nothing(proxy: Proxy) -> None:
    proxy.ask("/months", MAIL)
    cookie = the_cookie(proxy)
    headers = {"Host": HOST, "Origin": ORIGIN, HEADER: VIEWER, "Cookie": cookie}
    answer = requests.post(
        f"{proxy.url}/sign-out", headers=headers, data={"form_token": "x"}, timeout=60, allow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("name", ["nobody@circletel.co.za", "admin", "a" * 63])
def test_nobody_is_entered_by_a_header(proxy: Proxy, thandi: Office, caplog: Log, name: str) -> None:
    before = thandi.world.circletel.query("SELECT count(*) FROM zoho_pipeline.people")
    answer = proxy.ask("/", name)
    assert (answer.status_code, "nobody of that name may sign in here" in answer.text) == (403, True)
    assert "set-cookie" not in answer.headers
    assert thandi.world.circletel.query("SELECT count(*) FROM zoho_pipeline.people") == before
    assert "GET / by 127.0.0.1: refused (Refused)" in caplog.messages


def test_who_is_disabled_is_refused_whatever_the_proxy_says(proxy: Proxy, thandi: Office) -> None:
    entered(thandi.world.engine, "Zanele", Role.ADMIN)
    proxy.ask("/months", MAIL)
    people.disable(MAIL, Credentials("Zanele", PASSWORD), thandi.world.environ, thandi.clock)
    assert proxy.ask("/months", MAIL).status_code == 403


@pytest.mark.parametrize("name", ["", "a", "b" * 64, "thandi\tbotha", "th\u00e4ndi@circletel.co.za"])
def test_what_is_no_name_is_refused(proxy: Proxy, caplog: Log, name: str) -> None:
    answer = proxy.ask("/", name)
    assert (answer.status_code, "is no name to sign in with" in answer.text) == (403, True)
    assert "GET / by 127.0.0.1: refused (NotByTheProxy)" in caplog.messages


def test_a_header_that_comes_twice_is_refused(proxy: Proxy) -> None:
    host, port = proxy.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.putrequest("GET", "/months", skip_host=True)
    for name, value in (("Host", HOST), (HEADER, MAIL), (HEADER, VIEWER)):
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, b"came more than once" in answer.read()) == (403, True)
    connection.close()


def test_from_another_address_the_header_is_refused_and_logged(thandi: Office, caplog: Log) -> None:
    """The proxy is said to call from 192.0.2.7; this machine is not it, whatever it claims."""
    caplog.set_level(logging.INFO, "zoho_pipeline.pages")
    place = site("127.0.0.1", 8480, ORIGIN, ["192.0.2.7"], HEADER)
    with served(thandi.world.environ, thandi.clock, place) as url:
        for claimed in ({}, {"X-Forwarded-For": "192.0.2.7"}, {"Forwarded": "for=192.0.2.7"}):
            answer = Proxy(url).ask("/months", MAIL, **claimed)
            assert (answer.status_code, "came from another address" in answer.text) == (403, True)
            assert "set-cookie" not in answer.headers
    refused = [each for each in caplog.messages if each == "GET /months by 127.0.0.1: refused (NotByTheProxy)"]
    assert len(refused) == 3


def test_where_nothing_was_said_of_a_header_it_means_nothing(thandi: Office) -> None:
    with served(thandi.world.environ, thandi.clock, site("127.0.0.1", 8480, ORIGIN)) as url:
        assert Proxy(url).ask("/months", MAIL).headers["location"] == "/sign-in"
    with served(thandi.world.environ, thandi.clock) as url:
        answer = requests.get(f"{url}/months", headers={HEADER: MAIL}, timeout=60, allow_redirects=False)
        assert answer.headers["location"] == "/sign-in"


def test_a_signature_takes_the_password_all_the_same(proxy: Proxy, thandi: Office, caplog: Log) -> None:
    thandi.compare()
    page = proxy.ask("/months/2025-09", MAIL)
    token = page.text.split('name="form_token" value="')[1].split('"')[0]
    cookie = the_cookie(proxy)
    headers = {"Host": HOST, "Origin": ORIGIN, HEADER: MAIL, "Cookie": cookie}

    def prepared(password: str) -> int:
        form = {"form_token": token, "password": password}
        where = f"{proxy.url}/months/2025-09/prepare"
        return requests.post(where, form, headers=headers, timeout=60, allow_redirects=False).status_code

    assert prepared("") == 409
    assert f"prepare 2025-09 by {MAIL}: refused (NotSignedIn)" in caplog.messages
    assert prepared(PASSWORD) == 303


def test_the_address_that_the_proxy_names_is_the_one_that_is_logged(proxy: Proxy, caplog: Log) -> None:
    headers = {"Host": HOST, "Origin": ORIGIN, "X-Forwarded-For": "203.0.113.9"}
    form = {"name": PREPARER, "password": "another password"}
    assert requests.post(f"{proxy.url}/sign-in", form, headers=headers, timeout=60).status_code == 401
    assert "sign-in by 203.0.113.9: refused (NotSignedIn)" in caplog.messages


@pytest.mark.parametrize("header", ["Cookie", "host", "", "X Mail", "X-Mail\r\n", "Origin", "X-Forwarded-For"])
def test_not_every_header_can_say_who_comes(header: str) -> None:
    with pytest.raises(NoIdentity if header else NoSite):
        site("127.0.0.1", 8480, ORIGIN if header else None, ["127.0.0.1"], header)


def test_without_a_proxy_no_header_says_who_comes() -> None:
    with pytest.raises(NoSite, match="Without a proxy nobody can say who comes"):
        site("127.0.0.1", 8480, None, (), HEADER)
    with pytest.raises(NoIdentity, match="name the proxy by its IP address"):
        site("127.0.0.1", 8480, ORIGIN, ["proxy.example"], HEADER)
