"""Amounts as scenarios write them: `10,000 USD`."""

from __future__ import annotations

import re

from shared.events.money import Money
from shared.values import BadValue, parse_amount

_WRITTEN = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)? ([A-Z]{3})")


def money_of(written: object) -> Money:
    """Return the money that is written; raises `BadValue`."""
    found = _WRITTEN.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise BadValue("money.not_decimal", "write an amount with its currency, such as 10,000 USD")
    amount, currency = found[1].replace(",", "") + (found[2] or ""), found[3]
    return Money(amount=parse_amount(amount, currency), currency=currency)


def is_money(written: str) -> bool:
    """Whether the text is an amount with a currency."""
    return _WRITTEN.fullmatch(written) is not None


def in_words(money: Money) -> str:
    """Return the amount as a scenario compares it, with all its decimals."""
    return f"{money.amount} {money.currency}"
