"""Each thing that can be amiss: the right check says so, on the right level, and no other check says anything."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.health.check import Level
from zoho_pipeline.health.registry import registry
from zoho_pipeline.sandbox.ports import free_ports
from zoho_pipeline_tests.health.well import WellWorld
from zoho_pipeline_tests.practice.world import TABLE

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = PARENTS_FIRST
DEGRADED, UNHEALTHY, UNKNOWN = Level.DEGRADED, Level.UNHEALTHY, Level.UNKNOWN


@dataclass(frozen=True)
class Condition:
    """Something that is amiss, and what must be found."""

    name: str
    befalls: Callable[[WellWorld], object]
    found: Mapping[str, Level]
    env: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def of_rows() -> Iterator[Condition]:
    for entity in PARENTS_FIRST:
        yield Condition(
            f"one of the {entity} failed an hour ago",
            failed(entity, "failed", 1),
            {f"failed_last_day/{entity}": DEGRADED},
        )
        yield Condition(
            f"one of the {entity} was refused two days ago",
            failed(entity, "refused", 48),
            {f"failed_rows/{entity}": DEGRADED},
        )
        yield Condition(
            f"one of the {entity} failed eight days ago",
            failed(entity, "failed", 192),
            {f"failed_for_long/{entity}": DEGRADED},
        )
        yield Condition(
            f"one of the {entity} is parked", failed(entity, "parked", 3), {f"parked_rows/{entity}": DEGRADED}
        )
        yield Condition(
            f"one of the {entity} has waited for two hours",
            waiting(entity, 2),
            {f"pending_for_long/{entity}": DEGRADED},
        )
        yield Condition(
            f"one of the {entity} is not in Zoho after two days",
            waiting(entity, 48),
            {f"without_zoho_id/{entity}": DEGRADED},
        )
        yield Condition(
            f"one of the {entity} is called synced without an id",
            unlinked(entity),
            {f"synced_has_id/{entity}": DEGRADED},
        )
        yield Condition(f"the list of {entity} is two days old", listed(entity, 48), {f"mirror_age/{entity}": DEGRADED})
    yield Condition(
        "an invoice failed in the app",
        lambda of: of.world.circletel.change("customer_invoices", of.row(INVOICES), zoho_sync_status="failed"),
        {"failed_rows/invoices": DEGRADED},
    )
    yield Condition(
        "five payments failed an hour ago",
        failed(PAYMENTS, "failed", 1, 5),
        {"failed_last_day/payments": UNHEALTHY},
        {"ZOHO_HEALTH_SYNCED_PERCENT": "90"},
    )
    yield Condition(
        "an invoice has been blocked for two days",
        failed(INVOICES, "blocked", 48, status="pending"),
        {"blocked_for_long/invoices": DEGRADED},
    )
    yield Condition(
        "payments have awaited Zoho's invoice for a month, which is nobody's concern",
        failed(PAYMENTS, "awaited", 30 * 24, count=7, status="pending"),
        {},
        {"ZOHO_HEALTH_SYNCED_PERCENT": "50"},
    )
    yield Condition(
        "a payment has awaited Zoho's invoice for longer than Zoho bills anything apart",
        failed(PAYMENTS, "awaited", 36 * 24, status="pending"),
        {"blocked_for_long/payments": DEGRADED},
    )
    yield Condition(
        "a send has been going on for half an hour",
        failed(INVOICES, "sending", 0.5, status="syncing"),
        {"syncing_stuck/invoices": DEGRADED},
    )
    yield Condition(
        "a send has been going on for two hours",
        failed(INVOICES, "sending", 2, status="syncing"),
        {"syncing_stale/invoices": UNHEALTHY},
    )
    yield Condition(
        "the app has had a service in its hands for two hours",
        in_the_apps_hands,
        {"syncing_stale/subscriptions": UNHEALTHY},
    )
    yield Condition(
        "a service is syncing, and nobody knows since when", nobody_knows, {"syncing_stuck/subscriptions": DEGRADED}
    )
    yield Condition(
        "an invoice is retrying",
        retrying,
        {"retrying_stale/invoices": DEGRADED},
        {"ZOHO_HEALTH_STALE_MINUTES": "4", "ZOHO_HEALTH_STUCK_MINUTES": "5"},
    )
    yield Condition(
        "a payment is in doubt", failed(PAYMENTS, "in_doubt", 0.2, status="syncing"), {"in_doubt/payments": DEGRADED}
    )
    yield Condition(
        "a payment has been in doubt for two hours",
        failed(PAYMENTS, "in_doubt", 2, status="syncing"),
        {"in_doubt/payments": UNHEALTHY},
    )
    yield Condition(
        "six rows wait",
        lambda of: [waiting(INVOICES, 0.1)(of) for _ in range(6)],
        {"pending_rows": DEGRADED},
        {"ZOHO_HEALTH_SYNCED_PERCENT": "90"},
    )
    yield Condition(
        "a tenth of all rows is not in Zoho",
        lambda of: [waiting(entity, 0.1)(of) for entity in PARENTS_FIRST for _ in range(7)],
        {"synced_share": DEGRADED},
        {"ZOHO_HEALTH_PENDING_ROWS": "100"},
    )
    yield Condition("a row waits and nothing is sent", standstill, {"something_is_synced": UNHEALTHY})
    yield Condition(
        "a service is in Zoho without its customer", orphaned, {"orphaned_subscriptions/subscriptions": DEGRADED}
    )
    yield Condition(
        "an invoice is dated in the year 2205",
        lambda of: of.world.circletel.change("customer_invoices", of.ids[INVOICES][0], invoice_date="2205-01-01"),
        {"within_months/invoices": DEGRADED},
    )
    yield Condition("two customers share an object", share_an_object, {"no_duplicate_customers/customers": UNHEALTHY})
    yield Condition("two customers in Zoho look alike", look_alike, {"no_duplicate_customers/customers": DEGRADED})
    yield Condition(
        "a list of payments was never completed",
        lambda of: of.sql("UPDATE zoho_pipeline.mirror_listings SET completed_at = NULL WHERE entity = 'payments'"),
        {"mirror_age/payments": DEGRADED},
    )


def of_sends() -> Iterator[Condition]:
    week = {"ZOHO_HEALTH_FAILURES_PER_WEEK": "100", "ZOHO_HEALTH_SAME_CAUSE": "100"}
    yield Condition(
        "two of today's sends failed",
        sent(INVOICES, 2, 1),
        {"success_last_day/invoices": DEGRADED, "success_last_week/invoices": DEGRADED},
        week,
    )
    yield Condition(
        "a week's sends failed, today's did not", sent(INVOICES, 3, 60), {"success_last_week/invoices": DEGRADED}, week
    )
    yield Condition(
        "five rows failed within the week",
        sent(INVOICES, 5, 60),
        {"failures_last_week": DEGRADED},
        {"ZOHO_HEALTH_SUCCESS_PERCENT": "50"},
    )
    yield Condition(
        "one cause repeats",
        sent(INVOICES, 5, 1, one_row=True),
        {"same_cause": DEGRADED},
        {"ZOHO_HEALTH_SUCCESS_PERCENT": "50"},
    )
    yield Condition(
        "syncs are slow",
        lambda of: of.sql("UPDATE zoho_pipeline.attempts SET duration_ms = 9000 WHERE entity = 'payments'"),
        {"average_sync/payments": DEGRADED},
    )
    yield Condition("writes are off", nothing, {"writes_armed": DEGRADED}, {"ZOHO_WRITES": "off"})
    yield Condition("everything is paused", nothing, {"writes_armed": DEGRADED}, {"ZOHO_PAUSED": "on"})


def of_what_it_leans_on() -> Iterator[Condition]:
    yield Condition("the log refuses two kinds", narrow_log, {"log_takes_all_kinds": DEGRADED})
    yield Condition(
        "the log lacks our columns",
        lambda of: of.sql("ALTER TABLE zoho_sync_logs DROP COLUMN duration_ms"),
        {"log_takes_all_kinds": DEGRADED},
    )
    yield Condition("nothing was logged", lambda of: of.sql("DELETE FROM zoho_sync_logs"), {"log_is_written": DEGRADED})
    yield Condition(
        "most of the day's calls are spent", lambda of: of.calls(8), {"api_day": DEGRADED}, {"ZOHO_CALLS_PER_DAY": "12"}
    )
    yield Condition(
        "all of the day's calls are spent", lambda of: of.calls(9), {"api_day": UNHEALTHY}, {"ZOHO_CALLS_PER_DAY": "10"}
    )
    yield Condition("a limit was met", lambda of: of.calls(1, status=429, code=44), {"no_rate_limit": DEGRADED})
    yield Condition(
        "Zoho asked for a pause",
        lambda of: of.budget("cool_down_until = now() + interval '1 hour', cool_down_limit = 'minute'"),
        {"no_pause": DEGRADED},
    )
    yield Condition(
        "Zoho is down",
        lambda of: of.budget("outage_since = now(), outage_reason = 'HTTP 503'"),
        {"no_outage": UNHEALTHY},
    )
    yield Condition(
        "Zoho is back on trial",
        lambda of: of.budget("outage_since = now(), trial_since = now()"),
        {"no_outage": DEGRADED},
    )
    yield Condition(
        "the token was refused",
        lambda of: of.sql(
            "UPDATE zoho_pipeline.access_tokens SET refused_until = now() + interval '1 hour', refusal = 'invalid_code'"
        ),
        {"token_granted": UNHEALTHY},
    )
    yield Condition("the token is two days old", lambda of: of.token(48), {"token_age": DEGRADED})
    yield Condition(
        "no token was ever granted",
        lambda of: of.sql("DELETE FROM zoho_pipeline.access_tokens"),
        {"token_age": DEGRADED},
    )
    yield Condition(
        "the daemon is silent",
        lambda of: of.daemon_lives(minutes=9, sensors=9),
        {"dagster_daemon": UNHEALTHY, "dagster_sensors": UNKNOWN},
    )
    yield Condition("the sensors stand still", lambda of: of.daemon_lives(sensors=9), {"dagster_sensors": UNHEALTHY})
    yield Condition(
        "Dagster's storage is not Dagster's", no_storage, {"dagster_daemon": UNKNOWN, "dagster_sensors": UNKNOWN}
    )
    yield Condition("a routine incident is open", lambda of: of.incident(1), {"no_incident_is_open": DEGRADED})
    yield Condition("an incident of level 2 is open", lambda of: of.incident(2), {"no_incident_is_open": UNHEALTHY})
    yield Condition(
        "somebody is on an incident of level 2",
        lambda of: of.incident(2, by="Zanele M."),
        {"no_incident_is_open": DEGRADED},
    )
    yield Condition(
        "the incident of this very check is open",
        lambda of: of.incident(2, "checks", "health/incidents: no_incident_is_open"),
        {},
    )
    yield Condition("a message has waited for an hour", lambda of: of.message(60), {"people_are_told": DEGRADED})
    yield Condition(
        "few connections are left", nothing, {"connections_left": DEGRADED}, {"ZOHO_HEALTH_CONNECTIONS_PERCENT": "1"}
    )


def nothing(of: WellWorld) -> None:
    """The variables alone are amiss."""


def failed(
    entity: Entity, state: str, hours: float, count: int = 1, status: str = "failed"
) -> Callable[[WellWorld], object]:
    return lambda of: of.bad(entity, state, hours, count, status)


def waiting(entity: Entity, hours: float) -> Callable[[WellWorld], object]:
    return lambda of: of.record(entity, of.row(entity), "waiting", hours)


def unlinked(entity: Entity) -> Callable[[WellWorld], object]:
    return lambda of: of.world.circletel.change(TABLE[entity], of.row(entity), zoho_sync_status="synced")


def listed(entity: Entity, hours: int) -> Callable[[WellWorld], object]:
    return lambda of: of.sql(
        "UPDATE zoho_pipeline.mirror_listings SET started_at = now() - make_interval(hours => :hours) "
        "WHERE entity = :of",
        hours=hours,
        of=entity.value,
    )


def in_the_apps_hands(of: WellWorld) -> None:
    row = of.row(SUBSCRIPTIONS)
    of.world.circletel.change("customer_services", row, zoho_sync_status="syncing")
    of.record(SUBSCRIPTIONS, row, "waiting", 0)
    of.sql(
        "UPDATE zoho_pipeline.sync_records SET app_syncing_since = now() - interval '2 hours' WHERE row_id = :row",
        row=row,
    )


def nobody_knows(of: WellWorld) -> None:
    of.world.circletel.change("customer_services", of.ids[SUBSCRIPTIONS][0], zoho_sync_status="syncing")


def retrying(of: WellWorld) -> None:
    of.world.circletel.change("customer_invoices", of.row(INVOICES), zoho_sync_status="retrying")


def standstill(of: WellWorld) -> None:
    waiting(INVOICES, 0.75)(of)
    of.sql("UPDATE zoho_pipeline.attempts SET started_at = started_at - interval '1 hour'")


def orphaned(of: WellWorld) -> None:
    customer = of.row(CUSTOMERS)
    service = of.world.circletel.service(customer, package_id=of.package())
    of.link("customer_services", service)
    of.record(SUBSCRIPTIONS, service, "synced")


def share_an_object(of: WellWorld) -> None:
    one, other = of.ids[CUSTOMERS][:2]
    of.sql(
        "UPDATE customers SET zoho_billing_customer_id = "
        "(SELECT zoho_billing_customer_id FROM customers WHERE id = :one) WHERE id = :other",
        one=one, other=other,
    )  # fmt: skip


def look_alike(of: WellWorld) -> None:
    of.sql(
        "INSERT INTO zoho_pipeline.mirror_customers (zoho_id, display_name, email) "
        "VALUES ('1', 'One', 'same@example.co.za'), ('2', 'Other', 'same@example.co.za')"
    )


def sent(entity: Entity, count: int, hours: float, *, one_row: bool = False) -> Callable[[WellWorld], object]:
    def send(of: WellWorld) -> None:
        for place in range(count):
            of.attempt(entity, of.ids[entity][0 if one_row else place], "failed", hours, cause="zoho_error")

    return send


def narrow_log(of: WellWorld) -> None:
    of.sql("ALTER TABLE zoho_sync_logs DROP CONSTRAINT zoho_sync_logs_entity_type_check")
    of.sql(
        "ALTER TABLE zoho_sync_logs ADD CONSTRAINT zoho_sync_logs_entity_type_check "
        "CHECK (entity_type IN ('quote', 'contract', 'invoice', 'customer'))"
    )


def no_storage(of: WellWorld) -> None:
    of.world.environ["DAGSTER_POSTGRES_URL"] = f"postgresql+psycopg2://u:hunter2@127.0.0.1:{free_ports(1)[0]}/dagster"


CONDITIONS = [*of_rows(), *of_sends(), *of_what_it_leans_on()]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_what_is_amiss_is_found_by_its_check_alone(well: WellWorld, condition: Condition) -> None:
    condition.befalls(well)
    assert well.amiss(condition.env) == condition.found


def test_a_well_world_is_healthy_and_zoho_is_left_as_it_was(well: WellWorld) -> None:
    zoho = well.world.zoho
    kinds = ("customers", "subscriptions", "invoices", "payments")
    before = {kind: zoho.objects(kind) for kind in kinds}
    report = well.look(ask_zoho=True)
    assert (report.level, report.amiss, report.missing) == (Level.HEALTHY, (), {})
    assert {kind: zoho.objects(kind) for kind in kinds} == before
    assert len(zoho.calls()) <= 4


def test_every_check_that_reads_tables_is_shown_to_find_something() -> None:
    shown = {key.partition("/")[0] for condition in CONDITIONS for key in condition.found}
    apart = {"database_reachable", "schema_current"}  # see test_outages
    assert {check.name for check in registry() if check.part != "zoho"} - shown == apart
