"""The channels that the settings ask for, and the practice world's guard before them."""

from urllib.parse import urlsplit

from pydantic import SecretStr

from zoho_pipeline.alerts.channel import Channel
from zoho_pipeline.alerts.log import Log
from zoho_pipeline.alerts.mail import Mail
from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.alerts.webhook import Webhook
from zoho_pipeline.clock import Clock
from zoho_pipeline.guard import LOOPBACK, OutsideSandbox
from zoho_pipeline.settings import SANDBOX


def channels(settings: AlertSettings, clock: Clock) -> list[Channel]:
    """Every channel that is set up.

    Raises:
        OutsideSandbox: when the practice world would tell real people.
    """
    made: list[Channel] = [Log()]
    if settings.smtp_url is not None and settings.mail_from is not None:
        url = _guarded("ALERT_SMTP_URL", settings.smtp_url, settings)
        made.append(Mail(url, settings.mail_from, settings, clock))
    if settings.webhook_url is not None:
        made.append(Webhook(_guarded("ALERT_WEBHOOK_URL", settings.webhook_url, settings)))
    return made


def _guarded(name: str, url: SecretStr, settings: AlertSettings) -> str:
    host = urlsplit(url.get_secret_value()).hostname
    if settings.sandbox is not None and host not in LOOPBACK:
        raise OutsideSandbox(
            f"This is the practice world ({SANDBOX} is set), and {name} leads to {host}: only an address of this "
            f"machine is accepted, so that nobody is told of incidents that are none. Unset {name} or {SANDBOX}."
        )
    return url.get_secret_value()
