"""Symptoms of single rows: many at once in one world, each with customers of its own.

What a symptom finds in Zoho already is made by `before`, and synced by a first backfill; then all of them happen, and a
second backfill meets them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline_tests.symptoms.stage import Stage
from zoho_pipeline_tests.symptoms.symptom import Case, Symptom, Told

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = PARENTS_FIRST
WHO = ("--by", "Zanele M.")


@dataclass(frozen=True)
class Rows:
    """How the rows of a case stand."""

    stage: Stage

    def state(self, entity: Entity, row: str) -> str | None:
        return self.stage.world.state(entity, row)

    def has_been(self, entity: Entity, row: str, **columns: str) -> bool:
        """Whether an attempt of the row has ended so: `outcome="in_doubt"`, `cause="zoho_error"`."""
        where = " AND ".join(f"{name} = :{name}" for name in columns)
        statement = f"SELECT 1 FROM zoho_pipeline.attempts WHERE entity = :entity AND row_id = :row AND {where}"
        return bool(self.stage.world.circletel.query(statement, entity=entity.value, row=row, **columns))

    def synced(self, entity: Entity, *rows: str) -> Callable[[], bool]:
        """Whether all of them are in Zoho, each once."""
        return lambda: all(self.state(entity, row) == "synced" for row in rows)

    def has_stood(self, entity: Entity, row: str, state: str) -> Callable[[], bool]:
        """Whether it has been in that state, if for a moment."""
        statement = "SELECT 1 FROM states_seen WHERE entity = :entity AND row_id = :row AND state = :state"
        values = {"entity": entity.value, "row": row, "state": state}
        return lambda: bool(self.stage.world.circletel.query(statement, **values))


def fails_once(stage: Stage, path: str, row: str) -> None:
    """A send of the row fails for a reason that passes: Zoho does not find what it names."""
    stage.world.zoho.befall("answer", method="POST", path=path, match={"body": row}, status=404, body={"code": 1002})


def refused(stage: Stage, path: str, row: str, code: int = 2, times: int = 1) -> None:
    """Zoho refuses the content of a row's send."""
    body = {"code": code, "message": "Invalid value passed"}
    stage.world.zoho.befall("answer", method="POST", path=path, match={"body": row}, times=times, status=400, body=body)


# What can be mended in CircleTel, and what follows it


