"""The health checks as asset checks, on the assets that they speak of: degraded warns, all that is worse is an error.

One look for all of them, the same as `zoho-pipeline health-check`: UI and terminal cannot disagree. Checks of rows
stand on CircleTel's tables, which hold their status, and all others on assets of their own: Dagster runs an asset's
checks with every run that makes the asset, and no backfill shall look at the health of everything.

What belongs here: on which asset a check stands. What does not: the checks (`health/`).
"""

from collections.abc import Callable, Iterator
from typing import Protocol

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from zoho_pipeline.defs import circletel
from zoho_pipeline.defs.zoho import OWNER
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.health.check import Check, Component, Finding, HealthReport, Level
from zoho_pipeline.health.registry import registry

GROUP = "health"
STEP = "health_checks"
JOB = "health_check"
_TABLES = dict(zip(PARENTS_FIRST, circletel.TABLES, strict=True))
FOUND = "found"
"""The metadata in which a check says its figure, as `failed_checks` reads it."""
SEVERITY = {
    Level.HEALTHY: dg.AssetCheckSeverity.ERROR,
    Level.DEGRADED: dg.AssetCheckSeverity.WARN,
    Level.UNKNOWN: dg.AssetCheckSeverity.ERROR,
    Level.UNHEALTHY: dg.AssetCheckSeverity.ERROR,
}
_ABOUT = {
    Component.SYNC: "How syncing goes as a whole.",
    Component.INTEGRITY: "Whether records contradict each other.",
    Component.MIRROR: "Zoho's lists in local tables.",
    Component.ZOHO_API: "Zoho Billing's API: what is left of its limits, the access token, and what it answers.",
    Component.DATABASE: "CircleTel's database, and the pipeline's own schema in it.",
    Component.DAGSTER: "Dagster's daemon and its sensors.",
    Component.INCIDENTS: "Incidents, and whether people are told of them.",
}


class Read(Protocol):
    """`actions.health.read_health`."""

    def __call__(
        self, environ: None, *, detailed: bool, ask_zoho: bool, run_id: str | None, log: Callable[[str], None]
    ) -> HealthReport: ...


def subjects() -> list[dg.AssetSpec]:
    """What has no asset of its own: `health/database` and the like."""
    return [
        dg.AssetSpec(
            key=["health", component.value],
            description=f"{text} Nothing is made of it: it is what the health checks stand on.",
            group_name=GROUP,
            kinds={"python"},
            owners=[OWNER],
            tags={"domain": "operations"},
            metadata={"dagster/table_name": "zoho_pipeline.health_reports"},
        )
        for component, text in _ABOUT.items()
    ]


def asset_of(check: Check) -> dg.AssetKey:
    """The asset that the check stands on."""
    if check.entity is None or check.component is Component.MIRROR:
        return dg.AssetKey(["health", check.component.value])
    return _TABLES[check.entity].key


def name_of(check: Check) -> str:
    """Its name on that asset."""
    return f"{check.name}_{check.entity}" if check.component is Component.MIRROR else check.name


def health_checks(read: Read) -> dg.AssetChecksDefinition:
    """Every check of the registry, evaluated by one look."""
    specs = {
        check.key: dg.AssetCheckSpec(
            name_of(check), asset=asset_of(check), description=f"{check.meaning} ({check.row}; docs/runbook.md)"
        )
        for check in registry()
    }

    @dg.multi_asset_check(
        name=STEP,
        description="Looks at everything once, asking Zoho with four calls at most.",
        specs=list(specs.values()),
        can_subset=True,
    )
    def looked(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        report = read(None, detailed=False, ask_zoho=True, run_id=context.run.run_id, log=context.log.warning)
        wanted = context.selected_asset_check_keys
        for finding in report.findings:
            spec = specs[finding.key]
            if spec.key in wanted:
                yield _result(finding, spec)

    return looked


def _result(finding: Finding, spec: dg.AssetCheckSpec) -> dg.AssetCheckResult:
    said = {"level": finding.level.value, "what to do": finding.advice, "threshold": finding.threshold}
    said |= {"such as": ", ".join(finding.examples), "runbook": finding.row}
    metadata: dict[str, dg.MetadataValue] = {name: dg.MetadataValue.text(text) for name, text in said.items() if text}
    if finding.value.isdecimal():
        metadata[FOUND] = dg.MetadataValue.int(int(finding.value))
    return dg.AssetCheckResult(
        passed=finding.well,
        asset_key=spec.asset_key,
        check_name=spec.name,
        severity=SEVERITY[finding.level],
        description=finding.found,
        metadata=metadata,
    )


def job(checks: dg.AssetChecksDefinition) -> UnresolvedAssetJobDefinition:
    """All checks as one run, for a person or a schedule."""
    return dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.checks(checks),
        description="The health check (R1), as `zoho-pipeline health-check` sees it.",
        tags={"runbook": "R1"},
    )
