"""Evolve, for what people say of customers: kept with the two claims it was said of, and with the two customers."""

from __future__ import annotations

from services.attribution.domain.documents.customer import Answer
from services.attribution.domain.documents.derived import replace
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.matching.identity import Identity, identity_of
from shared.events.customer import CustomerMatchRevoked, CustomerMerged, CustomerSplit
from shared.events.registration import CustomerMatchDecided


def evolve_match(working_set: WorkingSet, event: CustomerMatchDecided) -> None:
    """A person's word on the customers of two claims."""
    _verdict(working_set, event.registration, event.other, event.same)
    _verdict(working_set, event.other, event.registration, event.same)
    one, other = (working_set.registration(id_).deal.identity for id_ in (event.registration, event.other))
    # Who says of two claims what was said of the customers themselves takes nothing of that back.
    again = any(
        each.whole and each.same == event.same and each.about(one, other) for each in _answers(working_set, one)
    )
    _answer(working_set, one, other, Answer(one, other, event.same, whole=again))


def evolve_revocation(working_set: WorkingSet, event: CustomerMatchRevoked) -> None:
    """Nobody has said anything of the two claims, nor of their customers."""
    _verdict(working_set, event.registration, event.other, None)
    _verdict(working_set, event.other, event.registration, None)
    one, other = (working_set.registration(id_).deal.identity for id_ in (event.registration, event.other))
    _answer(working_set, one, other, None)


def evolve_answer(working_set: WorkingSet, event: CustomerMerged | CustomerSplit) -> None:
    """A person's word on two customers, whoever claims deals of them."""
    one, other = identity_of(event.customer), identity_of(event.other_customer)
    _answer(working_set, one, other, Answer(one, other, isinstance(event, CustomerMerged), whole=True))


def _verdict(working_set: WorkingSet, id_: str, other: str, same: bool | None) -> None:
    before = working_set.registration(id_)
    earlier = tuple(one for one in before.verdicts if one[0] != other)
    working_set.put(
        "registration", id_, replace(before, verdicts=earlier if same is None else (*earlier, (other, same)))
    )


def _answers(working_set: WorkingSet, customer: Identity) -> tuple[Answer, ...]:
    return working_set.key_list(customer.name_key).answers


def _answer(working_set: WorkingSet, one: Identity, other: Identity, said: Answer | None) -> None:
    """Under either customer's name stands what was said, and nothing else of the two."""
    _put(working_set, one, other, said)
    _put(working_set, other, one, None if said is None else Answer(other, one, said.same, said.whole))


def _put(working_set: WorkingSet, customer: Identity, other: Identity, said: Answer | None) -> None:
    now = working_set.key_list(customer.name_key)
    others = tuple(each for each in now.answers if not each.about(customer, other))
    working_set.put("key", customer.name_key, replace(now, answers=others if said is None else (*others, said)))
