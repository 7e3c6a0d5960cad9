"""Identifiers of companies: which can be valid, and what two companies' identifiers say about each other."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple

from stdnum import get_cc_module
from stdnum import lei as lei_number
from stdnum.exceptions import ValidationError

from services.attribution.domain.matching.tables import rows

Kind = Literal["tax_id", "company_id", "duns", "lei"]
KINDS: Final[tuple[Kind, ...]] = ("lei", "duns", "tax_id", "company_id")
NATIONAL: Final = frozenset({"tax_id", "company_id"})
SHORTEST: Final = 4
"""Characters of a national identifier whose country has no rule here."""
_SEPARATORS: Final = re.compile(r"[^0-9A-Z]")
# What python-stdnum calls the number that a company is taxed or registered under, best first.
_MODULES: Final[dict[str, tuple[str, ...]]] = {
    "tax_id": ("vat", "tin", "businessid", "businessregno"),
    "company_id": ("businessid", "businessregno", "vat", "tin"),
}


class Identifier(NamedTuple):
    """A valid identifier in its compact form; a national one holds within its country."""

    kind: Kind
    value: str
    country: str | None
    checked: bool
    """Whether a check digit or a written rule vouches for its form."""


@lru_cache(maxsize=65_536)
def read_identifier(kind: Kind, written: str | None, country: str | None = None) -> Identifier | None:
    """The identifier, or none where the text cannot be one: wrong check digits, placeholders, runs of one digit."""
    value = _SEPARATORS.sub("", (written or "").upper())
    if len(set(value)) < 2 or value in _RUNS:
        return None
    if kind == "duns":
        return Identifier(kind, value, None, True) if len(value) == 9 and value.isdecimal() else None
    if kind == "lei":
        return Identifier(kind, value, None, True) if lei_number.is_valid(value) else None
    for rule in _written_rules().get((country or "", kind), ()):
        if rule.fullmatch(value):
            return Identifier(kind, value, country, True)
        if country and rule.fullmatch(value.removeprefix(country)):
            return Identifier(kind, value.removeprefix(country), country, True)
    if (country or "", kind) in _written_rules():
        return None
    return _of_library(kind, value, country)


# What people type into a mandatory field.
_RUNS: Final = frozenset("1234567890"[:n] for n in range(3, 11)) | frozenset({"12345678901", "0123456789", "987654321"})


def _of_library(kind: Kind, value: str, country: str | None) -> Identifier | None:
    """The identifier by the rules of python-stdnum where it knows the country's; a number by its length where not."""
    known = False
    for name in _MODULES[kind] if country else ():
        module = get_cc_module(country.lower(), name) if country else None
        if module is None:
            continue
        known = True
        try:
            return Identifier(kind, str(module.validate(value)), country, True)
        except ValidationError:
            continue
    # Companies have more numbers than a library knows, but a tax number has one form.
    if (known and kind == "tax_id") or len(value) < SHORTEST or not any(c.isdigit() for c in value):
        return None
    return Identifier(kind, value, country, False)


@cache
def _written_rules() -> dict[tuple[str, str], tuple[re.Pattern[str], ...]]:
    rules: dict[tuple[str, str], tuple[re.Pattern[str], ...]] = {}
    for country, kind, pattern, *_ in rows("identifiers.tsv"):
        rules[country, kind] = (*rules.get((country, kind), ()), re.compile(pattern))
    return rules


class Agreement(NamedTuple):
    """The kinds of identifiers that two companies have in common, by whether they are equal."""

    equal: tuple[Kind, ...]
    differing: tuple[Kind, ...]


def agreement(one: tuple[Identifier, ...], other: tuple[Identifier, ...]) -> Agreement:
    """What the identifiers of both sides say; national ones of two countries say nothing."""
    equal: list[Kind] = []
    differing: list[Kind] = []
    for mine in one:
        for theirs in other:
            if mine.kind != theirs.kind:
                continue
            if mine.kind in NATIONAL and mine.country and theirs.country and mine.country != theirs.country:
                continue
            (equal if mine.value == theirs.value else differing).append(mine.kind)
    return Agreement(tuple(equal), tuple(differing))
