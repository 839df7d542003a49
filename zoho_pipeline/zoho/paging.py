"""Going through a list page by page. A listing that breaks off raises: what ends quietly has been seen whole."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from zoho_pipeline.zoho.answers import Answer, not_understood, understood
from zoho_pipeline.zoho.errors import UnexpectedAnswer, ZohoError
from zoho_pipeline.zoho.reading import Row
from zoho_pipeline.zoho.request import Request

PER_PAGE = 200
"""The largest page (documented)."""

Model = TypeVar("Model")


@dataclass(frozen=True)
class Page(Generic[Model]):
    """One page: its number from 1, its rows, and whether another follows."""

    number: int
    rows: tuple[Model, ...]
    more: bool


def pages(
    send: Callable[[Request], Answer],
    request: Request,
    plural: str,
    read: Callable[[Row], Model],
    id_key: str,
    first: int = 1,
) -> Iterator[Page[Model]]:
    """The pages of the list that `request` asks for, as they arrive; `id_key` tells one row from another.

    `first` is the page to begin with, by somebody who has read those before it.

    Raises:
        UnexpectedAnswer: a page is malformed, comes twice, or does not say whether there are more.
        ZohoError: the list could not be read to its end.
    """
    seen: set[int] = set()
    number, more = first, True
    while more:
        answer = send(replace(request, params={**request.params, "page": number, "per_page": PER_PAGE}))
        rows = () if answer.status == 204 else understood(answer, plural, _rows)
        more = _has_more(answer, number, len(rows))
        content = hash(tuple(row.get(id_key) for row in rows))
        if rows and content in seen:
            raise _broken(answer, f"page {number} repeats an earlier page, so the list has no end")
        seen.add(content)
        yield Page(number, _models(answer, rows, read), more)
        number += 1


def _rows(value: object) -> tuple[Row, ...]:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise UnexpectedAnswer("reading a list", "it is no list of objects")
    return tuple(value)


def _models(answer: Answer, rows: tuple[Row, ...], read: Callable[[Row], Model]) -> tuple[Model, ...]:
    try:
        return tuple(read(row) for row in rows)
    except UnexpectedAnswer as error:
        raise _broken(answer, f"{error.detail} ({error.attempted})") from error


def _broken(answer: Answer, detail: str) -> ZohoError:
    return not_understood(answer.request, answer.status, detail)


def _has_more(answer: Answer, number: int, rows: int) -> bool:
    """Whether another page follows; an answer that does not say so is the last page only if it is not full."""
    context = answer.body.get("page_context")
    if not isinstance(context, Mapping):
        if rows < PER_PAGE:
            return False
        raise _broken(answer, f"page {number} is full and does not say whether there are more")
    more = context.get("has_more_page")
    if not isinstance(more, bool):
        raise _broken(answer, f"page {number} does not say whether there are more")
    if more and rows == 0:
        raise _broken(answer, f"page {number} is empty and says that there are more")
    if context.get("page", number) not in (number, str(number)):
        raise _broken(answer, f"page {number} was asked for and another one came")
    return more
