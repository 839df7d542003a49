"""Over any course of events: one message when an incident opens, one for each rise, one when it clears."""

import contextlib
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoho_pipeline.alerts.channel import Letter, NotSent
from zoho_pipeline.alerts.incidents import NoSuchIncident
from zoho_pipeline.alerts.symptoms import Symptom
from zoho_pipeline_tests.alerts import desk as practice
from zoho_pipeline_tests.alerts.desk import Desk, symptom
from zoho_pipeline_tests.practice.databases import Databases

SEEN = st.lists(
    st.builds(lambda key, customers: symptom(key, customers=customers), st.sampled_from("abc"), st.integers(0, 20)),
    max_size=3,
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("see"), st.sampled_from(["one", "two"]), SEEN),
        st.tuples(st.just("wait"), st.sampled_from([1, 60, 180, 3_000])),
        st.tuples(st.just("acknowledge"), st.integers(0, 5)),
        st.tuples(st.just("close"), st.integers(0, 5)),
        st.tuples(st.just("deliver"), st.lists(st.booleans(), max_size=4)),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def shared(databases: Databases) -> Iterator[Desk]:
    with databases.fresh() as engine:
        yield Desk(engine)


class Moody:
    """A channel that is down as often as it is told to be."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.moods: list[bool] = []
        self.taken: list[Letter] = []

    def send(self, letter: Letter) -> None:
        if self.moods and self.moods.pop():
            raise NotSent("it is down")
        self.taken.append(letter)


def carry_out(desk: Desk, step: tuple[object, ...], channels: list[Moody]) -> None:
    match step:
        case ("see", str(scope), list(seen)):
            desk.see(*(each for each in seen if isinstance(each, Symptom)), scope=scope)
        case ("wait", int(minutes)):
            desk.pass_time(minutes=minutes)
            desk.rise()
        case ("deliver", list(moods)):
            for channel in channels:
                channel.moods = list(moods)
            desk.deliver(*channels)
        case (str(act), int(which)):
            numbers = [each.id for each in desk.all()]
            if which < len(numbers):
                with contextlib.suppress(NoSuchIncident):
                    (desk.acknowledge if act == "acknowledge" else desk.close)(numbers[which])


@settings(max_examples=60)
@given(STEPS)
def test_messages_are_as_many_as_openings_rises_and_clearings(shared: Desk, steps: list[tuple[object, ...]]) -> None:
    desk = Desk(shared.engine, practice.settings(ALERT_WEBHOOK_URL="https://hooks.example/x"))
    desk.forget()
    channels = [Moody("log"), Moody("webhook")]
    for step in steps:
        carry_out(desk, step, channels)
    for channel in channels:
        channel.moods = []
    for _ in range(3):
        desk.pass_time(minutes=20)
        desk.deliver(*channels)

    for incident in desk.all():
        happened = Counter(event.kind.value for event in desk.events(incident.id))
        expected = {"opened": 1, "raised": happened["raised"], "cleared": int(incident.cleared_at is not None)}
        assert {kind: happened[kind] for kind in expected} == expected
        levels = [event.level for event in desk.events(incident.id)]
        assert levels == sorted(levels)
        told = [event.kind.value for event in desk.events(incident.id) if event.kind.value in expected]
        for channel in channels:
            letters = [letter for letter in channel.taken if letter.incident == incident.id]
            queued = [kind for number, kind, on in desk.queued() if number == incident.id and on == channel.name]
            assert queued == told
            assert len(letters) == len({letter.uid for letter in letters}) == len(told)
            assert [letter.level for letter in letters] == sorted(letter.level for letter in letters)
    open_keys = [(each.scope, each.key) for each in desk.all() if each.cleared_at is None]
    assert len(open_keys) == len(set(open_keys))
