"""Every environment variable that the pipeline reads, in one typed place.

Four groups, each read only by who needs it: `DatabaseSettings`, `ZohoSettings`, `SyncSettings`, `PageSettings`; another
is in `alerts/settings.py`. An `.env` file in the working directory is read too; a variable of the environment wins over
it. Inside the practice world (`ZOHO_PIPELINE_SANDBOX` is set) no `.env` is read.
"""

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from zoho_pipeline.calendar import Month, NoSuchMonth
from zoho_pipeline.entities import Change
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.hours import Hours, NotHours

TOKEN_KEY_LENGTH = 32
ID_PLACE = "{id}"
SANDBOX = "ZOHO_PIPELINE_SANDBOX"
"""Holds the practice world's token; where it is set, only loopback and the marked database are accepted."""


class SettingsError(Foreseen):
    """One or more variables are missing or wrong; the message names each and says how to mend it."""


class Group(BaseModel):
    """Variables that belong together, read from the environment by their names."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="ignore")

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the group from the environment and `.env`.

        Raises:
            SettingsError: naming every variable that is missing or wrong. No value of a secret is shown.
        """
        values = {name: value for name, value in environment(environ).items() if value.strip()}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError("\n".join(_sentence(dict(fault)) for fault in error.errors())) from None


def environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables in force: those given (default: the process's own) over those of `.env`."""
    own = dict(os.environ if environ is None else environ)
    if own.get(SANDBOX):
        return own
    from_file = {name: value for name, value in dotenv_values(Path(".env")).items() if value is not None}
    return from_file | own


def _sentence(fault: dict[str, Any]) -> str:
    name = str(fault["loc"][0]) if fault["loc"] else "settings"
    if fault["type"] == "missing":
        return f"{name} is missing: set it in the environment or in .env."
    reason = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name} is wrong: {reason}."


