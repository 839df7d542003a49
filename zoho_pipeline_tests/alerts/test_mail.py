"""A mail as it arrives, and what keeps a password from going over the network."""

from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from zoho_pipeline.alerts.channel import Letter, NotSent
from zoho_pipeline.alerts.connect import channels
from zoho_pipeline.alerts.levels import Level
from zoho_pipeline.alerts.mail import Mail
from zoho_pipeline.clock import SimulatedClock
from zoho_pipeline.guard import OutsideSandbox
from zoho_pipeline_tests.alerts.certificate import make_certificate, served
from zoho_pipeline_tests.alerts.desk import FRIDAY, settings
from zoho_pipeline_tests.alerts.receivers import MailServer, running

LETTER = Letter(
    uid="5b1c0f2e-0000-4000-8000-000000000001",
    incident=12,
    level=Level.DEVELOPMENT,
    subject="Incident 12 has opened on level 2: größer als gedacht",
    body="Incident 12 has opened.\n",
    html="<p>Incident 12 has opened.</p>",
)


def mail(url: str) -> Mail:
    return Mail(url, "alerts@circletel.example", settings(), SimulatedClock(FRIDAY))


def test_it_goes_as_one_mail_in_text_and_html_to_its_level_and_those_below(mail_server: MailServer) -> None:
    mail(mail_server.url).send(LETTER)
    (arrived,) = mail_server.mails
    assert mail_server.recipients == [["operations@circletel.co.za", "dev@circletel.co.za"]]
    assert (str(arrived["From"]), str(arrived["Subject"])) == ("alerts@circletel.example", LETTER.subject)
    assert str(arrived["Message-ID"]) == "<5b1c0f2e-0000-4000-8000-000000000001@circletel.example>"
    assert str(arrived["References"]) == "<incident-12@circletel.example>"
    assert str(arrived["Date"]) == "Fri, 14 Nov 2025 09:00:00 +0200"
    parts = {part.get_content_type(): part.get_content().strip() for part in arrived.iter_parts()}
    assert parts == {"text/plain": LETTER.body.strip(), "text/html": LETTER.html}


def test_a_password_is_not_sent_to_another_machine_in_the_clear(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zoho_pipeline.alerts.mail.LOOPBACK", frozenset())  # as if it were another machine
    with pytest.raises(NotSent, match="offers no TLS, and the password is not sent in the clear") as told:
        mail(mail_server.url.replace("://", "://robot:hunter2@")).send(LETTER)
    assert "hunter2" not in str(told.value)
    assert mail_server.mails == []


def sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    """The server knows one user, whose password holds characters that an address has to escape."""
    known = isinstance(given, LoginPassword) and (given.login, given.password) == (b"robot", b"hunter@2/")
    return AuthResult(success=known, handled=known)


def with_tls(scheme: str, certificate: Path) -> dict[str, object]:
    context = served(certificate)
    common: dict[str, object] = {"authenticator": sign_in}
    if scheme == "smtps":
        return common | {"ssl_context": context, "auth_require_tls": False}
    return common | {"tls_context": context, "require_starttls": True}


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_it_signs_in_under_tls_with_a_server_that_is_trusted(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    server = MailServer(options=with_tls(scheme, certificate))
    with running(server):
        url = server.url.replace("smtp://", f"{scheme}://robot:hunter%402%2F@")
        with pytest.raises(NotSent, match="certificate verify failed"):
            mail(url).send(LETTER)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        mail(url).send(LETTER)
        with pytest.raises(NotSent, match="the mail server answered 535"):
            mail(url.replace("hunter", "hunted")).send(LETTER)
    assert len(server.mails) == 1


def test_a_server_that_takes_no_sign_in_says_so(mail_server: MailServer) -> None:
    with pytest.raises(NotSent, match="the mail server could not be used: SMTP AUTH extension not supported"):
        mail(mail_server.url.replace("://", "://robot:hunter2@")).send(LETTER)


def test_a_server_that_does_not_answer_says_so(mail_server: MailServer) -> None:
    mail_server.down()
    with pytest.raises(NotSent, match=r"the mail server could not be used: .*Connection refused"):
        mail(mail_server.url).send(LETTER)


def test_the_practice_world_tells_nobody_outside_of_this_machine() -> None:
    clock = SimulatedClock(FRIDAY)
    for given in (
        {"ALERT_SMTP_URL": "smtp://mail.example", "ALERT_MAIL_FROM": "a@b.example"},
        {"ALERT_WEBHOOK_URL": "https://hooks.slack.example/services/hunter2"},
    ):
        with pytest.raises(OutsideSandbox) as told:
            channels(settings(**given), clock)
        assert "hunter2" not in str(told.value)
