"""Messages reach real servers: once each, in order, and none is lost while a server is down."""

import multiprocessing
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing.synchronize import Event
from threading import Barrier

import pytest
from sqlalchemy import create_engine, text

from zoho_pipeline.alerts.outbox import pause
from zoho_pipeline_tests.alerts import processes
from zoho_pipeline_tests.alerts.desk import Desk, settings, symptom
from zoho_pipeline_tests.alerts.receivers import Hook, MailServer

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def both(desk: Desk, mail_server: MailServer, hook: Hook) -> Desk:
    """A desk that tells by mail, webhook and log."""
    desk.settings = settings(
        ALERT_SMTP_URL=mail_server.url, ALERT_MAIL_FROM="alerts@circletel.example", ALERT_WEBHOOK_URL=hook.url
    )
    return desk


def subjects(server: MailServer) -> list[str]:
    return [str(mail["Subject"]) for mail in server.mails]


def test_one_message_when_it_opens_one_when_it_rises_one_when_it_clears(
    both: Desk, mail_server: MailServer, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    number = both.open_one(rows=14, customers=6)
    for _ in range(3):
        both.see(symptom(rows=15, customers=6), scope="bad-email")
        both.deliver()
    both.pass_time(hours=2)
    both.rise()
    both.deliver()
    both.see(scope="bad-email")
    both.deliver()
    both.deliver()

    title = "Rows are refused (bad-email)"
    expected = [
        f"Incident {number} has opened on level 1: {title}",
        f"Incident {number} has risen to level 2: {title}",
        f"Incident {number} has cleared: {title}",
    ]
    assert subjects(mail_server) == expected
    assert [text.splitlines()[0] for text in hook.texts] == [f"*{subject}*" for subject in expected]
    assert [record.getMessage().partition(" [message")[0] for record in caplog.records] == expected


def test_a_channel_that_is_down_loses_nothing_and_holds_up_no_other(
    both: Desk, mail_server: MailServer, hook: Hook
) -> None:
    mail_server.down()
    both.open_one()
    both.see(scope="bad-email")
    first = both.deliver()
    assert (first.sent, set(first.failed)) == ({"log": 2, "webhook": 2}, {"mail"})
    for _ in range(10):
        both.pass_time(minutes=10)
        assert set(both.deliver().failed) == {"mail"}
    mail_server.up()
    both.pass_time(minutes=10)
    assert both.deliver().sent == {"mail": 2}
    assert [subject.split()[3] for subject in subjects(mail_server)] == ["opened", "cleared:"]
    assert len(hook.posts) == 2


def test_a_webhook_that_refuses_or_redirects_has_not_taken_it(both: Desk, hook: Hook) -> None:
    both.open_one()
    for status in (404, 429, 500, 302):
        hook.answers = status
        assert both.deliver().failed == {"webhook": f"the webhook answered {status}"}
        both.pass_time(minutes=10)
    hook.answers = 200
    both.deliver()
    assert (len(hook.posts), set(hook.paths)) == (1, {"/services/s3cr3t"})


def test_why_it_failed_is_kept_without_the_address_of_the_webhook(both: Desk, hook: Hook) -> None:
    hook.down()
    both.open_one()
    assert both.deliver().failed == {"webhook": "the webhook could not be reached (ConnectionError)"}


def test_what_failed_waits_twice_as_long_each_time_up_to_ten_minutes() -> None:
    seconds = [pause(tries).total_seconds() for tries in (1, 2, 3, 4, 5, 6, 7, 1_000_000)]
    assert seconds == [30, 60, 120, 240, 480, 600, 600, 600]


def test_before_its_time_it_is_not_tried_again(both: Desk, hook: Hook) -> None:
    hook.answers = 500
    both.open_one()
    both.deliver()
    both.pass_time(seconds=29)
    assert both.deliver().failed == {}
    both.pass_time(seconds=1)
    assert set(both.deliver().failed) == {"webhook"}


def test_one_recipient_who_is_refused_gets_it_later_and_the_others_get_it_once(
    both: Desk, mail_server: MailServer
) -> None:
    mail_server.refuses = {"dev@circletel.co.za"}
    both.open_one(retries_used=3)
    assert both.deliver().failed == {"mail": "the mail server refused 1 of the recipients: 550 nobody of that name"}
    both.pass_time(minutes=1)
    assert set(both.deliver().failed) == {"mail"}
    mail_server.refuses = set()
    both.pass_time(minutes=2)
    both.deliver()
    assert mail_server.recipients == [["operations@circletel.co.za"], ["dev@circletel.co.za"]]
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == 1


def test_a_refused_incident_does_not_hold_up_another(both: Desk, mail_server: MailServer) -> None:
    mail_server.refuses = {"operations@circletel.co.za", "dev@circletel.co.za"}
    both.open_one("first")
    both.deliver()
    mail_server.refuses = set()
    both.open_one("second")
    both.deliver()
    assert [subject.partition(": ")[2] for subject in subjects(mail_server)] == ["Rows are refused (second)"]
    both.pass_time(minutes=1)
    both.deliver()
    assert len(mail_server.mails) == 2


def test_many_deliverers_at_once_send_each_message_once(both: Desk, mail_server: MailServer, hook: Hook) -> None:
    for number in range(12):
        both.open_one(f"key-{number}")
    together = Barrier(4)

    def deliver() -> None:
        desk = Desk(create_engine(both.engine.url), both.settings)
        together.wait(120)
        desk.deliver()
        desk.engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        for running in [pool.submit(deliver) for _ in range(4)]:
            running.result()
    assert Counter(subjects(mail_server)).most_common(1)[0][1] == 1
    assert (len(mail_server.mails), len(hook.posts)) == (12, 12)


def test_who_dies_between_sending_and_noting_leaves_the_same_message_to_the_next(
    both: Desk, mail_server: MailServer
) -> None:
    both.open_one()
    sent: Event = SPAWN.Event()
    url = both.engine.url.render_as_string(hide_password=False)
    dying = SPAWN.Process(target=processes.send_and_freeze, args=(url, mail_server.url, sent))
    dying.start()
    assert sent.wait(120)
    assert both.deliver().sent == {"log": 1, "webhook": 1}  # while it is frozen, nobody else sends the mail
    dying.kill()
    dying.join()
    wait_until_it_let_go(both)
    assert both.deliver().sent == {"mail": 1}
    assert len(mail_server.mails) == 2
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == 1


def wait_until_it_let_go(desk: Desk) -> None:
    """Until PostgreSQL has noticed that the other one is dead."""
    query = text(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with create_engine(desk.engine.url).connect() as connection:
        connection.execute(query)
        connection.engine.dispose()
    desk.engine.dispose()


def test_a_slow_channel_leaves_the_rest_to_the_next_pass(both: Desk) -> None:
    class Slow:
        name = "log"
        letters: Sequence[str] = ()

        def send(self, letter: object) -> None:
            both.clock.moment += timedelta(seconds=8)

    for number in range(5):
        both.open_one(f"key-{number}")
    assert [both.deliver(Slow()).sent["log"] for _ in range(3)] == [3, 2, 0]
