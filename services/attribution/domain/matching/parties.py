"""Two companies compared by all that is known of them: identifiers first, then names, places and domains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from services.attribution.domain.matching.answer import Answer
from services.attribution.domain.matching.domains import label
from services.attribution.domain.matching.folding import plain, seen
from services.attribution.domain.matching.identifiers import Identifier
from services.attribution.domain.matching.identity import agreement, identity_of
from services.attribution.domain.matching.name import Name, read_name
from services.attribution.domain.matching.remembered import COMPANIES
from services.attribution.domain.matching.score import score
from shared.events.registration import Customer

_WEAK = frozenset({"similar", "common", "initials", "numbers_one", "kin"})
"""Rules of `look` that another country outweighs; a name that holds the other may still be one of its group."""


@dataclass(frozen=True, slots=True)
class Party:
    """What a company is known by; everything but the name may be missing."""

    name: Name
    identifiers: tuple[Identifier, ...] = ()
    country: str | None = None
    city: str | None = None
    domain: str | None = None
    """The registrable domain; none for free mail and hosting."""
    parent: Name | None = None


@lru_cache(maxsize=COMPANIES)
def party_of(customer: Customer) -> Party:
    """The customer as matching reads it."""
    known = identity_of(customer)
    return Party(
        name=read_name(customer.legal_name, known.country),
        identifiers=known.identifiers,
        country=known.country,
        city=customer.city,
        domain=known.domain,
        parent=read_name(customer.subsidiary_of) if customer.subsidiary_of else None,
    )


def score_parties(one: Party, other: Party, *, shared_domains: frozenset[str] = frozenset()) -> Answer:
    """The answer for two companies; `shared_domains` are those that several known companies have."""
    by_name = score(one.name, other.name)
    common = agreement(one, other)
    equal, differing = tuple(key.partition(":")[0] for key in common.equal), common.differing
    fields = tuple((kind, "equal") for kind in equal) + tuple((kind, "differs") for kind in differing)
    if equal and differing:
        return Answer("look", by_name.score, "contradiction", (*fields, *by_name.evidence))
    if equal:
        return Answer("same", 1.0, "identifier", (*fields, *by_name.evidence))
    if differing:
        return Answer("clear", 0.0, "identifier", (*fields, *by_name.evidence))
    return _with_places(one, other, by_name, shared_domains)


def _with_places(one: Party, other: Party, answer: Answer, shared_domains: frozenset[str]) -> Answer:
    evidence = list(answer.evidence)
    if one.domain and other.domain:
        equal = one.domain == other.domain
        evidence.append(("domain", "equal" if equal else "differs"))
        if equal:
            answer = _of_one_domain(answer, shared=one.domain in shared_domains)
        elif answer.band == "same" and label(one.domain) != label(other.domain):
            answer = replace(answer, band="look", rule="domains")
    if one.country and other.country:
        evidence.append(("country", "equal" if one.country == other.country else "differs"))
        if one.country != other.country and answer.rule in _WEAK:
            answer = replace(answer, band="clear", score=0.0, rule="countries")
        elif one.country != other.country and answer.band == "same":
            answer = replace(answer, band="look", rule="countries")
    if one.city and other.city:
        evidence.append(("city", "equal" if plain(seen(one.city)) == plain(seen(other.city)) else "differs"))
    if answer.band != "clear" and _subsidiary(one, other):
        evidence.append(("group", "subsidiary"))
        answer = replace(answer, band="look", rule="group")
    return replace(answer, evidence=tuple(evidence))


def _of_one_domain(answer: Answer, *, shared: bool) -> Answer:
    if shared or answer.band == "clear" or answer.rule == "kin":
        return replace(answer, band="look", rule="group")
    if answer.rule in ("forms", "group", "numbers_one", "places"):
        return answer
    return replace(answer, band="same", rule="domain")


def _subsidiary(one: Party, other: Party) -> bool:
    return any(
        party.parent is not None and party.parent.key == parent.name.key
        for party, parent in ((one, other), (other, one))
    )
