"""How commands end: which failures are a sentence, and the statuses beside 0 and 1."""

INTERRUPTED = 130
"""The shell's status for a command that was ended by Ctrl-C."""


def foreseen() -> tuple[type[Exception], ...]:
    """The failures whose message is a sentence for people."""
    from zoho_pipeline.calendar import NoSuchMonth
    from zoho_pipeline.entities import UnknownEntity
    from zoho_pipeline.errors import Foreseen
    from zoho_pipeline.settings import SettingsError

    return Foreseen, SettingsError, NoSuchMonth, UnknownEntity
