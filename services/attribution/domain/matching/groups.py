"""Groups: what says that two companies, different entities or not, belong together."""

from __future__ import annotations

from functools import lru_cache

from services.attribution.domain.matching.identifiers import read_identifier
from services.attribution.domain.matching.identity import Identity, identity_of
from services.attribution.domain.matching.normal_form import normal_form
from services.attribution.domain.matching.remembered import COMPANIES
from shared.events.registration import Customer

OF_GROUP = "group:"
"""Before the key of a parent: where its subsidiaries are listed."""


@lru_cache(maxsize=COMPANIES)
def listed_under(customer: Customer) -> tuple[str, ...]:
    """Every key that a claim on the customer is listed under: those of its identity, its parent's group."""
    keys, parent = identity_of(customer).keys, parent_key(customer)
    return keys if parent is None else (*keys, OF_GROUP + parent)


@lru_cache(maxsize=COMPANIES)
def relatives(customer: Customer) -> tuple[str, ...]:
    """The keys under which other companies of its group are listed: its parent, its subsidiaries, its domain."""
    identity, parent = identity_of(customer), parent_key(customer)
    found = [OF_GROUP + key for key in _as_parent(identity)]
    if parent is not None:
        found += [parent, OF_GROUP + parent]
    if (domain := _domain(customer)) is not None:
        found.append(domain)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=COMPANIES)
def parent_key(customer: Customer) -> str | None:
    """What its parent is found by: an LEI where one is given, else the name; None where none is told, or itself."""
    if customer.subsidiary_of is None:
        return None
    written = customer.subsidiary_of
    lei = read_identifier("lei", written)
    key = lei.key if lei is not None else f"name:{normal_form(written)}"
    return None if key in _as_parent(identity_of(customer)) else key


def one_group(one: Customer, other: Customer) -> tuple[str, ...]:
    """The keys that make the two one group; empty where nothing does."""
    domain = _domain(one)
    return parents_meet(one, other) or ((domain,) if domain is not None and domain == _domain(other) else ())


def parents_meet(one: Customer, other: Customer) -> tuple[str, ...]:
    """The key of the parent that both name, or that one names and the other is; empty where there is none."""
    mine, theirs = parent_key(one), parent_key(other)
    if mine is not None and (mine == theirs or mine in _as_parent(identity_of(other))):
        return (OF_GROUP + mine,)
    if theirs is not None and theirs in _as_parent(identity_of(one)):
        return (OF_GROUP + theirs,)
    return ()


def _as_parent(identity: Identity) -> tuple[str, ...]:
    """The keys that a subsidiary may name it by."""
    lei = identity.lei
    return (identity.name_key,) if lei is None else (f"lei:{lei}", identity.name_key)


def _domain(customer: Customer) -> str | None:
    found = identity_of(customer).domain
    return None if found is None else f"domain:{found}"
