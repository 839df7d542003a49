"""What the filters of all pages share: a value is one of those that the page offers, or refused. Pure."""

from collections.abc import Collection

from zoho_pipeline.errors import Foreseen


class NoSuchFilter(Foreseen):
    """A filter that the page does not offer."""

    def __init__(self) -> None:
        super().__init__("There is no such filter: choose among those that the page offers.")


def among(value: str | None, known: Collection[str]) -> str | None:
    """The value; None where none was chosen.

    Raises:
        ValueError: when it is none of the known ones.
    """
    if value and value not in known:
        raise ValueError(value)
    return value or None


def in_force(**filters: object) -> dict[str, str]:
    """Those that were chosen, as an address says them."""
    return {name: str(value) for name, value in filters.items() if value is not None}
