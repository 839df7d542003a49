"""E-mail as a channel, by SMTP."""

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from zoho_pipeline.alerts.channel import Letter, NotSent
from zoho_pipeline.alerts.settings import MAIL, AlertSettings
from zoho_pipeline.clock import Clock
from zoho_pipeline.guard import LOOPBACK

TIMEOUT_SECONDS = 10
_PORTS = {"smtp": 587, "smtps": 465}


class Mail:
    """Sends to the contacts of a letter's level and of those below it, as one mail.

    Takes TLS wherever the server offers it, and hands a password over only under TLS or on this machine.
    """

    name = MAIL

    def __init__(self, url: str, sender: str, settings: AlertSettings, clock: Clock) -> None:
        self._server = urlsplit(url)
        self._sender = sender
        self._settings = settings
        self._clock = clock

    def send(self, letter: Letter) -> None:
        """Hand the mail over to the server.

        Raises:
            NotSent: when it was not taken for one recipient or more; it knows who has it.
        """
        recipients = [each for each in self._settings.recipients(letter.level) if each not in letter.reached]
        if not recipients:
            return
        try:
            refused = self._handed_over(letter, recipients)
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"the mail server answered {error.smtp_code} {_text(error.smtp_error)}") from None
        except smtplib.SMTPRecipientsRefused as error:
            raise NotSent(_refusals(error.recipients)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(f"the mail server could not be used: {error}") from None
        if refused:
            raise NotSent(_refusals(refused), reached={*letter.reached, *recipients} - set(refused))

    def _handed_over(self, letter: Letter, recipients: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        """Send it; returns what the server said to recipients that it refused."""
        server = _reached(self._server)
        try:
            _sign_in(server, self._server)
            return server.send_message(self._mail(letter, recipients), self._sender, recipients)
        finally:
            with suppress(smtplib.SMTPException, OSError):  # once the mail is taken, no farewell can undo it
                server.quit()
            server.close()

    def _mail(self, letter: Letter, recipients: Sequence[str]) -> EmailMessage:
        domain = self._sender.rpartition("@")[2]
        mail = EmailMessage()
        mail["Subject"] = letter.subject
        mail["From"] = self._sender
        mail["To"] = ", ".join(recipients)
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = f"<{letter.uid}@{domain}>"
        mail["References"] = f"<incident-{letter.incident}@{domain}>"  # mail programs show them as one conversation
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.body)
        mail.add_alternative(letter.html, subtype="html")
        return mail


def _reached(address: SplitResult) -> smtplib.SMTP:
    host, port = address.hostname or "", address.port or _PORTS[address.scheme]
    if address.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)


def _sign_in(server: smtplib.SMTP, address: SplitResult) -> None:
    """Go under TLS where that is offered, and sign in where the address holds a user.

    Raises:
        NotSent: when a password would go over the network in the clear.
    """
    under_tls = address.scheme == "smtps" or _upgraded(server)
    if not address.username:
        return
    if not under_tls and address.hostname not in LOOPBACK:
        raise NotSent(
            f"{address.hostname} offers no TLS, and the password is not sent in the clear: "
            "write smtps:// into ALERT_SMTP_URL, or the port on which it offers TLS"
        )
    server.login(unquote(address.username), unquote(address.password or ""))


def _upgraded(server: smtplib.SMTP) -> bool:
    server.ehlo_or_helo_if_needed()
    if not server.has_extn("starttls"):
        return False
    server.starttls(context=ssl.create_default_context())
    return True


def _refusals(refused: dict[str, tuple[int, bytes]]) -> str:
    """What the server said of each; the addresses are contacts of the settings, and are left out all the same."""
    said = {f"{code} {_text(text)}" for code, text in refused.values()}
    return f"the mail server refused {len(refused)} of the recipients: {'; '.join(sorted(said))}"


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
