"""The whole sample world backfilled: as the judge wants it, once and only once, also where the database gives less."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import ceil
from typing import Any

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.clock import local_date
from zoho_pipeline.entities import Entity
from zoho_pipeline.sandbox.sample.judge import judge
from zoho_pipeline.sandbox.sample.seed import Seeded, seed_both
from zoho_pipeline.sandbox.sample.world import DEFAULT_SIZE, Size
from zoho_pipeline.sandbox.zoho.testing import running_server
from zoho_pipeline.states import Outcome
from zoho_pipeline.store.migrate import upgrade
from zoho_pipeline_tests.practice.databases import BARE, MIGRATED, OLDER, Databases, Template
from zoho_pipeline_tests.practice.fixtures import variables
from zoho_pipeline_tests.practice.world import Done, PracticeWorld
from zoho_pipeline_tests.practice.zoho import PracticeZoho
from zoho_pipeline_tests.store.roles import tenant

SEED = 2025
SMALL = Size(customers=5)
UNLIMITED: dict[str, Any] = {"calls_per_minute": 10**9, "calls_per_day": 10**9, "tokens_per_window": 1000}


@dataclass
class SampleWorld:
    """Both sides, seeded together."""

    world: PracticeWorld
    seeded: Seeded
    today: date

    def backfill(self) -> Done:
        """All kinds over all months."""
        months = OpenMonths.until(Month.parse(self.world.environ["CIRCLETEL_FIRST_MONTH"]), self.today)
        return self.world.run(months=months.between(months.first, months.last))

    def assert_the_judge_is_content(self) -> None:
        """Every eligible row exactly once in Zoho, and no other, to the cent, and no mail."""
        report = judge(self.world.engine, self.world.zoho.server.url, self.seeded.truth)
        assert report.right, "\n".join(report.lines())
        assert self.world.zoho.mails == []


@contextmanager
def seeded(databases: Databases, template: Template, size: Size) -> Iterator[SampleWorld]:
    """A sample world as of today, on a fresh copy of the template."""
    today = local_date(datetime.now(UTC))
    with databases.fresh(template) as engine, running_server(**UNLIMITED) as server:
        zoho = PracticeZoho(server)
        made = seed_both(engine, zoho.access(), seed=SEED, today=today, size=size, variant=template.variant)
        environ = variables(zoho, engine.url.render_as_string(), databases.token(template)) | {
            "CIRCLETEL_FIRST_MONTH": Month.of(today).plus(1 - size.months).key,
            "CIRCLETEL_VAT_EXCEPTION_SKUS": ",".join(made.world.exclusive_skus),
            "ZOHO_MAX_CREATES_PER_DAY": "100000",
            "ZOHO_MAX_RAND_PER_DAY": "100000000",
            "ZOHO_MIRROR_MAX_AGE_SECONDS": "3600",
        }
        yield SampleWorld(PracticeWorld(engine, zoho, environ), made, today)
        zoho.close()


def test_the_default_world_is_backfilled_once_and_the_second_time_costs_the_lists_alone(databases: Databases) -> None:
    with seeded(databases, MIGRATED, DEFAULT_SIZE) as sample:
        first = sample.backfill()
        assert first.total[Outcome.CREATED] > 500
        assert first.total[Outcome.FAILED] == 0
        sample.assert_the_judge_is_content()

        sample.world.age_everything(3_700)
        sample.world.zoho.forget_calls()
        second = sample.backfill()
        assert second.total[Outcome.CREATED] == second.total[Outcome.UPDATED] == second.total[Outcome.ADOPTED] == 0
        assert sample.world.zoho.writes == []
        records = sum(len(sample.world.zoho.objects(kind)) for kind in Entity)
        assert 0 < len(sample.world.zoho.calls()) == second.calls <= ceil(records / 200) + 10
        sample.assert_the_judge_is_content()


def test_where_the_log_could_not_be_widened_the_run_says_so_and_our_own_record_is_complete(
    databases: Databases,
) -> None:
    with seeded(databases, BARE, SMALL) as sample, tenant(sample.world.engine) as limited:
        assert upgrade(limited).sync_logs_refusal is not None
        sample.world.environ["CIRCLETEL_DATABASE_URL"] = limited.url.render_as_string()
        circletel = sample.world.circletel
        done = sample.backfill()
        assert done.log[0] == (
            "CircleTel's zoho_sync_logs refuses rows of payments, subscriptions, so they stand in "
            "zoho_pipeline.attempts alone; `zoho-pipeline db upgrade` with a role that may alter the table mends it."
        )
        sample.assert_the_judge_is_content()
        recorded = circletel.query(
            "SELECT entity, count(*) AS rows FROM zoho_pipeline.attempts WHERE outcome = 'created' GROUP BY 1"
        )
        assert {Entity(row.entity): row.rows for row in recorded} == {
            entity: done.counts(entity)[Outcome.CREATED] for entity in Entity
        }
        kinds = circletel.query("SELECT DISTINCT entity_type FROM zoho_sync_logs ORDER BY 1")
        assert [row.entity_type for row in kinds] == ["customer", "invoice"]
        unlogged = circletel.query(
            "SELECT id FROM zoho_pipeline.attempts WHERE entity IN ('customers', 'invoices') "
            "AND row_id NOT IN (SELECT entity_id FROM zoho_sync_logs)"
        )
        assert unlogged == []


def test_on_an_older_database_nothing_is_sent_twice_and_nobody_gets_a_mail(databases: Databases) -> None:
    with seeded(databases, OLDER, SMALL) as sample:
        first = sample.backfill()
        assert first.total[Outcome.CREATED] > 20
        assert first.total[Outcome.FAILED] == 0
        assert first.counts(Entity.INVOICES)[Outcome.CREATED] == 0
        sample.assert_the_judge_is_content()
        sample.world.zoho.forget_calls()
        assert sample.backfill().total[Outcome.CREATED] == 0
        assert sample.world.zoho.writes == []
        assert sample.world.zoho.mails == []
