"""`zoho-pipeline duplicates`: what stands twice, as of when, and what to do."""

import pytest

from zoho_pipeline_tests.commands.conftest import Command
from zoho_pipeline_tests.practice.world import PracticeWorld


@pytest.fixture
def there(world: PracticeWorld, monkeypatch: pytest.MonkeyPatch) -> PracticeWorld:
    """A practice world that the command line leads to."""
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    return world


def test_nothing_twice_ends_well_and_says_as_of_when(zoho_pipeline: Command, there: PracticeWorld) -> None:
    there.circletel.customer()
    there.run()
    ended = zoho_pipeline("duplicates", "--fresh")

    assert ended.status == 0, ended.out
    assert "customers: nothing twice, as of " in ended.out
    assert "payments: nothing twice, as of " in ended.out


def test_a_second_object_is_shown_with_what_to_do_and_no_names(zoho_pipeline: Command, there: PracticeWorld) -> None:
    row = there.circletel.customer()
    there.run()
    second = there.zoho.customer(row, display_name="Sipho Dlamini", email="sipho@example.co.za")
    ended = zoho_pipeline("duplicates", "--fresh")

    assert ended.status == 1
    assert "customers: 1 twice, as of " in ended.out
    assert second in ended.out
    assert "merge them or delete all but one" in " ".join(ended.out.replace("│", " ").split())
    assert "Sipho" not in ended.out
    assert "@" not in ended.out


def test_without_complete_lists_nobody_can_tell(zoho_pipeline: Command, there: PracticeWorld) -> None:
    ended = zoho_pipeline("duplicates")

    assert ended.status == 1
    assert "Zoho's customers were never listed completely" in " ".join(ended.out.split())
    assert there.zoho.calls() == []


def test_old_lists_do_not_tell_either(zoho_pipeline: Command, there: PracticeWorld) -> None:
    zoho_pipeline("duplicates", "--fresh")
    there.age_everything(8 * 86_400)
    ended = zoho_pipeline("duplicates")

    assert ended.status == 1
    assert "too long ago to tell" in " ".join(ended.out.split())
