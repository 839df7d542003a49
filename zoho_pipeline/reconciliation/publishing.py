"""Putting a month's workbook and report where finance finds them: a folder, or any place that fsspec knows."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from upath import UPath

from zoho_pipeline.calendar import Month
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.reconciliation.report.page import write_report
from zoho_pipeline.reconciliation.statement import Statement
from zoho_pipeline.reconciliation.workbook.book import write_workbook
from zoho_pipeline.redaction import redacted_text
from zoho_pipeline.settings import SANDBOX, Group

UNREACHABLE = (OSError, ImportError, ValueError, NotImplementedError)
"""What the drivers of fsspec raise: of the place itself, for want of a driver, of an unknown protocol, where nothing
can be written at all."""
_LOCAL = ("", "file", "local", "memory")


class ReportSettings(Group):
    """Where a month's workbook and report are put."""

    sandbox: SecretStr | None = Field(None, validation_alias=SANDBOX)
    reports_url: str = Field("reports", validation_alias="RECONCILIATION_REPORTS_URL")
    """A folder, from the working directory on, or a URL such as s3://bucket/folder."""

    @field_validator("reports_url")
    @classmethod
    def _safe(cls, url: str, info: ValidationInfo) -> str:
        parts = urlsplit(url)
        if parts.password:
            raise ValueError("it must hold no password: give that to the driver of the place by the driver's own means")
        if info.data.get("sandbox") is not None and parts.scheme not in _LOCAL:
            raise ValueError(f"in the practice world ({SANDBOX} is set) it must be a folder of this machine")
        return url


class NotPublished(Foreseen):
    """The place could not be reached or written to."""


@dataclass(frozen=True)
class Published:
    """Where the two are: paths, or URLs."""

    workbook: str
    report: str


def publish(statement: Statement, place: str) -> Published:
    """Make both and put them there, over those of before; each is there whole, or not at all.

    Raises:
        NotPublished: the place could not be written to; no file there is half-written.
    """
    month = statement.books.month
    with tempfile.TemporaryDirectory() as directory:
        workbook, report = (Path(directory, name) for name in _names(month))
        write_workbook(workbook, statement)
        write_report(report, statement)
        return Published(*put(place, month.key, (workbook, report), f"The reconciliation of {month}"))


def put(place: str, folder: str, files: tuple[Path, ...], what: str) -> list[str]:
    """Put the files into a folder of the place, over those of before, and tell where they are.

    Raises:
        NotPublished: saying that `what` could not be written there.
    """
    try:
        return _put(UPath(place) / folder, files)
    except UNREACHABLE as error:
        raise NotPublished(
            f"{what} could not be written to {redacted_text(place)}: "
            f"{redacted_text(_why(error))}. See that the place is there, that it may be written to, and that the "
            "driver of its protocol is installed (RECONCILIATION_REPORTS_URL), and publish it again."
        ) from None


def _names(month: Month) -> tuple[str, str]:
    return f"reconciliation-{month}.xlsx", f"reconciliation-{month}.html"


def _put(folder: UPath, files: tuple[Path, ...]) -> list[str]:
    """Both are brought there under names of their own before either takes its place."""
    folder.mkdir(parents=True, exist_ok=True)
    brought: list[tuple[UPath, UPath]] = []
    try:
        for file in files:
            part = folder / f".{file.name}.{uuid4().hex}.part"
            brought.append((part, folder / file.name))
            with file.open("rb") as source, part.open("wb") as target:
                shutil.copyfileobj(source, target)
        for part, final in brought:
            _replace(part)(final)
    finally:
        for part, _ in brought:
            with suppress(*UNREACHABLE):
                part.unlink(missing_ok=True)
    return [str(final) for _, final in brought]


def _replace(part: UPath) -> Callable[[UPath], object]:
    """A folder replaces a file in one step; elsewhere it is renamed, which its driver does over what was there."""
    return part.replace if isinstance(part, Path) else part.rename


def _why(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().rstrip(".").partition("\n")[0]
