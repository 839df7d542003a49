"""Who is told of incidents, how fast they answer, and by which channels: the variables ALERT_…"""

import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from zoho_pipeline.alerts.levels import Level
from zoho_pipeline.guard import LOOPBACK
from zoho_pipeline.hours import Hours
from zoho_pipeline.settings import SANDBOX, Group, HoursOfDay, PostgresUrl

LOG, MAIL, WEBHOOK = "log", "mail", "webhook"
_ADDRESS = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+|[^@\s,<>]+@localhost")


def _smtp_url(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError(
            "it must be an address such as smtp://user:password@mail.example:587, or smtps://… on port 465"
        )
    try:
        parts.port  # noqa: B018 - reading the port is what checks it
    except ValueError:
        raise ValueError("its port is not a number from 0 to 65535") from None
    return url


def _webhook_url(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it must be an address such as https://hooks.slack.com/services/…")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("plain http would show the address, which is a secret: use https")
    return url


def _day_hours(hours: Hours) -> Hours:
    if hours.end < hours.start:
        raise ValueError("business hours end on the day on which they begin, for example 08:00-17:00")
    return hours


class AlertSettings(Group):
    """Contacts and response times of the three levels, the channels, and when silence is an incident."""

    level_1_contact: str = Field("operations@circletel.co.za", validation_alias="ALERT_LEVEL_1_CONTACT")
    level_2_contact: str = Field("dev@circletel.co.za", validation_alias="ALERT_LEVEL_2_CONTACT")
    level_3_contact: str = Field("https://www.zoho.com/billing/support.html", validation_alias="ALERT_LEVEL_3_CONTACT")
    level_1_response_hours: float = Field(2, gt=0, le=1_000, validation_alias="ALERT_LEVEL_1_RESPONSE_HOURS")
    level_2_response_hours: float = Field(4, gt=0, le=1_000, validation_alias="ALERT_LEVEL_2_RESPONSE_HOURS")
    level_3_response_hours: float = Field(24, gt=0, le=1_000, validation_alias="ALERT_LEVEL_3_RESPONSE_HOURS")
    business_hours: Annotated[HoursOfDay, AfterValidator(_day_hours)] = Field(
        Hours.parse("08:00-17:00"), validation_alias="ALERT_BUSINESS_HOURS"
    )
    mail_from: str | None = Field(None, validation_alias="ALERT_MAIL_FROM")
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp_url)] | None = Field(None, validation_alias="ALERT_SMTP_URL")
    webhook_url: Annotated[SecretStr, AfterValidator(_webhook_url)] | None = Field(
        None, validation_alias="ALERT_WEBHOOK_URL"
    )
    daemon_silent_seconds: int = Field(300, ge=60, validation_alias="ALERT_DAEMON_SILENT_SECONDS")
    sandbox: SecretStr | None = Field(None, validation_alias=SANDBOX)

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, value: str | None) -> str | None:
        if value is not None and not _ADDRESS.fullmatch(value):
            raise ValueError("it must be one e-mail address, such as billing-alerts@circletel.co.za")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _from_and_to_somebody(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if info.data.get("mail_from", "refused") is None:
            raise ValueError("mails need a sender: set ALERT_MAIL_FROM to an address of your own domain")
        if not addresses(info.data.get("level_1_contact", "")):
            raise ValueError("mails need a recipient: set ALERT_LEVEL_1_CONTACT to an e-mail address")
        return value

    def contact(self, level: Level) -> str:
        """Where that level is reached: e-mail addresses, or a web page."""
        return (self.level_1_contact, self.level_2_contact, self.level_3_contact)[level - 1]

    def response_hours(self, level: Level) -> float:
        """Within how many hours it answers; of levels 1 and 2 they are business hours."""
        return (self.level_1_response_hours, self.level_2_response_hours, self.level_3_response_hours)[level - 1]

    def response_time(self, level: Level) -> timedelta:
        """The same as a span of time."""
        return timedelta(hours=self.response_hours(level))

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels that tell of incidents; the log is always one of them."""
        given = {MAIL: self.smtp_url, WEBHOOK: self.webhook_url}
        return (LOG, *(name for name, url in given.items() if url is not None))

    def recipients(self, level: Level) -> tuple[str, ...]:
        """The e-mail addresses of that level and of those below it, which are to know how it goes on."""
        return tuple(dict.fromkeys(each for of in Level if of <= level for each in addresses(self.contact(of))))


class DagsterStorageSettings(Group):
    """Where Dagster keeps what its daemon does."""

    url: PostgresUrl = Field(validation_alias="DAGSTER_POSTGRES_URL")


def addresses(contact: str) -> tuple[str, ...]:
    """The e-mail addresses of a contact, which holds several with commas; a web page has none."""
    parts = (part.strip() for part in contact.split(","))
    return tuple(part for part in parts if _ADDRESS.fullmatch(part))
