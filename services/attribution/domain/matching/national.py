"""Check the numbers that countries give companies: which are valid, and which part is the company's own.

A VAT number, a number of an establishment and the number of the company behind both are one company's number, so each
is reduced to the company's (tables/national.tsv). python-stdnum checks most countries; tables/identifiers.tsv has
written rules for those it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple, Protocol

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from services.attribution.domain.matching.tables import rows, words_of

_USUAL: Final = ("vat", "tin", "businessid", "businessregno")
"""Modules that python-stdnum has under one name for every country."""
_ALIASES: Final = {"EL": "GR", "UK": "GB", "XI": "GB"}
"""Codes that tax offices write for countries that ISO 3166 calls otherwise."""
_PREFIXED: Final = words_of("vat_prefixes")
"""Codes that VAT numbers begin with, so that the number itself tells its country."""
_FEWEST_OF_VAT: Final = 8
"""Characters of the shortest VAT number with its prefix that is worth refusing for its check digits."""
_VAT_LIKE: Final = re.compile(r"[A-Z]{2}(?=(?:[A-Z]?\d){5})[0-9A-Z]+")
# Swiss and Norwegian numbers name the tax behind the number, in any of their languages; people leave it out.
_TAXED: Final = re.compile(r"(?:CHE|CH|E|NO)?(\d{9})(?:MWST|TVA|IVA|VAT|MVA)")
_TAXED_IN: Final = {"MVA": "NO", "MWST": "CH", "TVA": "CH", "IVA": "CH"}
# A suffix that no module expects: the Hungarian kind of tax and county, the Russian reason for registration.
_SUFFIXED: Final = {"HU": re.compile(r"(\d{8})\d{3}"), "RU": re.compile(r"(\d{10})\d{9}")}
_GSTIN: Final = re.compile(r"\d{2}[A-Z]{5}\d{4}[A-Z]\w{3}")


class _Checks(Protocol):
    """A module of python-stdnum."""

    def validate(self, number: str) -> str:
        """The number in its compact form; raises `ValidationError`."""


class Number(NamedTuple):
    """A valid national number: the company's own part, its country, the series that it is one of."""

    value: str
    country: str
    series: str


def country_code(written: str | None) -> str | None:
    """The country as ISO 3166 calls it: GR for EL, GB for UK and XI."""
    return _ALIASES.get(written, written) if written else None


def national_number(kind: str, value: str, country: str | None) -> Number | None:
    """The number, valid in the country that it tells itself or in the stated one; None where it is valid in neither."""
    content = _told_country(value)
    if content is not None and content != country and (found := _of_country(kind, value, content)) is not None:
        return found
    return _of_country(kind, value, country) if country is not None else None


def known(kind: str, value: str, country: str | None) -> bool:
    """Whether rules say which numbers are valid, so that one which is not valid is none."""
    if country is not None:
        # Companies have more numbers than a library knows, but a tax number has one form.
        return (country, kind) in _written_rules() or (kind == "tax_id" and bool(_series(country)))
    return kind == "tax_id" and _told_country(value) is not None and len(value) >= _FEWEST_OF_VAT


def bare(value: str, country: str | None) -> str:
    """The number without the code of its country."""
    if country is not None and (value.startswith(country) or _ALIASES.get(value[:2]) == country):
        return value[2:]
    return value


def _told_country(value: str) -> str | None:
    """The country that the number itself tells, by its first letters or by its form."""
    if value[:2] in _PREFIXED and _VAT_LIKE.fullmatch(value):
        return country_code(value[:2])
    if (taxed := _TAXED.fullmatch(value)) is not None:
        return _TAXED_IN.get(value[taxed.end(1) :])
    return "IN" if _GSTIN.fullmatch(value) else None


def _of_country(kind: str, value: str, country: str) -> Number | None:
    rules = _written_rules().get((country, kind))
    for spelling in _spellings(value, country):
        if rules is not None:
            for place, rule in enumerate(rules):
                if rule.fullmatch(spelling):
                    return Number(spelling, country, f"{kind}.{place}")
        elif (found := _checked(spelling, country)) is not None:
            return found
    return None


def _spellings(value: str, country: str) -> Iterator[str]:
    """The ways in which the same number may have been written in full."""
    yield value
    short = bare(value, country)
    if short != value:
        yield short
    if country in ("CH", "NO") and (taxed := _TAXED.fullmatch(value)) is not None:
        yield taxed[1]
    if country in _SUFFIXED and (suffixed := _SUFFIXED[country].fullmatch(short)) is not None:
        yield suffixed[1]
    if country == "AT" and len(short) == 8 and short.isdecimal():
        yield f"U{short}"


def _checked(value: str, country: str) -> Number | None:
    for module, series, part in _series(country):
        try:
            valid = str(module.validate(value))
        except ValidationError:
            continue
        if part is None:
            return Number(valid, country, series)
        if (own := part.fullmatch(valid)) is not None:
            return Number(own[1], country, series)
    return None


@cache
def _series(country: str) -> tuple[tuple[_Checks, str, re.Pattern[str] | None], ...]:
    """The modules that check the country's numbers, best first, with series and own part."""
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        return ()
    listed = [row for row in rows("national.tsv") if row[0] == country]
    found = []
    for name, series, part in ((row[1], row[2], row[3]) for row in listed) if listed else ((n, n, "") for n in _USUAL):
        if (module := get_cc_module(country.lower(), name)) is not None:
            found.append((module, series, re.compile(part) if part else None))
    return tuple(found)


@cache
def _written_rules() -> dict[tuple[str, str], tuple[re.Pattern[str], ...]]:
    rules: dict[tuple[str, str], tuple[re.Pattern[str], ...]] = {}
    for country, kind, pattern, *_ in rows("identifiers.tsv"):
        rules[country, kind] = (*rules.get((country, kind), ()), re.compile(pattern))
    return rules
