"""Evolve, for what people say of customers: kept with the two claims it was said of, and with the two customers."""

from __future__ import annotations

from services.attribution.domain.book import Book
from services.attribution.domain.changed import replace
from services.attribution.domain.matching.identity import Identity, identity_of
from services.attribution.domain.state import Answer
from shared.events.customer import CustomerMatchRevoked, CustomerMerged, CustomerSplit
from shared.events.registration import CustomerMatchDecided


def evolve_match(book: Book, event: CustomerMatchDecided) -> None:
    """A person's word on the customers of two claims."""
    _verdict(book, event.registration, event.other, event.same)
    _verdict(book, event.other, event.registration, event.same)
    one, other = (book.at(id_).deal.identity for id_ in (event.registration, event.other))
    # Who says of two claims what was said of the customers themselves takes nothing of that back.
    again = any(each.whole and each.same == event.same and each.about(one, other) for each in _answers(book, one))
    _answer(book, one, other, Answer(one, other, event.same, whole=again))


def evolve_revocation(book: Book, event: CustomerMatchRevoked) -> None:
    """Nobody has said anything of the two claims, nor of their customers."""
    _verdict(book, event.registration, event.other, None)
    _verdict(book, event.other, event.registration, None)
    one, other = (book.at(id_).deal.identity for id_ in (event.registration, event.other))
    _answer(book, one, other, None)


def evolve_answer(book: Book, event: CustomerMerged | CustomerSplit) -> None:
    """A person's word on two customers, whoever claims deals of them."""
    one, other = identity_of(event.customer), identity_of(event.other_customer)
    _answer(book, one, other, Answer(one, other, isinstance(event, CustomerMerged), whole=True))


def _verdict(book: Book, id_: str, other: str, same: bool | None) -> None:
    before = book.at(id_)
    earlier = tuple(one for one in before.verdicts if one[0] != other)
    book.put("registration", id_, replace(before, verdicts=earlier if same is None else (*earlier, (other, same))))


def _answers(book: Book, customer: Identity) -> tuple[Answer, ...]:
    return book.key_list(customer.name_key).answers


def _answer(book: Book, one: Identity, other: Identity, said: Answer | None) -> None:
    """Under either customer's name stands what was said, and nothing else of the two."""
    _put(book, one, other, said)
    _put(book, other, one, None if said is None else Answer(other, one, said.same, said.whole))


def _put(book: Book, customer: Identity, other: Identity, said: Answer | None) -> None:
    now = book.key_list(customer.name_key)
    others = tuple(each for each in now.answers if not each.about(customer, other))
    book.put("key", customer.name_key, replace(now, answers=others if said is None else (*others, said)))