def wrong_email(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    row = circletel.customer(email="not an address")
    return Case(
        shows=rows.has_stood(CUSTOMERS, row, "refused"),
        over=rows.synced(CUSTOMERS, row),
        person=lambda: circletel.change("customers", row, email="mended@example.co.za"),
    )


def customer_missing(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    customer = circletel.customer()
    service = circletel.service(customer)
    fails_once(stage, "/customers$", customer)
    return Case(rows.has_stood(SUBSCRIPTIONS, service, "blocked"), rows.synced(SUBSCRIPTIONS, service))


def invoice_missing(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    customer = circletel.customer()
    invoice = circletel.invoice(customer)
    payment = circletel.payment(customer, invoice=invoice)
    fails_once(stage, "/invoices$", invoice)
    return Case(rows.has_stood(PAYMENTS, payment, "blocked"), rows.synced(PAYMENTS, payment))


def content_refused(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    invoice = circletel.invoice(circletel.customer())
    refused(stage, "/invoices$", invoice)
    return Case(
        rows.has_stood(INVOICES, invoice, "refused"),
        rows.synced(INVOICES, invoice),
        person=lambda: stage.command("retry", "invoices", invoice),
    )


def many_customers(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    payments = [circletel.payment(circletel.customer()) for _ in range(11)]
    for payment in payments:
        refused(stage, "/payments$", payment)
    return Case(
        lambda: all(rows.state(PAYMENTS, payment) == "refused" for payment in payments),
        rows.synced(PAYMENTS, *payments),
        person=lambda: stage.command("retry-failed", "payments", "--cause", "validation"),
    )


# What Zoho did to one row


def one_record_fails(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    row = circletel.customer()
    stage.world.zoho.befall("answer", method="POST", path="/customers$", match={"body": row})
    return Case(lambda: rows.has_been(CUSTOMERS, row, outcome="in_doubt"), rows.synced(CUSTOMERS, row))


def answer_lost(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    customer = circletel.customer()
    invoice = circletel.invoice(customer)
    number = circletel.value("customer_invoices", invoice, "invoice_number")
    stage.world.zoho.befall("reset_after_commit", method="POST", path="/invoices$", match={"body": invoice})

    def over() -> bool:
        made = [each for each in stage.world.zoho.objects("invoices") if each["invoice_number"] == number]
        return rows.state(INVOICES, invoice) == "synced" and len(made) == 1

    return Case(lambda: rows.has_been(INVOICES, invoice, outcome="in_doubt"), over)


def fails_for_ever(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    service = circletel.service(circletel.customer())
    stage.world.zoho.befall(
        "answer",
        method="POST",
        path="/subscriptions$",
        times=4,
        match={"body": service},
        status=404,
        body={"code": 1002},
    )
    return Case(
        rows.has_stood(SUBSCRIPTIONS, service, "parked"),
        rows.synced(SUBSCRIPTIONS, service),
        person=lambda: stage.command("retry-failed", "subscriptions", "--cause", "not_found_in_zoho"),
    )


def unknown_error(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    invoice = circletel.invoice(circletel.customer(), status="draft")
    _first(stage, INVOICES, invoice)
    circletel.change("customer_invoices", invoice, due_date="2025-10-08")
    zoho_id = stage.world.standing(INVOICES, invoice).zoho_id
    stage.world.zoho.befall(
        "answer",
        method="GET",
        path=f"/invoices/{zoho_id}$",
        times=4,
        status=200,
        body={"code": 0, "message": "success"},
    )
    return Case(
        rows.has_stood(INVOICES, invoice, "parked"),
        rows.synced(INVOICES, invoice),
        person=lambda: stage.command("retry", "invoices", invoice),
    )


def name_taken(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    row = circletel.customer()
    refused(stage, "/customers$", row, code=3062)
    return Case(
        rows.has_stood(CUSTOMERS, row, "parked"),
        rows.synced(CUSTOMERS, row),
        person=lambda: stage.command("retry", "customers", row),
    )


# What the app or people did


def left_in_syncing(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    row = circletel.customer(zoho_sync_status="syncing")
    return Case(lambda: True, rows.synced(CUSTOMERS, row))


def deleted_in_zoho(stage: Stage) -> Case:
    rows, circletel, zoho = Rows(stage), stage.world.circletel, stage.world.zoho
    row = circletel.customer()
    zoho_id = _first(stage, CUSTOMERS, row)
    zoho.people.delete(f"/customers/{zoho_id}")
    circletel.change("customers", row, phone="0821234567")
    return Case(
        rows.has_stood(CUSTOMERS, row, "parked"),
        rows.synced(CUSTOMERS, row),
        person=lambda: stage.command("relink", "customers", row, zoho.customer(row), *WHO),
    )


def twin_in_zoho(stage: Stage) -> Case:
    circletel, zoho = stage.world.circletel, stage.world.zoho
    row = circletel.customer()
    _first(stage, CUSTOMERS, row)
    twin = zoho.customer(row)

    def tidy() -> None:
        zoho.people.delete(f"/customers/{twin}")
        stage.command("duplicates", "--fresh", may_end_with=1)  # others may stand twice
        stage.backfill_ends()

    return Case(lambda: True, lambda: True, person=tidy)


def wrong_link(stage: Stage) -> Case:
    rows, circletel = Rows(stage), stage.world.circletel
    customer = circletel.customer()
    one, other = circletel.invoice(customer), circletel.invoice(customer, "345.00")
    own, others = _first(stage, INVOICES, one), _first(stage, INVOICES, other)
    stage.world.link(INVOICES, one, others)

    def mend() -> None:
        stage.command("relink", "invoices", one, own, *WHO)
        stage.backfill_ends()

    return Case(lambda: True, rows.synced(INVOICES, one, other), person=mend)


def _first(stage: Stage, entity: Entity, row: str) -> str:
    """Sync the row as it is at first; its object in Zoho."""
    stage.world.run(months=stage.months, only=_only(stage, entity, row), urgent=True)
    zoho_id = stage.world.standing(entity, row).zoho_id
    assert zoho_id, f"{entity} {row} is not in Zoho: it is {stage.world.state(entity, row)}"
    return zoho_id


def _only(stage: Stage, entity: Entity, row: str) -> dict[Entity, frozenset[str]]:
    return {entity: frozenset({row})}


SYMPTOMS = [
    Symptom(
        "an e-mail address that cannot be right", "R28, R34",
        Told("rows", "customers refused validation", 1, "Correct the record in CircleTel"), wrong_email,
    ),
    Symptom("its customer is not in Zoho yet", "R35", None, customer_missing),
    Symptom("its invoice is not in Zoho yet", "R36", None, invoice_missing),
    Symptom(
        "Zoho refuses the content of a row", "R28",
        Told("rows", "invoices refused validation", 1, "Correct the record in CircleTel"), content_refused,
    ),
    Symptom(
        "the same fault with more than ten customers", "R39",
        Told("rows", "payments refused validation", 2, "--cause validation"), many_customers,
    ),
    Symptom("Zoho fails on one record", "R28", None, one_record_fails),
    Symptom("an answer of Zoho's is lost", "R33", None, answer_lost),
    Symptom(
        "three retries of a row have failed", "R29",
        Told("rows", "subscriptions parked not_found_in_zoho", 2, "--cause not_found_in_zoho"), fails_for_ever,
    ),
    Symptom(
        "an error that nobody knows", "R29",
        Told("rows", "invoices parked unknown", 2, "tell development"), unknown_error,
    ),
    Symptom(
        "something in Zoho stands in the way of a row", "R28",
        Told("rows", "customers parked conflict", 2, "Compare the row with what is in Zoho"), name_taken,
    ),
    Symptom("a row stands in `syncing` for over five minutes", "R33", None, left_in_syncing),
    Symptom(
        "a row's object was deleted or merged in Zoho", "R28",
        Told("rows", "customers parked not_found_in_zoho", 2, "link the row to it"), deleted_in_zoho,
    ),
    Symptom(
        "a row has two objects in Zoho", "R37",
        Told("checks", "zoho/customers: nothing_stands_twice", 2, "See the tab Checks"), twin_in_zoho,
    ),
    Symptom(
        "two rows are linked to one object", "R37",
        Told("checks", "zoho/invoices: nothing_stands_twice", 2, "See the tab Checks"), wrong_link,
    ),
]  # fmt: skip