def _postgres_url(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    scheme = parts.scheme.partition("+")[0]
    if scheme not in ("postgresql", "postgres"):
        raise ValueError("it must be a PostgreSQL URL such as postgresql://user:password@host:5432/database")
    if not parts.path.strip("/"):
        raise ValueError("it names no database: add /database at its end")
    try:
        parts.port  # noqa: B018 - reading the port is what checks it
    except ValueError:
        raise ValueError("its port is not a number from 0 to 65535") from None
    return SecretStr(url.get_secret_value().replace(f"{parts.scheme}://", "postgresql+psycopg2://", 1))


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it must be an address such as https://www.zohoapis.com/billing/v1")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("plain http would show the access token: use https (http is for this machine's own addresses)")
    return url.rstrip("/")


def _page(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it must be an address that browsers open, such as https://dagster.circletel.co.za")
    return url.rstrip("/")


def _page_of_object(url: str) -> str:
    if url.count(ID_PLACE) != 1:
        raise ValueError(f"it must be the address of an object's page in Zoho Billing, with {ID_PLACE} for its id")
    return _page(url)


def _switch(value: object) -> object:
    text = str(value).strip().lower()
    if text in ("on", "true", "yes", "1"):
        return True
    if text in ("off", "false", "no", "0"):
        return False
    raise ValueError("it must be on or off")


def _month(key: str) -> str:
    try:
        return Month.parse(key).key
    except NoSuchMonth as error:
        raise ValueError(str(error).rstrip(".")) from None


def _part(value: object) -> object:
    text = str(value).strip()
    number = text.removesuffix("%").strip()
    try:
        part = float(number) / (100 if text.endswith("%") else 1)
    except ValueError:
        part = -1.0
    if not 0 <= part < 1:
        raise ValueError("it must be a part such as 20 % or 0.2, from 0 to less than all")
    return part


def _token_key(key: SecretStr) -> SecretStr:
    text = key.get_secret_value()
    if len(text) < TOKEN_KEY_LENGTH or len(set(text)) < TOKEN_KEY_LENGTH // 4:
        raise ValueError(
            f"it must have at least {TOKEN_KEY_LENGTH} characters, drawn at random: make one with "
            'python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return key


def _listed(value: object) -> frozenset[str]:
    return frozenset(part.strip() for part in str(value).split(",") if part.strip())


def _changes(value: object) -> frozenset[str]:
    names = _listed(str(value).lower())
    if unknown := names - set(Change) - {"none"}:
        raise ValueError(f"{min(unknown)!r} is none of {', '.join(Change)}; write those you want, or the word none")
    return names - {"none"}


PostgresUrl = Annotated[SecretStr, AfterValidator(_postgres_url)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Page = Annotated[str, AfterValidator(_page)]
ObjectPage = Annotated[str, AfterValidator(_page_of_object)]
TokenKey = Annotated[SecretStr, AfterValidator(_token_key)]


def _hours(value: object) -> object:
    try:
        return Hours.parse(value) if isinstance(value, str) else value
    except NotHours as error:
        raise ValueError(str(error)) from None


Switch = Annotated[bool, BeforeValidator(_switch)]
HoursOfDay = Annotated[Hours, BeforeValidator(_hours)]
Region = Literal["com", "eu", "in", "com.au", "jp", "ca", "com.cn", "sa"]


class DatabaseSettings(Group):
    """Where CircleTel's tables and the pipeline's own schema are, and how long the latter keeps what grows."""

    url: PostgresUrl = Field(validation_alias="CIRCLETEL_DATABASE_URL")
    calls_kept_days: int = Field(90, ge=1, le=3_650, validation_alias="ZOHO_CALLS_KEPT_DAYS")
    incidents_kept_days: int = Field(400, ge=1, le=3_650, validation_alias="ZOHO_INCIDENTS_KEPT_DAYS")
    """Incidents that are over, with their messages, and what people did by hand."""


class ZohoSettings(Group):
    """Which Zoho Billing organisation, with which credentials, and how many calls it grants."""

    client_id: SecretStr = Field(validation_alias="ZOHO_CLIENT_ID")
    client_secret: SecretStr = Field(validation_alias="ZOHO_CLIENT_SECRET")
    refresh_token: SecretStr = Field(validation_alias="ZOHO_REFRESH_TOKEN")
    organisation_id: Annotated[str, Field(pattern=r"^\d{1,25}$")] = Field(
        validation_alias=AliasChoices("ZOHO_ORG_ID", "ZOHO_BILLING_ORGANIZATION_ID")
    )
    region: Region = Field("com", validation_alias="ZOHO_REGION")
    api_url_override: HttpUrl | None = Field(None, validation_alias="ZOHO_API_URL")
    accounts_url_override: HttpUrl | None = Field(None, validation_alias="ZOHO_ACCOUNTS_URL")
    calls_per_minute: int = Field(30, ge=1, le=1_000_000, validation_alias="ZOHO_CALLS_PER_MINUTE")
    calls_per_day: int = Field(1_000, ge=1, validation_alias="ZOHO_CALLS_PER_DAY")
    calls_in_flight: int = Field(5, ge=1, le=100, validation_alias="ZOHO_CALLS_IN_FLIGHT")
    head_room: Annotated[float, BeforeValidator(_part)] = Field(0.2, validation_alias="ZOHO_HEAD_ROOM")
    """The part of these limits that is left to CircleTel's own app."""
    timeout_seconds: float = Field(30, gt=0, le=300, validation_alias="ZOHO_TIMEOUT_SECONDS")
    token_key: TokenKey | None = Field(None, validation_alias="ZOHO_TOKEN_KEY")

    @property
    def api_url(self) -> str:
        """The base of the Billing API, without a slash at its end (Zoho's documents name eight data centres)."""
        return self.api_url_override or f"https://www.zohoapis.{self.region}/billing/v1"

    @property
    def accounts_url(self) -> str:
        """The base of the token server; Canada's has a name of its own (seen by others, not in the documents)."""
        if self.accounts_url_override:
            return self.accounts_url_override
        return "https://accounts.zohocloud.ca" if self.region == "ca" else f"https://accounts.zoho.{self.region}"


class SyncSettings(Group):
    """What a run may do, and the rules that depend on CircleTel's ways."""

    writes: Switch = Field(False, validation_alias="ZOHO_WRITES")
    paused: Switch = Field(False, validation_alias="ZOHO_PAUSED")
    max_creates_per_day: int = Field(2_000, ge=0, validation_alias="ZOHO_MAX_CREATES_PER_DAY")
    max_rand_per_day: Decimal = Field(Decimal(2_000_000), ge=0, validation_alias="ZOHO_MAX_RAND_PER_DAY")
    max_cancellations_per_day: int = Field(20, ge=0, validation_alias="ZOHO_MAX_CANCELLATIONS_PER_DAY")
    changes: Annotated[frozenset[Change], BeforeValidator(_changes)] = Field(
        frozenset(Change), validation_alias="ZOHO_CHANGES"
    )
    bulk_hours: HoursOfDay | None = Field(None, validation_alias="ZOHO_BULK_HOURS")
    first_month: Annotated[str, AfterValidator(_month)] = Field("2024-01", validation_alias="CIRCLETEL_FIRST_MONTH")
    max_retries: int = Field(3, ge=0, le=100, validation_alias="ZOHO_MAX_RETRIES")
    retry_seconds: float = Field(300, ge=0, le=86_400, validation_alias="ZOHO_RETRY_SECONDS")
    app_grace_seconds: int = Field(300, ge=0, validation_alias="CIRCLETEL_APP_GRACE_SECONDS")
    mirror_max_age_seconds: int = Field(3_600, ge=0, validation_alias="ZOHO_MIRROR_MAX_AGE_SECONDS")
    settling_seconds: int = Field(120, ge=0, validation_alias="ZOHO_SETTLING_SECONDS")
    sensor_seconds: int = Field(60, ge=5, le=3_600, validation_alias="ZOHO_SENSOR_SECONDS")
    """How often Dagster's sensors look; its daemon asks them every five seconds at most."""
    prices_include_vat: Switch = Field(True, validation_alias="CIRCLETEL_PRICES_INCLUDE_VAT")
    vat_exception_skus: Annotated[frozenset[str], BeforeValidator(_listed)] = Field(
        frozenset(), validation_alias="CIRCLETEL_VAT_EXCEPTION_SKUS"
    )
    sandbox: SecretStr | None = Field(None, validation_alias=SANDBOX)

    def price_includes_vat(self, sku: str) -> bool:
        """Whether CircleTel's monthly_price of a package includes VAT; the listed skus are the other way round."""
        return self.prices_include_vat != (sku in self.vat_exception_skus)


class PageSettings(Group):
    """Where the pages lead to. Without an address there is no link; no address of Zoho's web pages is documented."""

    dagster_url: Page | None = Field(None, validation_alias="ZOHO_DAGSTER_URL")
    """Dagster's web server, as this machine reaches it: retries are launched there."""
    dagster_link: Page | None = Field(None, validation_alias="ZOHO_DAGSTER_LINK")
    """The same, as people's browsers reach it."""
    customer_link: ObjectPage | None = Field(None, validation_alias="ZOHO_CUSTOMER_LINK")
    subscription_link: ObjectPage | None = Field(None, validation_alias="ZOHO_SUBSCRIPTION_LINK")
    invoice_link: ObjectPage | None = Field(None, validation_alias="ZOHO_INVOICE_LINK")
    payment_link: ObjectPage | None = Field(None, validation_alias="ZOHO_PAYMENT_LINK")
