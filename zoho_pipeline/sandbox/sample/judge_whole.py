"""Judges Zoho as a whole: nothing that nobody ordered, nothing lost, no period billed twice, money in its place.

What belongs here: what no single row can show. Single rows are judged in `judge_rows.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

from zoho_pipeline.sandbox.sample.evidence import Evidence
from zoho_pipeline.sandbox.sample.truth import Kind
from zoho_pipeline.sandbox.sample.verdict import Fault

SHORTEST_MONTH = 28
"""Days: two invoices of one monthly subscription are never closer."""

FORBIDDEN_ENDINGS = ("/void", "/cancel", "/email", "/refunds", "/writeoff", "/buyonetimeaddon", "/charge")
"""What a sync never does by itself. Paths of POST."""


def judge_whole(evidence: Evidence) -> list[Fault]:
    """The faults that concern Zoho as a whole."""
    return [
        *_unordered(evidence),
        *_lost(evidence),
        *_shared(evidence),
        *_billed_twice(evidence),
        *_money_applied(evidence),
        *_mailed(evidence),
        *_forbidden_calls(evidence),
    ]


def _unordered(evidence: Evidence) -> Iterator[Fault]:
    """Objects that were not there before and belong to no row. Invoices of subscriptions are Zoho's own."""
    for kind in Kind:
        for object_id in sorted(set(evidence.objects(kind)) - evidence.seeded(kind)):
            rows = evidence.rows_of.get(object_id, frozenset())
            raised = kind is Kind.INVOICE and evidence.held.invoices[object_id].subscription_id
            if not raised and not rows & set(evidence.rows[kind]):
                yield Fault(kind.value, object_id, "in Zoho, and nobody ordered it")
    for refund_id in sorted(evidence.held.refunds - evidence.truth.seeded.get("refunds", frozenset())):
        yield Fault("refunds", refund_id, "refunds are reported, never executed")


def _lost(evidence: Evidence) -> Iterator[Fault]:
    """Objects that were there before the sync, and are gone."""
    for kind in Kind:
        for object_id in sorted(evidence.seeded(kind) - set(evidence.objects(kind))):
            yield Fault(kind.value, object_id, "was in Zoho before the sync and is gone")


def _shared(evidence: Evidence) -> Iterator[Fault]:
    """One object cannot be two rows'."""
    for object_id, rows in sorted(evidence.rows_of.items()):
        if len(rows) > 1:
            yield Fault("objects", object_id, f"belongs to {len(rows)} rows: {', '.join(sorted(rows))}")


def _billed_twice(evidence: Evidence) -> Iterator[Fault]:
    """No service may be billed twice for a period: neither by Zoho, nor by Zoho after CircleTel had billed it."""
    seeded = evidence.seeded(Kind.SUBSCRIPTION)
    dates: dict[str, list[date]] = defaultdict(list)
    for invoice in evidence.held.invoices.values():
        if not invoice.subscription_id or invoice.status == "void":
            continue
        for row_id in evidence.rows_of.get(invoice.subscription_id, frozenset()):
            dates[row_id].append(invoice.day)
            until = evidence.truth.invoiced_until.get(row_id)
            if invoice.subscription_id not in seeded and until is not None and invoice.day <= until:
                what = f"Zoho billed it on {invoice.day}, CircleTel had billed it until {until}"
                yield Fault("subscriptions", row_id, what)
    for row_id, days in dates.items():
        for earlier, later in pairwise(sorted(days)):
            if (later - earlier).days < SHORTEST_MONTH:
                yield Fault("subscriptions", row_id, f"billed twice for a period: {earlier} and {later}")


def _money_applied(evidence: Evidence) -> Iterator[Fault]:
    """Each invoice is covered by the new payments that are its own, up to its total, and by no others."""
    due: dict[str, Decimal] = defaultdict(Decimal)
    for expected in evidence.truth.of(Kind.PAYMENT):
        fresh = evidence.objects_of.get(expected.row_id, frozenset()) - evidence.seeded(Kind.PAYMENT)
        target = expected.pays_object or _object_of(evidence, expected.pays_row)
        if target is not None:
            due[target] += sum((evidence.held.payments[one].amount for one in fresh), Decimal(0))
    for invoice in evidence.held.invoices.values():
        before = evidence.truth.applied.get(invoice.id, Decimal(0))
        wanted = min(invoice.total, before + due[invoice.id])
        if invoice.applied != wanted:
            yield Fault("invoices", invoice.id, f"{invoice.applied} of payments applied, should be {wanted}")


def _object_of(evidence: Evidence, row_id: str | None) -> str | None:
    objects = evidence.objects_of.get(row_id or "", frozenset())
    return next(iter(sorted(objects)), None)


def _mailed(evidence: Evidence) -> Iterator[Fault]:
    for mail in evidence.mails:
        yield Fault("mails", str(mail["object_id"]), f"Zoho mailed a customer: {mail['kind']}, since {mail['why']}")


def _forbidden_calls(evidence: Evidence) -> Iterator[Fault]:
    """Voiding, cancelling, refunding, mailing; and deleting anything but an invoice (a draft, as Zoho insists)."""
    for call in evidence.calls:
        path, method = str(call["path"]), str(call["method"])
        forbidden = method == "POST" and path.endswith(FORBIDDEN_ENDINGS)
        if method == "DELETE" and "/invoices/" not in path:
            forbidden = True
        if forbidden and call["committed"]:
            yield Fault("calls", str(call["seq"]), f"{method} {path} is a person's decision")
