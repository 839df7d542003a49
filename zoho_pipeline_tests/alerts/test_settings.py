"""The variables ALERT_…"""

import pytest

from zoho_pipeline.alerts.levels import Level
from zoho_pipeline.alerts.settings import AlertSettings, addresses
from zoho_pipeline.health.variables import Standing, variables
from zoho_pipeline.settings import SettingsError
from zoho_pipeline_tests.alerts.desk import settings

SMTP = {"ALERT_SMTP_URL": "smtp://robot:hunter2@mail.example:587", "ALERT_MAIL_FROM": "alerts@circletel.example"}


def test_the_defaults_are_the_runbooks() -> None:
    given = settings()
    assert [(given.contact(level), given.response_hours(level)) for level in Level] == [
        ("operations@circletel.co.za", 2),
        ("dev@circletel.co.za", 4),
        ("https://www.zoho.com/billing/support.html", 24),
    ]
    assert (str(given.business_hours), given.channels) == ("08:00-17:00", ("log",))


def test_channels_are_those_whose_address_is_set() -> None:
    hook = {"ALERT_WEBHOOK_URL": "https://hooks.slack.example/services/T/B/hunter2"}
    assert settings(**SMTP, **hook).channels == ("log", "mail", "webhook")


def test_a_level_is_told_together_with_those_below_it() -> None:
    given = settings(ALERT_LEVEL_1_CONTACT="ops@circletel.example, duty@circletel.example", **SMTP)
    assert given.recipients(Level.OPERATIONS) == ("ops@circletel.example", "duty@circletel.example")
    everybody = (*given.recipients(Level.OPERATIONS), "dev@circletel.co.za")
    assert given.recipients(Level.DEVELOPMENT) == given.recipients(Level.ZOHO_SUPPORT) == everybody


def test_a_web_page_has_no_addresses() -> None:
    assert addresses("https://www.zoho.com/billing/support.html") == ()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ALERT_SMTP_URL", "mail.example:587", "it must be an address such as smtp://user:password@mail.example:587"),
        ("ALERT_SMTP_URL", "smtp://robot:hunter2@mail.example:99999", "its port is not a number"),
        ("ALERT_WEBHOOK_URL", "hooks.example/hunter2", "it must be an address such as https://hooks.slack.com"),
        ("ALERT_WEBHOOK_URL", "http://hooks.example/hunter2", "use https"),
        ("ALERT_MAIL_FROM", "CircleTel <hunter2>", "it must be one e-mail address"),
        ("ALERT_BUSINESS_HOURS", "17:00-08:00", "business hours end on the day on which they begin"),
        ("ALERT_BUSINESS_HOURS", "8-17", "write the hours as HH:MM-HH:MM"),
        ("ALERT_LEVEL_1_RESPONSE_HOURS", "0", "greater than 0"),
        ("ALERT_DAEMON_SILENT_SECONDS", "5", "greater than or equal to 60"),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is_shown(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError) as told:
        settings(**{name: value})
    assert str(told.value).startswith(f"{name} is wrong: ")
    assert said in str(told.value)
    assert "hunter2" not in str(told.value)


def test_mails_need_a_sender_and_somebody_to_go_to() -> None:
    with pytest.raises(SettingsError, match="ALERT_SMTP_URL is wrong: mails need a sender: set ALERT_MAIL_FROM"):
        settings(ALERT_SMTP_URL=SMTP["ALERT_SMTP_URL"])
    with pytest.raises(SettingsError, match="ALERT_SMTP_URL is wrong: mails need a recipient"):
        settings(ALERT_LEVEL_1_CONTACT="https://circletel.example/duty", **SMTP)


def test_verify_env_knows_every_variable_once_and_shows_no_secret() -> None:
    hook = {"ALERT_WEBHOOK_URL": "https://hooks.slack.example/services/hunter2"}
    found = [each for each in variables(SMTP | hook) if each.name.startswith("ALERT_")]
    assert len({each.name for each in found}) == len(found) == 11
    assert {each.standing for each in found} == {Standing.SET, Standing.DEFAULT}
    assert "hunter2" not in repr(found)
    names = [each.name for each in variables({})]
    assert sorted(names) == sorted(set(names))


def test_no_address_shows_where_settings_are_printed() -> None:
    assert "hunter2" not in repr(AlertSettings.load(SMTP | {"ZOHO_PIPELINE_SANDBOX": "x"}))
