"""Names, roles and passwords: what will do, and what is said of what will not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.people.passwords import WeakPassword, hashed, matches, require_strength
from zoho_pipeline.people.person import (
    NotAllowed,
    NotAPerson,
    Person,
    Role,
    checked_name,
    checked_roles,
    key_of,
)

GOOD = "correct horse battery"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Zanele", "Zanele"), ("  Zanele   Dube ", "Zanele Dube"), ("z.dube@circletel.co.za", "z.dube@circletel.co.za"),
     ("Müller-O'Neil", "Müller-O'Neil")],
)  # fmt: skip
def test_a_name_is_kept_as_people_write_it(typed: str, kept: str) -> None:
    assert checked_name(typed) == kept


@pytest.mark.parametrize("typed", ["", " ", "Z", "-zanele", "a\x00b", "a\u202eb", "x" * 64, "a;b", "a\nb<script>"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(NotAPerson, match="is no name to sign in with"):
        checked_name(typed)


def test_names_that_differ_in_case_alone_are_one() -> None:
    assert key_of("  ZANELE  dube") == key_of("Zanele Dube")


def test_roles_are_a_closed_list() -> None:
    assert checked_roles(["Preparer ", "viewer"]) == {Role.PREPARER, Role.VIEWER}
    with pytest.raises(NotAPerson, match="'boss' is no role: choose among viewer, operator, preparer, approver, admin"):
        checked_roles(["boss"])
    with pytest.raises(NotAPerson, match="needs a role"):
        checked_roles([])


def test_no_role_holds_another() -> None:
    for role in Role:
        person = Person(1, "Zanele", frozenset({role}))
        assert [other for other in Role if person.may(other)] == [role]


def test_who_was_disabled_may_nothing() -> None:
    person = Person(1, "Zanele", frozenset(Role), disabled=True)
    assert not any(person.may(role) for role in Role)
    with pytest.raises(NotAllowed, match="Zanele may not approve a month: that takes the role approver"):
        person.require("approve a month", Role.APPROVER)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "12 to 256 characters"),
        ("x" * 300, "12 to 256 characters"),
        ("aaaaaaaaaaaaaaa", "6 different characters"),
        ("abababababababab", "6 different characters"),
        ("my name is zanele", "does not hold the name"),
        ("DUBE and the rest", "does not hold the name"),
    ],
)
def test_a_weak_password_is_refused_and_never_repeated(password: str, says: str) -> None:
    with pytest.raises(WeakPassword) as told:
        require_strength(password, "Zanele Dube")
    assert says in str(told.value)
    assert password not in str(told.value)


def test_a_good_password_is_kept_so_that_nobody_can_read_it() -> None:
    require_strength(GOOD, "Zanele Dube")
    kept = hashed(GOOD)
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept
    assert kept != hashed(GOOD)
    assert matches(GOOD, kept)
    assert not matches(GOOD + " ", kept)
    assert not matches(GOOD, "no hash at all")


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    assert matches("ge\u0301nerique horse", hashed("g\u00e9nerique horse"))


@given(st.text(min_size=2, max_size=30))
def test_every_name_that_will_do_is_found_again_by_its_key(typed: str) -> None:
    try:
        kept = checked_name(typed)
    except NotAPerson:
        return
    assert checked_name(kept) == kept
    assert key_of(kept) == key_of(typed)
