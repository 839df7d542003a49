"""The four kinds, by the names that people use for them."""

import pytest

from zoho_pipeline.entities import PARENTS_FIRST, Entity, UnknownEntity, entity
from zoho_pipeline.errors import Foreseen


@pytest.mark.parametrize("kind", PARENTS_FIRST)
def test_a_kind_is_known_by_its_plural_and_its_singular(kind: Entity) -> None:
    names = [kind.value, kind.singular, kind.value.upper(), f" {kind.singular} "]
    assert {entity(name) for name in names} == {kind}


@pytest.mark.parametrize("name", ["", "customer_services", "refunds", "s"])
def test_an_unknown_kind_is_refused_with_those_that_exist(name: str) -> None:
    with pytest.raises(UnknownEntity) as caught:
        entity(name)
    assert isinstance(caught.value, Foreseen)
    assert str(caught.value) == (
        f"Unknown entity {name!r}: choose one of customers, subscriptions, invoices, payments."
    )


def test_parents_stand_before_their_children() -> None:
    assert list(PARENTS_FIRST) == ["customers", "subscriptions", "invoices", "payments"]
