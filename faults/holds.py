"""What Zoho holds until it is told to go on: meanwhile things happen, however long the machine takes for them.

That is how a fault meets its moment: a request stands still, the campaign acts, and the request goes on afterwards.
"""

import time
from collections.abc import Callable
from typing import Any

from faults.crew import PATIENCE_SECONDS
from faults.scene import Scene

USUAL = {"ZOHO_TIMEOUT_SECONDS": "15"}
"""Workers that wait for longer than any answer takes that comes at all."""
PATIENT = {"ZOHO_TIMEOUT_SECONDS": "75"}
"""Workers that wait for longer than Zoho holds anything, which is a minute."""
POLL_SECONDS = 0.02


def held(scene: Scene) -> list[dict[str, Any]]:
    """The requests that are held now."""
    found: list[dict[str, Any]] = scene.zoho.control.call("GET", "faults")["held"]
    return found


def until_held(scene: Scene) -> bool:
    """Wait until a request is held; False if all workers ended before."""
    return scene.until(lambda: held(scene))


def held_row(scene: Scene) -> str | None:
    """Wait until a create is held, and tell its row by the key that it carries; None if all workers ended before."""
    if not until_held(scene):
        return None
    named = set(held(scene)[0]["uuids"])
    return next((row_id for row_id in scene.world.good if row_id in named), None)


def release(scene: Scene) -> None:
    """Let go on what is held, and wait until Zoho has carried it out."""
    waiting = {each["seq"] for each in held(scene)}
    scene.zoho.control.call("POST", "faults/release")
    wait_until("Zoho has gone on", lambda: not waiting & {each["seq"] for each in held(scene)})


def wait_until(what: str, happened: Callable[[], bool]) -> None:
    """Wait for what is sure to happen.

    Raises:
        TimeoutError: it does not.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain until {what}")
        time.sleep(POLL_SECONDS)
