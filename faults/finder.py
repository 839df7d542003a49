"""Beyond the bounds nothing can exclude a duplicate: then the next mirror must find and name every one of them."""

import importlib
from typing import Any

from faults.judge import Finding
from faults.scene import Scene

FINDER = "zoho_pipeline.recovery.duplicates"
NAMED_KINDS = frozenset({"duplicate", "wrong link"})


def finder() -> Any:
    """The product's `find_duplicates(connection)`; None while there is none."""
    try:
        return importlib.import_module(FINDER).find_duplicates
    except ModuleNotFoundError:
        return None


def named_by_finder(scene: Scene, findings: list[Finding]) -> int:
    """How many of the duplicates and wrong links it names, by the ids of all objects concerned."""
    find = finder()
    wanted = [finding for finding in findings if finding.kind in NAMED_KINDS]
    if find is None or not wanted:
        return 0
    (worker,) = scene.start(1, (), only_lists=True)
    worker.process.join(30)
    with scene.engine.connect() as connection:
        found = [repr(duplicate) for duplicate in find(connection)]
    scene.notes += [f"the finder says: {duplicate}" for duplicate in found]
    return sum(any(all(part in told for part in finding.objects) for told in found) for finding in wanted)
