"""Find the documents that a fact can touch before it is decided, to load them in bulk for a whole batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from services.attribution.domain.documents.customer import KeyList
from services.attribution.domain.documents.keys import THE_VENDOR, Key, Kind, key_of
from services.attribution.domain.documents.kinds import Document
from services.attribution.domain.documents.money import Case, Credit, Reward
from services.attribution.domain.documents.name_index import spelling_keys
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.matching.identity import identity_of
from shared.events.base import Event
from shared.events.registration import Customer

DEPTH = 4
"""Rounds of loading for a batch: fact, its registration, its customer's list, the claims on it. What lies
deeper is asked for by the decision itself."""

_FIELDS: dict[str, Kind] = {
    "partner": "partner",
    "program": "program",
    "registration": "registration",
    "other": "registration",
    "case": "case",
    "opportunity": "opportunity",
    "base": "rates",
}


@cache
def _names(fact: type[Event]) -> tuple[tuple[str, Kind], ...]:
    return tuple((field, kind) for field, kind in _FIELDS.items() if field in fact.model_fields)


@cache
def _customers(fact: type[Event]) -> tuple[str, ...]:
    return tuple(name for name in ("customer", "other_customer") if name in fact.model_fields)


def named_by(event: Event) -> Iterator[Key]:
    """Return the documents that the fact names."""
    yield THE_VENDOR
    for field, kind in _names(type(event)):
        id_ = getattr(event, field)
        if isinstance(id_, str):
            yield key_of(kind, id_)
    for field in _customers(type(event)):
        customer = getattr(event, field)
        if isinstance(customer, Customer):
            yield from [key_of("key", key) for key in listed_under(customer)]


def unread_name(documents: Mapping[Key, Document | None], customer: Customer) -> list[Key]:
    """Return the spellings that a name is compared with, where these documents show that it was not compared yet."""
    vendor, listed = documents.get(THE_VENDOR), documents.get(Key("key", identity_of(customer).name_key))
    read = listed.read if isinstance(listed, KeyList) else 0
    if isinstance(vendor, Vendor) and read == vendor.normaliser:
        return []
    # A vendor that is not known yet is created in the same batch.
    return [key_of("spelling", key) for key in spelling_keys(customer.legal_name)]


def reached_from(document: Document | None, depth: int) -> Iterator[Key]:
    """Return what a decision will read because of a document found `depth` rounds from the fact."""
    match document:
        case Registration():
            yield key_of("partner", document.partner)
            yield key_of("program", document.program)
            if depth < 2:
                yield from (key_of("key", key) for key in document.listed_keys)
                yield from (key_of("opportunity", one) for one in document.open)
                yield from (key_of("registration", one) for one in document.behind)
            if document.original:
                yield key_of("registration", document.original)
        case Opportunity():
            if document.registration:
                yield key_of("registration", document.registration)
            yield key_of("credit", document.id)
            if document.breach:
                yield key_of("case", document.breach)
            if document.latest.customer is not None and document.registration is None:
                yield from (key_of("key", key) for key in listed_under(document.latest.customer))
        case KeyList():
            waiting = [one.registration for one in document.registrations if one.live or one.holds_until]
            yield from (key_of("registration", one) for one in waiting)
            yield from (key_of("key", key) for key in document.alike)
            yield from (key_of("opportunity", one) for one in document.opportunities)
        case Credit():
            yield from (key_of("reward", one) for one in document.rewards)
        case Reward():
            yield key_of("partner", document.partner)
        case Case():
            yield key_of("opportunity", document.opportunity)
        case Partner():
            yield from (key_of("reward", one) for one in document.withheld)
            yield from (key_of("registration", one) for one in document.paused)
        case Vendor():
            yield from (key_of("program", one) for one in document.programs)
