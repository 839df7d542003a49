"""What Zoho answered, as a value, and reading an object out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from zoho_pipeline.zoho.errors import OutcomeUnknown, UnexpectedAnswer, ZohoError
from zoho_pipeline.zoho.request import Request

Model = TypeVar("Model")


@dataclass(frozen=True)
class Answer:
    """An answer that says success: its status and its JSON body (empty for 204). Numbers are int or Decimal."""

    request: Request
    status: int
    body: Mapping[str, Any] = field(repr=False)


def understood(answer: Answer, key: str, read: Callable[[Any], Model]) -> Model:
    """The object under `key`, read by `read`.

    Raises:
        UnexpectedAnswer: the answer to a read lacks the object, or it is malformed.
        OutcomeUnknown: the same for a write: Zoho says it was done, and not what it now holds.
    """
    try:
        if key not in answer.body:
            raise UnexpectedAnswer(answer.request.attempted, f"the answer holds no {key}")
        return read(answer.body[key])
    except UnexpectedAnswer as error:
        raise not_understood(answer.request, answer.status, f"{error.detail} ({error.attempted})") from error


def not_understood(request: Request, status: int | None, detail: str) -> ZohoError:
    """The error for an answer that cannot be read: of a write nobody knows what it did."""
    kind = OutcomeUnknown if request.writes else UnexpectedAnswer
    return kind(request.attempted, detail, status=status)
