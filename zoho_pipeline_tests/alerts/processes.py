"""What the tests run in processes of their own; kept apart, so that such a process imports little."""

import time
from multiprocessing.synchronize import Event

from sqlalchemy import create_engine

from zoho_pipeline.alerts.channel import Letter
from zoho_pipeline.alerts.mail import Mail
from zoho_pipeline.alerts.outbox import deliver
from zoho_pipeline.alerts.settings import MAIL, AlertSettings
from zoho_pipeline.clock import SystemClock


class Freezing:
    """Mail that never comes back from sending."""

    name = MAIL

    def __init__(self, mail: Mail, sent: Event) -> None:
        self._mail, self._sent = mail, sent

    def send(self, letter: Letter) -> None:
        self._mail.send(letter)
        self._sent.set()
        time.sleep(600)


def send_and_freeze(url: str, smtp_url: str, sent: Event) -> None:
    """Deliver by mail, and freeze once a mail was taken."""
    given = {"ALERT_SMTP_URL": smtp_url, "ALERT_MAIL_FROM": "alerts@circletel.example", "ZOHO_PIPELINE_SANDBOX": "x"}
    settings, clock = AlertSettings.load(given), SystemClock()
    mail = Mail(smtp_url, "alerts@circletel.example", settings, clock)
    deliver(create_engine(url), [Freezing(mail, sent)], clock)
