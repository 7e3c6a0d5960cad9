"""Tell whether two customers are one: identifiers decide, names only where no kind of identifier is common to both.

Every part of the product that asks who a customer is reads it here: the decider, the blind check, the queue, links of
opportunities, keys and the command. What a customer is known by is a function of its fields alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple, Protocol

from services.attribution.domain.matching.domains import label, registrable
from services.attribution.domain.matching.identifiers import KINDS, Identifier, read_identifier
from services.attribution.domain.matching.national import country_code
from services.attribution.domain.matching.normal_form import normal_form
from services.attribution.domain.matching.remembered import COMPANIES
from shared.events.registration import Customer


class Known(Protocol):
    """What identifiers a customer has, however else it is described."""

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Valid identifiers, at most one of a kind."""

    @property
    def country(self) -> str | None:
        """The country that is told of it, whatever its numbers say."""

    @property
    def domain(self) -> str | None:
        """The registered domain, where it is the customer's own."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a customer is known by: valid identifiers, its registered domain, its name's normal form."""

    identifiers: tuple[Identifier, ...]
    country: str | None
    domain: str | None
    name: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Where it is listed, as `kind:value`; identity holds only between customers with a key in common."""
        domain = (f"domain:{self.domain}",) if self.domain else ()
        return (*(identifier.key for identifier in self.identifiers), *domain, self.name_key)

    @property
    def name_key(self) -> str:
        """The one key that every customer has."""
        return _key_of(self.name)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of identifiers that it has, the domain not among them."""
        return tuple(identifier.kind for identifier in self.identifiers)

    @property
    def lei(self) -> str | None:
        """Its LEI, which other customers may name as their parent's."""
        return next((identifier.value for identifier in self.identifiers if identifier.kind == "lei"), None)

    @property
    def identified(self) -> bool:
        """Whether anything but a name says who it is."""
        return bool(self.identifiers or self.domain)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two customers compare: `same` and `look` by these keys, or `different`."""

    answer: Literal["same", "look", "different"]
    keys: tuple[str, ...] = ()
    contradiction: bool = False
    """Whether a person has to look because one identifier is equal and another differs, whatever the names are."""


DIFFERENT: Final = Verdict("different")


@lru_cache(maxsize=COMPANIES)
def identity_of(customer: Customer) -> Identity:
    """The customer's identity; identifiers that cannot be valid are left out."""
    return Identity(
        identifiers=identifiers_in(customer),
        country=country_code(customer.country),
        domain=registrable(customer.domain) if customer.domain else None,
        name=normal_form(customer.legal_name),
    )


def name_key(written: str) -> str:
    """The key that any customer of this name has."""
    return _key_of(normal_form(written))


def _key_of(name: str) -> str:
    return f"name:{name}"


def identifiers_in(customer: Customer) -> tuple[Identifier, ...]:
    """The valid identifiers among the customer's fields, in the order of `KINDS`."""
    found = []
    for kind in KINDS:
        written = getattr(customer, kind)
        if written is not None:
            identifier = read_identifier(kind, written, customer.country)
            if identifier is not None:
                found.append(identifier)
    return tuple(found)


class Agreement(NamedTuple):
    """The identifiers that two customers have in common, as keys by whether they are equal, and kinds that differ."""

    equal: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()


SILENT: Final = Agreement()


def agreement(one: Known, other: Known) -> Agreement:
    """What the identifiers of both sides say; a domain counts only where neither side has anything stronger.

    Numbers of two series of one country are not comparable, so unequal ones say nothing. Nor do numbers of two
    countries, since one company may have both, unless the customers are said to be in two countries: those are two
    entities, even where the digits are the same.
    """
    mine, theirs = one.identifiers, other.identifiers
    if not mine and not theirs:
        return _of_domains(one.domain, other.domain)
    equal: list[str] = []
    differing: list[str] = []
    # Unpacked, since every pair of claims on one customer comes by here: attributes cost a half more.
    for kind, value, country, series in mine:
        for kind_, value_, country_, series_ in theirs:
            if kind != kind_:
                continue
            if country != country_ and country and country_:
                if one.country != other.country and one.country and other.country:
                    differing.append(kind)
            elif value == value_:
                equal.append(f"{kind}:{value}")
            elif series == series_:
                differing.append(kind)
    return Agreement(tuple(equal), tuple(differing)) if equal or differing else SILENT


def _of_domains(one: str | None, other: str | None) -> Agreement:
    if one is None or other is None:
        return SILENT
    if one == other:
        return Agreement((f"domain:{one}",))
    # One company registers its name under many endings: nile.com and nile.de leave it to the names.
    return SILENT if label(one) == label(other) else Agreement((), ("domain",))


def compare(one: Identity, other: Identity) -> Verdict:
    """Same where a valid identifier is equal and none of the same kind differs; names where no kind is common.

    Of names it knows equal normal forms alone.
    """
    found = by_identifiers(one, other)
    if found is not None:
        return found
    return Verdict("look", (one.name_key,)) if one.name == other.name else DIFFERENT


def by_identifiers(one: Known, other: Known) -> Verdict | None:
    """What the identifiers say; None where no kind is common, and names are all there is."""
    equal, differing = agreement(one, other)
    if equal:
        return Verdict("look", equal, contradiction=True) if differing else Verdict("same", equal)
    return DIFFERENT if differing else None
