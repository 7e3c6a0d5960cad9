"""Reconciliation: what is printed must be what the file says, or the command fails and says where it differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from dealreg.demo.export import Export, read_export
from dealreg.demo.importing import Seconds
from dealreg.demo.result import Book, differences, result

BOOK = Book(
    states=Counter(protected=98, waiting=14, converted=1747, expired=701, lost=3312, rejected=1340),
    detected=4562,
    promoted=1848,
    cases=Counter(protected=1667, further=184, late=80, breach=2232, unprotected=75),
    won_value=Decimal("10005534"),
    unlinked=0,
)


@pytest.fixture(scope="module")
def export() -> Export:
    return read_export()


def test_a_book_like_the_file_reconciles(export: Export) -> None:
    printed = result(export, BOOK, {}, Seconds(1, 2, 3))
    assert differences(export, printed) == []
    assert printed["won_value"] == "10005534.00"


@pytest.mark.parametrize(
    "book, what",
    [
        (replace(BOOK, states=BOOK.states + Counter(lost=1)), "deals of the file"),
        (replace(BOOK, states=BOOK.states - Counter(lost=1)), "rows read, less those not registrable"),
        (replace(BOOK, cases=BOOK.cases - Counter(late=1)), "won opportunities"),
        (replace(BOOK, won_value=Decimal("10005533.99")), "won value"),
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
