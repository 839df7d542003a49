"""All that one practice server holds: the organisation, its clock, tokens, limits, ledger and faults."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.clock import BusinessClock
from zoho_pipeline.sandbox.zoho.faults import Faults
from zoho_pipeline.sandbox.zoho.ledger import Ledger
from zoho_pipeline.sandbox.zoho.limits import Limits
from zoho_pipeline.sandbox.zoho.oauth import Accounts, Credentials
from zoho_pipeline.sandbox.zoho.organisation import Organisation

NAME = "CircleTel Practice"
SNAPSHOT_VERSION = 1


class World:
    """One organisation with everything around it."""

    def __init__(
        self,
        behaviour: Behaviour | None = None,
        credentials: Credentials | None = None,
        now: datetime | None = None,
    ) -> None:
        self._first_behaviour = behaviour or Behaviour()
        self._first_now = now
        self.credentials = credentials or Credentials()
        self.clock = BusinessClock()
        if now:
            self.clock.set(now)
        self.organisation = Organisation(self._first_behaviour, self.clock, self.credentials.organisation_id, NAME)
        self.accounts = Accounts(self.credentials)
        self.limits = Limits()
        self.ledger = Ledger()
        self.faults = Faults()
        # Rises when all becomes different, so that what was still to happen then does not.
        self.generation = 0

    @property
    def behaviour(self) -> Behaviour:
        """The settings in force."""
        return self.organisation.behaviour

    @behaviour.setter
    def behaviour(self, wanted: Behaviour) -> None:
        self.organisation.behaviour = wanted

    def reset(self) -> None:
        """As it was when it started, but for tokens that are still good."""
        self.generation += 1
        self.organisation.clear()
        self.behaviour = self._first_behaviour
        self.clock.offset_seconds = 0.0
        if self._first_now:
            self.clock.set(self._first_now)
        self.accounts.refresh_token_revoked = False
        self.accounts.reset_window()
        self.limits.reset()
        self.ledger.clear()
        self.faults.clear()
        self.faults.release()

    def snapshot(self) -> dict[str, Any]:
        """Objects, clock, settings and tokens as plain JSON; not the ledger, the faults and the limits."""
        return {
            "version": SNAPSHOT_VERSION,
            "clock_offset_seconds": self.clock.offset_seconds,
            "behaviour": self.behaviour.as_json(),
            "organisation": self.organisation.snapshot(),
            "accounts": self.accounts.snapshot(),
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Become what a snapshot says; if it is none, ValueError or KeyError, and all stays as it was."""
        if data.get("version") != SNAPSHOT_VERSION:
            raise ValueError(f"this is no snapshot of version {SNAPSHOT_VERSION}")
        before = self.snapshot()
        try:
            self._become(data)
        except Exception:
            self._become(before)
            raise
        self.generation += 1
        self.faults.release()

    def _become(self, data: dict[str, Any]) -> None:
        self.behaviour = Behaviour().updated(data["behaviour"])
        self.clock.offset_seconds = data["clock_offset_seconds"]
        self.organisation.restore(data["organisation"])
        self.accounts.restore(data["accounts"])
        if "ledger" in data:
            self.ledger.restore(data["ledger"])

    def save(self, file: Path) -> None:
        """Write everything, the ledger too; a reader sees the old file or the new one, never half of one."""
        data = {**self.snapshot(), "ledger": self.ledger.snapshot()}
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(data, out)
                out.flush()
                os.fsync(out.fileno())
            Path(temporary).replace(file)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def load(self, file: Path) -> None:
        """Read what was saved; ValueError if the file holds something else."""
        try:
            self.restore(json.loads(file.read_text(encoding="utf-8")))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"it holds no saved state ({error!r})") from None
