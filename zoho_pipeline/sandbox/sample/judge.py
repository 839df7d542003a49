"""The judge: compares Zoho and CircleTel's tables with the truth. Shares no code with the sync.

Judge at rest: when no run is under way and what had to settle has settled.
"""

from __future__ import annotations

from sqlalchemy import Engine

from zoho_pipeline.sandbox.sample import snapshot, table_state
from zoho_pipeline.sandbox.sample.evidence import Evidence
from zoho_pipeline.sandbox.sample.judge_rows import judge_rows
from zoho_pipeline.sandbox.sample.judge_whole import judge_whole
from zoho_pipeline.sandbox.sample.truth import Truth
from zoho_pipeline.sandbox.sample.verdict import Report
from zoho_pipeline.sandbox.sample.zoho_http import Control


def judge(engine: Engine, zoho_url: str, truth: Truth) -> Report:
    """Every eligible row exactly once in Zoho and no other, links and cents right, no double bill, no mail."""
    return weigh(gather(engine, zoho_url, truth))


def weigh(evidence: Evidence) -> Report:
    """The judgement of evidence that was gathered before."""
    faults, ended = judge_rows(evidence)
    return Report((*faults, *judge_whole(evidence)), ended)


def gather(engine: Engine, zoho_url: str, truth: Truth) -> Evidence:
    """Both sides as they stand, read through the server's own endpoints: no API call is spent."""
    with Control(zoho_url) as control:
        return Evidence(
            truth=truth,
            rows=table_state.read(engine),
            held=snapshot.take(control),
            mails=control.call("GET", "mails")["mails"],
            calls=control.call("GET", "ledger")["entries"],
        )
