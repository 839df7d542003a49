"""The chain of the trail: whatever is changed of it, wherever, is told with the first entry that is not as it was."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.reconciliation.closing.chain import (
    BEGINNING,
    Entry,
    Head,
    Kept,
    NoHead,
    Signer,
    What,
    broken,
    contradicts,
)

AT = datetime(2025, 10, 3, 6, 12, tzinfo=UTC)
TEXT = st.text(max_size=12)
FACTS = st.dictionaries(TEXT, TEXT | st.integers() | st.booleans() | st.none() | st.lists(TEXT, max_size=2), max_size=3)
CONTENTS = st.lists(st.tuples(st.sampled_from(What), TEXT, FACTS), min_size=1, max_size=6)
Content = tuple[What, str, dict[str, Any]]
Chain = tuple[list[Kept], Head]


def chain(contents: list[Content]) -> Chain:
    """A trail of these entries, as it is written."""
    head, kept = BEGINNING, []
    for what, name, facts in contents:
        entry = Entry(head.number + 1, AT, what, Signer(head.number, name), facts)
        head = head.then(entry.content)
        kept.append(Kept(head.number, entry.content, head.hash))
    return kept, head


CHAINS = CONTENTS.map(chain)
THREE = chain(
    [(What.PREPARED, "Pieter", {"month": "2025-09"}), (What.APPROVED, "Ayanda", {}), (What.REOPENED, "x", {})]
)


@given(CHAINS)
def test_a_chain_as_it_was_written_is_whole_and_says_what_was_entered(written: Chain) -> None:
    kept, head = written
    assert broken(kept, head) is None
    assert [Entry.read(each.content).content for each in kept] == [each.content for each in kept]


@given(CHAINS, st.data())
def test_any_flipped_bit_of_content_or_hash_is_found_at_its_entry(written: Chain, data: st.DataObject) -> None:
    kept, head = written
    place = data.draw(st.integers(0, len(kept) - 1))
    column = data.draw(st.sampled_from(["content", "hash"]))
    before = getattr(kept[place], column)
    where, bit = data.draw(st.integers(0, len(before) - 1)), data.draw(st.integers(0, 6))
    after = before[:where] + chr(ord(before[where]) ^ (1 << bit)) + before[where + 1 :]
    kept[place] = replace(kept[place], **{column: after})
    assert (broken(kept, head) or "").startswith(f"entry {place + 1} was altered")


@given(CHAINS, st.data())
def test_an_entry_that_is_taken_out_is_missed(written: Chain, data: st.DataObject) -> None:
    kept, head = written
    place = data.draw(st.integers(0, len(kept) - 1))
    del kept[place]
    told = broken(kept, head) or ""
    assert told.startswith("the trail ends with" if place == len(kept) else f"entry {place + 1} is missing")


@given(CHAINS, st.data())
def test_another_number_is_found(written: Chain, data: st.DataObject) -> None:
    kept, head = written
    place = data.draw(st.integers(0, len(kept) - 1))
    other = data.draw(st.integers(-3, 9).filter(lambda number: number != place + 1))
    kept[place] = replace(kept[place], number=other)
    assert broken(kept, head) == f"entry {place + 1} is missing"


@given(CHAINS, CONTENTS)
def test_a_trail_written_anew_is_another_than_the_one_whose_head_was_printed(
    written: Chain, others: list[Content]
) -> None:
    (kept, head), (new, new_head) = written, chain(others)
    assert broken(new, new_head) is None
    same = [each.content for each in new][: len(kept)] == [each.content for each in kept]
    assert (contradicts(Head.parse(head.printed), new) is None) == same


def test_a_printed_head_stays_right_when_more_is_entered() -> None:
    kept, _ = THREE
    for each in kept:
        assert contradicts(Head.parse(Head(each.number, each.hash).printed), kept) is None
    assert contradicts(Head.parse(BEGINNING.printed), kept) is None


def test_an_end_that_was_cut_off_together_with_the_head_shows_in_a_printed_head() -> None:
    kept, head = THREE
    short = kept[:2]
    assert broken(short, Head(2, short[1].hash)) is None
    assert (
        contradicts(Head.parse(head.printed), short)
        == "entry 3 was printed, and is missing: the trail ends with entry 2"
    )


def test_an_entry_that_no_program_wrote_is_told_even_if_its_hash_fits() -> None:
    for content in ("{}", "no json", '{"number":1}', '{"at": "x"}'):
        head = BEGINNING.then(content)
        assert broken([Kept(1, content, head.hash)], head) == "entry 1 says what no entry says"


@pytest.mark.parametrize("text", ["", "12", "12-xyz", "12-3f9a2c7b1e0d4a5", "x-3f9a2c7b1e0d4a55"])
def test_what_is_no_head_is_told(text: str) -> None:
    with pytest.raises(NoHead, match="is no head of the trail: write it as it is printed"):
        Head.parse(text)


def test_a_head_is_short_enough_to_print() -> None:
    _, head = THREE
    assert len(head.printed) == 18
    assert head.hash.startswith(head.printed.removeprefix("3-"))
