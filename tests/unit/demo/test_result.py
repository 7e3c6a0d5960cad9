"""Reconciliation: what is printed must be what the file says, or the command fails and says where it differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from dealreg.demo.export import Export, read_export
from dealreg.demo.importing import Seconds
from dealreg.demo.result import Book, NotReconciled, differences, read_book, result

BOOK = Book(
    states=Counter(protected=98, waiting=14, converted=1747, expired=701, lost=3312, rejected=1340),
    detected=4562,
    promoted=1848,
    cases=Counter(protected=1667, further=184, late=80, breach=2232, unprotected=75),
    won_value=Decimal("10005534"),
    unlinked=Decimal(0),
    credited={"moses-frase": Decimal("6000000.10"), "anna-snelling": Decimal("4000000"), None: Decimal("5533.90")},
    accounts={"accrued": Decimal("956260.4"), "expense": Decimal("956260.4"), "held": Decimal("956260.4")},
)


@pytest.fixture(scope="module")
def export() -> Export:
    return read_export()


def test_a_book_like_the_file_reconciles(export: Export) -> None:
    printed = result(export, BOOK, {}, Seconds(1, 2, 3))
    assert differences(export, printed) == []
    money = ("won_value", "credited", "house", "unlinked", "rewards", "partners")
    assert {name: printed[name] for name in money} == {
        "won_value": "10005534.00",
        "credited": "10000000.10",
        "house": "5533.90",
        "unlinked": "0.00",
        "rewards": {"accrued": "956260.40", "held": "956260.40", "payable": "0.00", "reversed": "0.00"},
        "partners": {"Anna Snelling": "4000000.00", "Moses Frase": "6000000.10"},
    }


def test_the_keys_are_those_of_the_rules_in_their_order(export: Export) -> None:
    assert list(result(export, BOOK, {}, Seconds(1, 2, 3))) == [
        "rows_read", "registered", "not_registrable", "states", "conflicts", "won_cases", "won_value", "credited",
        "house", "unlinked", "rewards", "partners", "digests", "seconds",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "book, what",
    [
        (replace(BOOK, states=BOOK.states + Counter(lost=1)), "deals of the file"),
        (replace(BOOK, states=BOOK.states - Counter(lost=1)), "rows read, less those not registrable"),
        (replace(BOOK, cases=BOOK.cases - Counter(late=1)), "won opportunities"),
        (replace(BOOK, won_value=Decimal("10005533.99")), "won value: "),
        (replace(BOOK, credited={**BOOK.credited, None: Decimal("5533.89")}), "won value, as credited"),
        (replace(BOOK, credited={"moses-frase": Decimal("10005534.01")}), "won value, as credited"),
        (replace(BOOK, unlinked=Decimal("0.01")), "won value, as credited"),
        (replace(BOOK, accounts={**BOOK.accounts, "payable": Decimal("0.01")}), "accrued rewards"),
        (replace(BOOK, accounts={**BOOK.accounts, "paid": Decimal(1), "held": Decimal("956259.4")}), "accrued rewards"),
    ],
)
def test_a_book_that_differs_is_named(export: Export, book: Book, what: str) -> None:
    told = differences(export, result(export, book, {}, Seconds(1, 2, 3)))
    assert [one for one in told if one.startswith(what)]


def test_a_state_without_a_name_of_its_own_is_shown_and_counted(export: Export) -> None:
    book = replace(BOOK, states=BOOK.states - Counter(lost=1) + Counter(in_review=1))
    printed = result(export, book, {}, Seconds(1, 2, 3))
    assert printed["states"]["in_review"] == 1
    assert differences(export, printed) == []


async def test_the_book_is_read_page_by_page_and_added_up_by_partner() -> None:
    async with answering(ANSWERS) as client:
        book = await read_book(client, "key")
    assert book == Book(
        states=Counter(converted=2),
        detected=2,
        promoted=1,
        cases=Counter(breach=1, unlinked=1),
        won_value=Decimal("15.5"),
        unlinked=Decimal(5),
        credited={"ann": Decimal("8.4"), None: Decimal("2.1")},
        accounts={"accrued": Decimal("1.05"), "held": Decimal("1.05")},
    )


async def test_money_in_another_currency_is_never_added() -> None:
    paid = {"key": "held", "accounts": [{"account": "held", "amount": {"amount": "1", "currency": "EUR"}}]}
    async with answering({**ANSWERS, "/v1/payouts/summary": [{"groups": [paid]}]}) as client:
        with pytest.raises(NotReconciled, match="EUR"):
            await read_book(client, "key")


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


ANSWERS: dict[str, list[dict[str, Any]]] = {
    "/v1/pipeline/summary": [{"groups": [{"key": "converted", "registrations": 2}]}],
    "/v1/conflicts": [{"items": [{"outcome": "promoted"}, {"outcome": None}]}],
    "/v1/opportunities": [
        {
            "items": [
                {"case": "breach", "amount": usd("10.50"), "registration": "reg_1"},
                {"case": "unlinked", "amount": usd("5.00"), "registration": None},
            ]
        }
    ],
    "/v1/credits": [
        {"items": [{"partner": "ann", "amount": usd("6.30")}, {"partner": None, "amount": usd("2.10")}]},
        {"items": [{"partner": "ann", "amount": usd("2.10")}]},
    ],
    "/v1/payouts/summary": [
        {
            "groups": [
                {"key": "accrued", "accounts": [{"account": "accrued", "amount": usd("1.05")}]},
                {"key": "held", "accounts": [{"account": "held", "amount": usd("1.05")}]},
            ]
        }
    ],
}
"""What the query API answers, page by page."""


def answering(answers: dict[str, list[dict[str, Any]]]) -> httpx.AsyncClient:
    """A client of an API that answers just that."""

    def answer(request: httpx.Request) -> httpx.Response:
        pages, place = answers[request.url.path], int(request.url.params.get("page", 0))
        more = f"{request.url.path}?page={place + 1}" if place + 1 < len(pages) else None
        return httpx.Response(200, json={**pages[place], "next": more})

    return httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://dealreg")
