"""Make numbers of companies that are valid: a number with wrong check digits identifies nobody."""

from __future__ import annotations

from stdnum.iso7064 import mod_11_10

FIRST = 10_000_000
"""German VAT numbers have eight digits before their check digit, and do not begin with a zero."""


def german_vat(number: int) -> str:
    """The VAT number of the nth company, another one for each n."""
    digits = str(FIRST + number)
    return f"DE{digits}{mod_11_10.calc_check_digit(digits)}"
