"""A listing that ends without an error has been seen whole."""

from typing import Any

import pytest

from zoho_pipeline.zoho.errors import UnexpectedAnswer, ZohoFailed
from zoho_pipeline_tests.zoho.practice import SOMEBODY, Practice


def row(number: int) -> dict[str, Any]:
    return {"customer_id": str(number), "display_name": f"C{number}"}


def page(rows: list[dict[str, Any]], **context: Any) -> dict[str, Any]:
    return {"code": 0, "message": "success", "customers": rows, "page_context": context}


def fill(practice: Practice, number: int) -> None:
    for each in range(number):
        practice.customer(f"Customer {each}")


def test_all_pages_come_and_each_object_once(practice: Practice) -> None:
    fill(practice, 401)
    pages = list(practice.zoho.customers(SOMEBODY))
    assert [(each.number, len(each.rows), each.more) for each in pages] == [
        (1, 200, True),
        (2, 200, True),
        (3, 1, False),
    ]
    assert len({customer.id for each in pages for customer in each.rows}) == 401
    assert len(practice.arrived("GET", "/customers")) == 3


def test_pages_arrive_one_by_one(practice: Practice) -> None:
    fill(practice, 201)
    next(practice.zoho.customers(SOMEBODY))
    assert len(practice.arrived("GET", "/customers")) == 1


@pytest.mark.parametrize("empty_list_is_204", [False, True])
def test_an_empty_list_is_one_empty_page(practice: Practice, empty_list_is_204: bool) -> None:
    practice.behave(empty_list_is_204=empty_list_is_204)
    assert [each.rows for each in practice.zoho.customers(SOMEBODY)] == [()]


def test_a_listing_that_breaks_off_raises(practice: Practice) -> None:
    fill(practice, 201)
    pages = practice.zoho.customers(SOMEBODY)
    next(pages)
    practice.befall("html_503", method="GET", path="/customers", times=None)
    with pytest.raises(ZohoFailed):
        next(pages)


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ([page([row(1)], page=1, has_more_page=True)] * 2, "page 2 was asked for and another one came"),
        ([page([row(1)], has_more_page=True)] * 2, "page 2 repeats an earlier page"),
        ([page([row(1)], has_more_page=True), page([row(1)], has_more_page=False)], "page 2 repeats an earlier page"),
        ([page([], has_more_page=True)], "is empty and says that there are more"),
        ([page([row(1)])], "does not say whether there are more"),
        ([page([row(1)], has_more_page="yes")], "does not say whether there are more"),
        ([{"code": 0, "customers": [row(n) for n in range(200)]}], "is full and does not say"),
        ([{"code": 0, "page_context": {"has_more_page": False}}], "holds no customers"),
        ([page([row(1), {"customer_id": "2"}], has_more_page=False)], "display_name is missing .*customer 2"),
        ([{"code": 0, "customers": {"1": row(1)}, "page_context": {"has_more_page": False}}], "no list"),
    ],
)
def test_an_answer_that_cannot_be_the_list_raises(
    practice: Practice, answers: list[dict[str, Any]], complaint: str
) -> None:
    for answer in answers:
        practice.befall("answer", method="GET", path="/customers", status=200, body=answer)
    with pytest.raises(UnexpectedAnswer, match=complaint):
        list(practice.zoho.customers(SOMEBODY))


def test_a_short_page_that_says_nothing_is_the_last(practice: Practice) -> None:
    practice.befall("answer", method="GET", path="/customers", status=200, body={"code": 0, "customers": [row(1)]})
    assert [len(each.rows) for each in practice.zoho.customers(SOMEBODY)] == [1]
