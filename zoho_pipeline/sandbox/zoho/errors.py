"""The errors of the API: an HTTP status, Zoho's code and a message.

Documented: 1002 with 404, and 1000. From sister products or live answers: 2, 4, 14, 57, 1001, 1038, 3062,
6041, 24016. The codes 5 (unknown path) and 38 (wrong method) are assumed.
Codes given as a name are looked up among the settings when the answer is made, since they are guesses.
"""

from __future__ import annotations

from typing import Any

from zoho_pipeline.sandbox.zoho.behaviour import Behaviour


class ZohoError(Exception):
    """A refusal as Zoho answers it."""

    def __init__(
        self, message: str, code: int | str, status: int | str = 400, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self._code = code
        self._status = status
        self.headers = headers or {}

    def answer(self, behaviour: Behaviour) -> tuple[int, dict[str, Any]]:
        """Status and body under these settings."""
        code = getattr(behaviour, self._code) if isinstance(self._code, str) else self._code
        status = getattr(behaviour, self._status) if isinstance(self._status, str) else self._status
        return int(status), {"code": code, "message": self.message}


def does_not_exist(what: str) -> ZohoError:
    """The object of the path is not there."""
    return ZohoError(f"{what} does not exist.", 1002, 404)


def unknown_reference(what: str) -> ZohoError:
    """The body names an object that is not there."""
    return ZohoError(f"{what} does not exist.", 1002, "unknown_reference_status")


def missing(field: str) -> ZohoError:
    """A required field is absent or blank."""
    return ZohoError(f"Invalid value passed for {field}", "missing_field_code")


def invalid(field: str) -> ZohoError:
    """A field's value is malformed or not allowed."""
    return ZohoError(f"Invalid value passed for {field}", "invalid_value_code")


def refused(sentence: str) -> ZohoError:
    """A business rule says no."""
    return ZohoError(sentence, "rule_refusal_code")


def over_balance() -> ZohoError:
    """More is applied than an invoice still owes."""
    return ZohoError("The amount entered is more than the balance due for the selected invoices.", 24016)
