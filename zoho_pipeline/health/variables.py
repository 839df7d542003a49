"""Which environment variables are set, missing or wrong, and how each is mended. Pure; shows no secret."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.reconciliation.publishing import ReportSettings
from zoho_pipeline.reconciliation.settings import ReconciliationSettings
from zoho_pipeline.settings import DatabaseSettings, Group, PageSettings, SettingsError, SyncSettings, ZohoSettings

GROUPS: tuple[type[Group], ...] = (
    DatabaseSettings,
    ZohoSettings,
    SyncSettings,
    AlertSettings,
    ReconciliationSettings,
    ReportSettings,
    HealthSettings,
    PageSettings,
)
HIDDEN = "(not shown)"


class Standing(StrEnum):
    """How it is with a variable."""

    SET = "set"
    DEFAULT = "default"
    MISSING = "missing"
    WRONG = "wrong"
    ADVISED = "advised"
    """It may stay as it is, and would better be set."""


BAD = frozenset({Standing.MISSING, Standing.WRONG})
BETTER_SET = {
    "ZOHO_TOKEN_KEY": "ZOHO_TOKEN_KEY is not set, so the access token in the database is encrypted under the client's "
    'secret: better give it a key of its own, made with python -c "import secrets; print(secrets.token_urlsafe(32))".'
}
"""Variables that nothing needs, and what to do about them where they are not set."""


@dataclass(frozen=True)
class Variable:
    """One variable: how it is, its value where that is no secret, and what to do about it."""

    name: str
    standing: Standing
    shown: str = ""
    advice: str = ""


def variables(environ: Mapping[str, str]) -> list[Variable]:
    """Every variable that the pipeline and its Dagster read."""
    return [*_of_settings(environ), *_of_dagster(environ)]


def _of_settings(environ: Mapping[str, str]) -> Iterator[Variable]:
    told: set[str] = set()
    for group in GROUPS:
        complaints = _complaints(group, environ)
        for field in group.model_fields.values():
            variable = _variable(field, environ, complaints)
            if variable.name not in told:  # several groups may read one
                yield variable
            told.add(variable.name)


def _complaints(group: type[Group], environ: Mapping[str, str]) -> dict[str, str]:
    """What loading the group says of each variable that is missing or wrong; the name is each line's first word."""
    try:
        group.load(environ)
    except SettingsError as error:
        return {line.partition(" ")[0]: line for line in str(error).splitlines()}
    return {}


def _variable(field: FieldInfo, environ: Mapping[str, str], complaints: Mapping[str, str]) -> Variable:
    names = _names(field)
    name = next((name for name in names if environ.get(name, "").strip()), names[0])
    value = environ.get(name, "").strip()
    complaint = next((complaints[each] for each in names if each in complaints), None)
    if complaint is not None:
        return Variable(name, Standing.WRONG if value else Standing.MISSING, advice=complaint)
    if value:
        return Variable(name, Standing.SET, HIDDEN if _is_secret(field) else value)
    if name in BETTER_SET:
        return Variable(name, Standing.ADVISED, advice=BETTER_SET[name])
    return Variable(name, Standing.DEFAULT, "" if _is_secret(field) else _text(field.default))


def _names(field: FieldInfo) -> list[str]:
    alias = field.validation_alias
    return [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [str(alias)]


def _is_secret(field: FieldInfo) -> bool:
    return "Secret" in repr(field.annotation)


def _text(default: Any) -> str:
    if default in (None, frozenset()):
        return "(none)"
    if isinstance(default, frozenset):
        return ", ".join(sorted(default))
    return {True: "on", False: "off"}[default] if isinstance(default, bool) else str(default)


def _of_dagster(environ: Mapping[str, str]) -> Iterator[Variable]:
    home = environ.get("DAGSTER_HOME", "").strip()
    yield _dagster_home(home)
    yield _dagster_url(environ.get("DAGSTER_POSTGRES_URL", "").strip())


def _dagster_home(home: str) -> Variable:
    name = "DAGSTER_HOME"
    if not home:
        return Variable(name, Standing.MISSING, advice=f"{name} is missing: set it to the directory of dagster.yaml.")
    if not (Path(home) / "dagster.yaml").is_file():
        return Variable(name, Standing.WRONG, home, f"{name} is wrong: there is no dagster.yaml in that directory.")
    return Variable(name, Standing.SET, home)


def _dagster_url(url: str) -> Variable:
    name, example = "DAGSTER_POSTGRES_URL", "postgresql+psycopg2://user:password@host:5432/dagster"
    if not url:
        return Variable(name, Standing.MISSING, advice=f"{name} is missing: set it to an address such as {example}.")
    try:
        driver = make_url(url).drivername
    except (ArgumentError, ValueError):
        return Variable(name, Standing.WRONG, advice=f"{name} is wrong: it must be an address such as {example}.")
    if driver != "postgresql+psycopg2":
        advice = f"{name} is wrong: it must name the driver and begin with postgresql+psycopg2://, not {driver}://."
        return Variable(name, Standing.WRONG, advice=advice)
    return Variable(name, Standing.SET, HIDDEN)
