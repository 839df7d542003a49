"""Beyond the bounds nothing can exclude a duplicate: then the next mirror must find and name every one of them."""

from faults.judge import Finding
from faults.scene import Scene
from zoho_pipeline.recovery.duplicates import find_duplicates

NAMED_KINDS = frozenset({"duplicate", "wrong link"})


def named_by_finder(scene: Scene, findings: list[Finding]) -> int:
    """How many of the duplicates and wrong links it names, by the ids of all objects concerned."""
    wanted = to_be_named(findings)
    if not wanted:
        return 0
    scene.list_again()
    with scene.engine.connect() as connection:
        found = find_duplicates(connection)
    scene.notes += [f"the finder says: {duplicate}" for duplicate in found]
    return sum(any(set(finding.objects) <= set(one.zoho_ids) for one in found) for finding in wanted)


def to_be_named(findings: list[Finding]) -> list[Finding]:
    """What the next mirror must show."""
    return [finding for finding in findings if finding.kind in NAMED_KINDS]
