"""Customers: what people of the vendor say of two of them, beside their answer on two claims."""

from __future__ import annotations

import re
from typing import ClassVar

from shared.events.base import Event, Id, Short, subject
from shared.events.envelope import derived_id
from shared.events.registration import Customer

_REGISTRATION = "reg_"
_KNOWN_BY = ("legal_name", "country", "domain", "tax_id", "company_id", "duns", "lei")
_MATCH = re.compile(r"mat_([0-9a-f]{32})_([0-9a-f]{32})")


def match_id(one: str, other: str) -> str:
    """Return the id of the match of two registrations, whatever their order."""
    first, second = sorted((one, other))
    return f"mat_{first.removeprefix(_REGISTRATION)}_{second.removeprefix(_REGISTRATION)}"


def match_sides(match: str) -> tuple[str, str] | None:
    """Return the two registrations that a match id names; None if it is not a match id."""
    found = _MATCH.fullmatch(match)
    return (f"{_REGISTRATION}{found[1]}", f"{_REGISTRATION}{found[2]}") if found else None


def customer_subject(customer: Customer) -> str:
    """A customer as the subject of an entry, by what it is known by as it is written: a name is no id."""
    known = ((name, getattr(customer, name)) for name in _KNOWN_BY)
    written = (f"{name}={''.join(filter(str.isalnum, value.casefold()))}" for name, value in known if value is not None)
    return f"customer:cus_{derived_id('customer', *written)}"


class CustomerMatchRevoked(Event):
    """A reviewer revoked the answer on the customers of two registrations: the match is undecided again."""

    type: ClassVar[str] = "customer.match_revoked"

    registration: Id
    other: Id
    note: Short | None = None

    def subjects(self) -> tuple[str, ...]:
        return subject("registration", self.registration, self.other)


class _Two(Event):
    customer: Customer
    other_customer: Customer
    note: Short | None = None
    """Why, for whoever asks later; it is not sealed, so it names no person."""

    def subjects(self) -> tuple[str, ...]:
        return (customer_subject(self.customer), customer_subject(self.other_customer))


class CustomerMerged(_Two):
    """A reviewer decided that two customers, as written, are one from now on."""

    type: ClassVar[str] = "customer.merged"


class CustomerSplit(_Two):
    """A reviewer's decision: two customers are different companies from now on, whatever their names."""

    type: ClassVar[str] = "customer.split"
