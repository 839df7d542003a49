"""What is told of a retry when it has ended: pure, from how the row stands then."""

from dataclasses import dataclass

from zoho_pipeline.recovery.standing import Standing
from zoho_pipeline.states import State

_PHRASES = {
    State.SYNCED: "is in Zoho",
    State.FAILED: "failed again",
    State.REFUSED: "cannot be sent as it is",
    State.PARKED: "is parked",
    State.BLOCKED: "is blocked",
    State.AWAITED: "waits for Zoho's invoice",
    State.WAITING: "still waits",
    State.SENDING: "is being sent by another run",
    State.IN_DOUBT: "is in doubt: it may have reached Zoho",
    State.RESOLVED: "counts as resolved",
    State.BEFORE_ZOHO: "is older than Zoho's billing of the service, and is not sent",
    State.NOT_ELIGIBLE: "does not belong into Zoho",
}


@dataclass(frozen=True)
class Verdict:
    """A sentence or two for whoever has asked, and whether the row is in Zoho."""

    said: str
    well: bool


def verdict(before: Standing, after: Standing | None, hindered: str | None) -> Verdict:
    """How the retry ended.

    Args:
        after: how the row stands now; None where CircleTel has it no more.
        hindered: why the run ended early, where it did.
    """
    if after is None:
        return Verdict(f"{before.name} is in CircleTel no more: nothing was sent.", False)
    if after.state is None:
        said = f"{after.name} was not looked at"
    elif after.state is State.SYNCED:
        return Verdict(f"{after.name} is in Zoho as {after.zoho_id}.", True)
    else:
        cause = f" ({after.cause.replace('_', ' ')})" if after.cause else ""
        said = f"{after.name} {_PHRASES[after.state]}{cause}"
    parts = [f"{said}: {after.reason}" if after.reason else said, after.advice or "", hindered or ""]
    if after.state is not None:
        parts.append(f"Next: {after.state.next}")
    return Verdict(" ".join(f"{part.strip().rstrip('.')}." for part in parts if part.strip()), False)


def dry_run(row: Standing) -> Verdict:
    """What is told where ZOHO_WRITES is off."""
    stands = f" It stays as it is: {row.state.value.replace('_', ' ')}." if row.state else ""
    return Verdict(
        f"ZOHO_WRITES is off, so this was a dry run: nothing of {row.name} was changed or sent.{stands}", False
    )
