"""YAML 1.2 core schema: which value a plain word is, exact or refused."""

from __future__ import annotations

import math
import re

from shared.policy.refused import Place

Scalar = str | int | float | bool | None

MAX_EXACT_DIGITS = 15
"""A double keeps so many decimal digits and no more: 99999999999999.99 would be read as 99999999999999.98."""
LEAST = 1e-300
"""Below this a double keeps fewer digits than that."""
LARGEST_INTEGER = 2**63 - 1
"""Whole numbers travel as JSON, whose readers hold 64 bits."""

_CONSTANTS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NO_NUMBERS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
# A second base must not be told by a sign: the core schema has neither -0x1F nor +0o17.
_INTEGER = re.compile(r"(?P<ten>[-+]?[0-9]+)|0o(?P<eight>[0-7]+)|0x(?P<sixteen>[0-9a-fA-F]+)")
_FRACTION = re.compile(r"[-+]?(?P<digits>\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASES = {"ten": 10, "eight": 8, "sixteen": 16}


def value_of(word: str, place: Place) -> Scalar:
    """The value of a plain word (tables 10.2 and following of YAML 1.2.2); raises `PolicyRefused`.

    What YAML 1.1 read otherwise is text here (`yes`, `on`, `1:30`, `1_0`, a date), or decimal (`060`).
    """
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    if found := _INTEGER.fullmatch(word):
        assert found.lastgroup is not None
        whole = int(found[found.lastgroup], _BASES[found.lastgroup])
        if abs(whole) > LARGEST_INTEGER:
            raise place.refuses("the number is too large; write one below 2^63, or text in quotes")
        return whole
    if found := _FRACTION.fullmatch(word):
        return _exactly(word, found["digits"], place)
    if _NO_NUMBERS.fullmatch(word):
        raise place.refuses(f"{word} is no number that a rule can use; write a decimal number, or text in quotes")
    return word


def _exactly(word: str, digits: str, place: Place) -> float:
    value, significant = float(word), digits.replace(".", "").strip("0")
    if math.isinf(value) or (significant and abs(value) < LEAST) or len(significant) > MAX_EXACT_DIGITS:
        raise place.refuses(f"the number cannot be kept exactly; write at most {MAX_EXACT_DIGITS} digits, or quote it")
    return value
