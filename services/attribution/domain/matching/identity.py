"""Identity of customers: identifiers decide, names only where no kind of identifier is common to both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from stdnum import lei as lei_number

from services.attribution.domain.matching.normal_form import normal_form
from shared.events.registration import Customer

STRONG = ("tax_id", "company_id", "duns", "lei")
_NATIONAL = ("tax_id", "company_id")
# Addresses that anybody can have say nothing about a company.
_FREE_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "yahoo.com",
        "icloud.com",
        "aol.com",
        "proton.me",
        "gmx.de",
        "gmx.net",
        "web.de",
        "mail.ru",
        "yandex.ru",
        "qq.com",
        "163.com",
    ]
)
_SEPARATORS = re.compile(r"[^0-9A-Z]")
_DOMAIN = re.compile(r"^(?:[a-z]+://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[:/].*)?")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a customer is known by: valid identifiers by kind, its domain, its name's normal form."""

    strong: tuple[tuple[str, str], ...]
    country: str | None
    domain: str | None
    name: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Where it is listed, as `kind:value`; identity holds only between customers with a key in common."""
        domain = (f"domain:{self.domain}",) if self.domain else ()
        return (*(f"{kind}:{value}" for kind, value in self.strong), *domain, self.name_key)

    @property
    def name_key(self) -> str:
        """The one key that every customer has."""
        return f"name:{self.name}"

    @property
    def identified(self) -> bool:
        """Whether anything but a name says who it is."""
        return bool(self.strong or self.domain)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two customers compare: `same` and `look` by these keys, or `different`."""

    answer: Literal["same", "look", "different"]
    keys: tuple[str, ...] = ()


DIFFERENT = Verdict("different")


@lru_cache(maxsize=65_536)
def identity_of(customer: Customer) -> Identity:
    """The customer's identity; identifiers that cannot be valid are left out."""
    strong = ((kind, _identifier(kind, getattr(customer, kind))) for kind in STRONG)
    return Identity(
        strong=tuple((kind, value) for kind, value in strong if value is not None),
        country=customer.country,
        domain=_domain(customer.domain),
        name=normal_form(customer.legal_name),
    )


def _identifier(kind: str, written: str | None) -> str | None:
    if written is None:
        return None
    value = _SEPARATORS.sub("", written.upper())
    if kind == "duns":
        valid = len(value) == 9 and value.isdecimal()
    elif kind == "lei":
        valid = bool(lei_number.is_valid(value))
    else:
        valid = len(value) >= 3
    # "000000000" and the like are what people type into a mandatory field.
    return value if valid and len(set(value)) > 1 else None


def _domain(written: str | None) -> str | None:
    match = _DOMAIN.fullmatch((written or "").strip().lower())
    return match[1] if match and match[1] not in _FREE_MAIL else None


def compare(one: Identity, other: Identity) -> Verdict:
    """Same where a valid identifier is equal and none of the same kind differs; names where no kind is common.

    Of names it knows equal normal forms alone.
    """
    found = by_identifiers(one, other)
    if found is not None:
        return found
    return Verdict("look", (one.name_key,)) if one.name == other.name else DIFFERENT


def by_identifiers(one: Identity, other: Identity) -> Verdict | None:
    """What the identifiers say; None where no kind is common, and names are all there is."""
    mine, theirs = dict(one.strong), dict(other.strong)
    common = [kind for kind in STRONG if kind in mine and kind in theirs]
    if common:
        equal = [kind for kind in common if _equal(kind, one, other)]
        return Verdict("same", tuple(f"{kind}:{mine[kind]}" for kind in common)) if equal == common else DIFFERENT
    if not mine and not theirs and one.domain and other.domain:
        # A domain counts only where neither side has anything stronger.
        return Verdict("same", (f"domain:{one.domain}",)) if one.domain == other.domain else DIFFERENT
    return None


def _equal(kind: str, one: Identity, other: Identity) -> bool:
    if dict(one.strong)[kind] != dict(other.strong)[kind]:
        return False
    # National numbers repeat between countries.
    return kind not in _NATIONAL or one.country is None or other.country is None or one.country == other.country
