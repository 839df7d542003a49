"""The judge of rows: each at rest with its reason, each synced one in Zoho once, no mail.

It shares no code with the sync.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from simulation.evidence import Evidence, Row, Thing

RESTS = frozenset({"synced", "blocked", "refused", "parked"})
OUTSIDE = frozenset({"before_zoho"})
"""Not to go by the rules, and in no total."""
AWAITED = "awaited"
"""Counts as blocked, by Zoho's next bill."""
WITHOUT_DEBT = frozenset({"blocked", AWAITED, "before_zoho"})
"""Where the payment of a recurring invoice may rest: what Zoho has not raised cannot be paid there."""


@dataclass(frozen=True)
class Finding:
    """Something that must not be."""

    kind: str
    story: str


@dataclass(frozen=True)
class Verdict:
    """All findings, and where the eligible rows rest, by kind and state."""

    findings: list[Finding]
    standing: Counter[tuple[str, str]]
    records: int
    """Rows that are synced."""


@dataclass(frozen=True)
class Known:
    """What is known of the rows: kind and id of those that were entered and what they are, in which states those that
    stay wrong may rest, what people took away in Zoho, and the rows whose content there is what the app made it.
    """

    made: Mapping[tuple[str, str], str]
    rests: Mapping[tuple[str, str], frozenset[str]]
    gone: Collection[str]
    taken_as_it_is: Collection[str] = ()


def judge(evidence: Evidence, known: Known) -> Verdict:
    """The verdict at the end."""
    eligible = [row for rows in evidence.rows.values() for row in rows.values() if row.eligible]
    findings = [
        *_unrested(evidence, eligible),
        *_lost(evidence, eligible, known),
        *_in_zoho(evidence, eligible, known),
        *_duplicates(evidence),
        *_strays(evidence),
        *_contents(evidence, eligible, known),
        *(Finding("mail", f"a mail went out: {mail}") for mail in evidence.mails),
    ]
    standing = Counter((row.kind, row.state or "never seen") for row in eligible)
    return Verdict(findings, standing, sum(row.state == "synced" for row in eligible))


def _unrested(evidence: Evidence, eligible: list[Row]) -> Iterator[Finding]:
    if evidence.open_attempts:
        yield Finding("open", f"{evidence.open_attempts} attempts are open for ever")
    for row in eligible:
        if row.state not in RESTS | OUTSIDE | {AWAITED}:
            yield Finding("rest", f"{row} rests in {row.state}: {row.reason}")
        elif row.state != "synced" and not row.reason:
            yield Finding("reason", f"{row} is {row.state} without a reason")
    for rows in evidence.rows.values():
        for row in rows.values():
            if row.values["zoho_sync_status"] == "syncing":
                yield Finding("rest", f"{row} is 'syncing' for ever ({row.state}: {row.reason})")


def _lost(evidence: Evidence, eligible: list[Row], known: Known) -> Iterator[Finding]:
    """Good rows that did not go."""
    recurring = {row.id for row in evidence.rows["invoices"].values() if row.values["invoice_type"] == "recurring"}
    for row in eligible:
        if (row.kind, row.id) not in known.made or row.state == "synced":
            continue
        allowed = known.rests.get((row.kind, row.id), frozenset())
        if row.kind == "payments" and str(row.values["customer_invoice_id"]) in recurring:
            allowed |= WITHOUT_DEBT
        if row.state not in allowed:
            what = known.made[(row.kind, row.id)]
            yield Finding("lost", f"{row} ({what}) should be in Zoho, and rests in {row.state}: {row.reason}")


def _in_zoho(evidence: Evidence, eligible: list[Row], known: Known) -> Iterator[Finding]:
    """What is synced is in Zoho exactly once, and linked."""
    for row in eligible:
        if row.state != "synced" or row.zoho_id in known.gone:
            continue
        things = evidence.of_row[row.kind].get(row.id, [])
        if row.values["zoho_sync_status"] != "synced" or [thing.id for thing in things] != [row.zoho_id]:
            ids = [thing.id for thing in things]
            yield Finding("link", f"{row} is synced with {row.zoho_id}, and Zoho holds {ids} for it")


def _duplicates(evidence: Evidence) -> Iterator[Finding]:
    for kind, owned in evidence.of_row.items():
        for row, things in owned.items():
            if len(things) > 1:
                yield Finding("duplicate", f"{kind} row {row} has {len(things)} objects in Zoho")
        linked = Counter(row.zoho_id for row in evidence.rows[kind].values() if row.zoho_id)
        for zoho_id, rows in linked.items():
            if rows > 1:
                yield Finding("duplicate", f"{rows} rows of {kind} point at {zoho_id}")


def _strays(evidence: Evidence) -> Iterator[Finding]:
    """Objects with a key that is no row's; those without any are people's, or raised by subscriptions."""
    for kind, things in evidence.things.items():
        for thing in things.values():
            if thing.alive and thing.row and thing.row not in evidence.rows[kind]:
                yield Finding("stray", f"{kind[:-1]} {thing.id} carries {thing.row}, which is no row")


def _contents(evidence: Evidence, eligible: list[Row], known: Known) -> Iterator[Finding]:
    for row in eligible:
        things = evidence.of_row[row.kind].get(row.id, [])
        as_it_is = row.id in known.taken_as_it_is or (things and things[0].id in known.gone)
        if row.state == "synced" and len(things) == 1 and not as_it_is:
            for difference in _differences(row, things[0]):
                yield Finding("content", f"{row}: {difference}")


def _differences(row: Row, thing: Thing) -> Iterator[str]:
    values, shown = row.values, thing.shown
    match row.kind:
        case "customers":
            if shown["phone"] != values["phone"] and row.reason is None:  # what was adopted is left as it is
                yield f"Zoho has the phone number {shown['phone']}, not {values['phone']}"
        case "invoices":
            for name, column in (("total", "total_amount"), ("tax_total", "tax_amount")):
                if thing.amount(name) != values[column]:
                    yield f"Zoho's {name} is {shown[name]}, not {values[column]}"
        case "payments":
            if thing.amount("amount") != values["amount"]:
                yield f"Zoho has {shown['amount']}, not {values['amount']}"
