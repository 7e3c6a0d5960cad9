"""What people type for amounts and codes: read where it has one reading, and left to be refused where it has two."""

from __future__ import annotations

import pytest

from services.console.written import amount_of, code_of


@pytest.mark.parametrize(
    "typed, currency, read",
    [
        ("160000", "USD", "160000"), ("160000.5", "USD", "160000.5"), ("160,000", "USD", "160000"),
        ("160,000.00", "USD", "160000.00"), ("1,160,000", "KWD", "1160000"), ("160.000,00", "EUR", "160000.00"),
        ("1.160.000", "EUR", "1160000"), ("160.000", "EUR", "160000"), ("160 000,5", "EUR", "160000.5"),
        ("160\u00a0000", "EUR", "160000"), ("160'000.00", "CHF", "160000.00"), ("12,5", "EUR", "12.5"),
        ("١٦٠٬٠٠٠٫٥٠", "EGP", "160000.50"), ("0.125", "KWD", "0.125"),
        # two readings, or none
        ("1,234", "KWD", "1,234"), ("1.234", "KWD", "1.234"), ("1,234", "", "1,234"), ("1,23,456", "EUR", "1,23,456"),
        ("soon", "EUR", "soon"), ("1,2345", "EUR", "1,2345"), ("-5", "EUR", "-5"),
    ],
)  # fmt: skip
def test_an_amount_with_one_reading_is_read(typed: str, currency: str, read: str) -> None:
    assert amount_of(typed, currency) == read


def test_a_code_is_put_in_capitals_and_a_name_is_left_as_it_is() -> None:
    assert [code_of(one, 2) for one in ("de", "De", "Germany", "d1", "ß")] == ["DE", "DE", "Germany", "d1", "ß"]
