"""The runbook's checklists (R43): each line's text, its rows, and what ticks it."""

from zoho_pipeline.reviews import ticking
from zoho_pipeline.reviews.checklist import Line

DAILY = (
    Line("Run health check script", "R1", ticking.health),
    Line("Review admin dashboard", "R2, R3", ticking.dashboard),
    Line("Check for failed syncs (should be 0)", "R4", ticking.no_failures),
    Line("Verify recent sync activity", "R3", ticking.recent_activity),
)
WEEKLY = (
    Line("Detailed health check with --detailed flag", "R5", ticking.health),
    Line("Review sync success rates", "R6, R7", ticking.sync_rates),
    Line("Clean up stale failures", "R9", ticking.stale),
    Line("Verify ZOHO dashboard matches database", "R8", ticking.zoho_side),
)
MONTHLY = (
    Line("Full data reconciliation", "R12", ticking.reconciliation),
    Line("Performance metrics review", "R13", ticking.review(lambda evidence: evidence.performance)),
    Line("Cost analysis", "R14", ticking.review(lambda evidence: evidence.api_cost)),
    Line("Security audit", "R15", ticking.review(lambda evidence: evidence.security)),
    Line("Update documentation if needed", "R43", ticking.documentation),
)
QUARTERLY = (
    Line("Review the runbook against what was done this quarter", "R44", ticking.by_hand(
        "Go through docs/runbook.md: does every command, asset and sentence still hold? Correct it."
    )),
    Line("Review contacts and response times", "R39, R44", ticking.by_hand(
        "See that ALERT_LEVEL_1_CONTACT to ALERT_LEVEL_3_CONTACT still reach the right people."
    )),
    Line("Review thresholds and limits", "R44", ticking.by_hand(
        "See with `zoho-pipeline verify-env` that ZOHO_HEALTH_…, ZOHO_MAX_…_PER_DAY and ZOHO_CALLS_… still fit."
    )),
    Line("Set the date of the next review", "R44", ticking.by_hand(
        "Enter date and version of this review in docs/runbook.md."
    )),
)  # fmt: skip
