"""Sending the report to operations, through the mail server of the incidents."""

import uuid

from zoho_pipeline.alerts.channel import Letter, NotSent
from zoho_pipeline.alerts.connect import channels
from zoho_pipeline.alerts.levels import Level as Team
from zoho_pipeline.alerts.settings import MAIL, AlertSettings
from zoho_pipeline.clock import Clock
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.health.rendering.mail import MailText


class NotMailed(Foreseen):
    """The report could not be mailed."""


def send_mail(settings: AlertSettings, clock: Clock, mail: MailText) -> tuple[str, ...]:
    """Send it to the contacts of level 1; their addresses.

    Raises:
        NotMailed: no mail server is set up, or it did not take the mail.
    """
    channel = next((each for each in channels(settings, clock) if each.name == MAIL), None)
    if channel is None:
        raise NotMailed("The report was not mailed: set ALERT_SMTP_URL and ALERT_MAIL_FROM (docs/deployment.md).")
    uid = str(uuid.uuid4())
    try:
        channel.send(Letter(uid, 0, Team.OPERATIONS, mail.subject, mail.body, mail.html))
    except NotSent as error:
        raise NotMailed(f"The report was not mailed: {error}. See the mail server, and ALERT_SMTP_URL.") from None
    return settings.recipients(Team.OPERATIONS)
