"""The asset checks of the four Zoho assets: what must hold of them after every run, beside the months' colours.

They are evaluated at the end of the step that syncs, for the assets of the run. A check that could not look is never a
pass. What belongs here: how a look is shown. What does not: looking (`actions/`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import dagster as dg

from zoho_pipeline.actions.duplicates import Looked
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.recovery.duplicates import Duplicate

ROWS_SHOWN = 20
"""Rows of a table that is put into the event log at most."""
KeyOf = Callable[[Entity], dg.AssetKey]


@dataclass(frozen=True)
class Verdict:
    """What a check says of one kind."""

    passed: bool
    sentence: str
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
    metadata: Mapping[str, dg.MetadataValue] | None = None


@dataclass(frozen=True)
class Check:
    """One check, the same on each of the four assets.

    `look` is called once a run, with the kinds of the run, and answers for each of them.
    """

    name: str
    description: str
    look: Callable[[Collection[Entity]], Mapping[Entity, Verdict]]


def specs(checks: Sequence[Check], key_of: KeyOf) -> list[dg.AssetCheckSpec]:
    """Every check on every kind."""
    return [
        dg.AssetCheckSpec(check.name, asset=key_of(entity), description=check.description)
        for check in checks
        for entity in PARENTS_FIRST
    ]


def evaluated(
    checks: Sequence[Check], wanted: Collection[dg.AssetCheckKey], key_of: KeyOf
) -> Iterator[dg.AssetCheckResult]:
    """The results of the checks that the run asks for."""
    for check in checks:
        entities = [each for each in PARENTS_FIRST if dg.AssetCheckKey(key_of(each), check.name) in wanted]
        if not entities:
            continue
        verdicts = _looked(check, entities)
        for entity in entities:
            verdict = verdicts[entity]
            yield dg.AssetCheckResult(
                passed=verdict.passed,
                asset_key=key_of(entity),
                check_name=check.name,
                severity=verdict.severity,
                description=verdict.sentence,
                metadata=verdict.metadata or {},
            )


def _looked(check: Check, entities: Collection[Entity]) -> Mapping[Entity, Verdict]:
    try:
        return check.look(entities)
    except Foreseen as error:
        return {entity: Verdict(passed=False, sentence=f"It could not look: {error}") for entity in entities}


class Look(Protocol):
    """`actions.duplicates.look_for_duplicates`."""

    def __call__(self, environ: dict[str, str] | None, entities: Collection[Entity]) -> Looked: ...


def nothing_stands_twice(look: Look) -> Check:
    """No two objects in Zoho for one row, no two rows on one object."""

    def looked(entities: Collection[Entity]) -> Mapping[Entity, Verdict]:
        seen = look(None, entities)
        return {entity: _standing_twice(seen, entity) for entity in entities}

    return Check(
        name="nothing_stands_twice",
        description="No row of CircleTel has two objects in Zoho, and no object two rows, as of Zoho's latest "
        "complete list. What no protocol can exclude is found here (docs/architecture.md, the bounds of the promise).",
        look=looked,
    )


def _standing_twice(seen: Looked, entity: Entity) -> Verdict:
    found = seen.of(entity)
    metadata: dict[str, dg.MetadataValue] = {}
    if found:
        metadata["what stands twice"] = _table(found)
    metadata["found"] = dg.MetadataValue.int(len(found))
    if entity in seen.as_of:
        metadata["as of"] = dg.MetadataValue.timestamp(seen.as_of[entity])
    if any(duplicate.certain for duplicate in found):
        return Verdict(False, f"{len(found)} stand twice: see the table.", metadata=metadata)
    if blind := seen.blind(entity):
        return Verdict(False, blind, dg.AssetCheckSeverity.WARN, metadata)
    if found:
        sentence = f"{len(found)} look alike, and may be meant so: see the table."
        return Verdict(False, sentence, dg.AssetCheckSeverity.WARN, metadata)
    return Verdict(True, "Nothing stands twice.", metadata=metadata)


def _table(found: Sequence[Duplicate]) -> dg.TableMetadataValue:
    names = ("kind", "objects in Zoho", "rows in CircleTel", "how one knows", "what to do")
    records = [
        dg.TableRecord(
            dict(
                zip(
                    names,
                    (
                        duplicate.entity.singular,
                        ", ".join(duplicate.zoho_ids),
                        ", ".join(duplicate.row_ids),
                        duplicate.reason,
                        duplicate.advice,
                    ),
                    strict=True,
                )
            )
        )
        for duplicate in found[:ROWS_SHOWN]
    ]
    return dg.MetadataValue.table(records, dg.TableSchema(columns=[dg.TableColumn(name) for name in names]))
