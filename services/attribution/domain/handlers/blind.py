"""Blind check: whether a deal that nobody submitted yet meets another partner's claim; of that claim nothing is told.

A claim is supposed and compared with its rivals as a submission would be; nothing is written. What may be answered:

* `needs_identifier`, without a look at any claim, where nothing but a name says who the customer is.
* `likely_conflict` where a rival's live claim is the same deal, or where more claims stand on the customer than rules
  compare.
* Where names alone are alike: `needs_identifier` with the kinds that a rival's customer is known by and this one is
  not, since a kind that both have decides; `likely_conflict` where there is no such kind, and a person would decide.
* else `clear`.

Whatever the answer, the asker's own claim that a registration would only repeat is named, where the customer is
identified.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from services.attribution.domain.documents.keys import THE_VENDOR
from services.attribution.domain.documents.name_index import alike
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers.claims import active
from services.attribution.domain.handlers.deals import original_of, rivals, too_many
from services.attribution.domain.handlers.decide import admissible
from services.attribution.domain.handlers.review import catalogued
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.matching.identifiers import KINDS
from services.attribution.domain.matching.identity import Identity, by_identifiers, identity_of
from shared.events.envelope import Fact
from shared.events.lifecycle import Life
from shared.events.registration import Customer, RegistrationSubmitted

Answer = Literal["clear", "likely_conflict", "needs_identifier"]
SUPPOSED = "supposed"
"""The id of the claim that is only supposed; ids of registrations that exist begin with `reg_`."""
IDENTIFIERS = (*KINDS, "domain")
"""The kinds of identifiers that say who a customer is, as fields of it."""


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What the asker learns: the answer, the fields that would settle it, and its own claim on the deal."""

    answer: Answer
    settles: tuple[str, ...] = ()
    own: str | None = None
    """The registration of the asker's own that another one would be rejected for."""


CLEAR = CheckAnswer("clear")
"""No live claim of another partner meets the deal."""
CONFLICT = CheckAnswer("likely_conflict")
"""A registration of the deal would probably wait, or be left to a person."""


def find(working_set: WorkingSet, asked: RegistrationSubmitted) -> CheckAnswer | tuple[FactRejected, ...]:
    """Answer the check, or give every reason for which the decider would refuse the claim; raises `NeedsDocuments`."""
    refused = _refusals(working_set, asked)
    if refused:
        return refused
    customer = identity_of(asked.customer)
    if not customer.identified:
        return _needs(IDENTIFIERS)
    claim = _supposed(working_set, asked)
    if too_many(working_set, claim):
        return CONFLICT
    original = original_of(working_set, claim)
    return replace(_met(working_set, claim, customer), own=None if original is None else original.id)


def _met(working_set: WorkingSet, claim: Registration, customer: Identity) -> CheckAnswer:
    """What the claim meets of other partners."""
    same, similar = rivals(working_set, claim)
    if same:
        return CONFLICT
    settling = [_settling(customer, rival.claim.deal.identity) for rival in similar]
    if not all(settling):
        return CONFLICT
    kinds = [kind for kind in KINDS if any(kind in one for one in settling)]
    return _needs(kinds) if kinds else CLEAR


def identifiers_of(customer: Customer) -> tuple[str, ...]:
    """The kinds of identifiers that the customer is known by; those that cannot be valid are left out."""
    known = identity_of(customer)
    return (*known.kinds, *(("domain",) if known.domain else ()))


def _refusals(working_set: WorkingSet, asked: RegistrationSubmitted) -> tuple[FactRejected, ...]:
    vendor = working_set.find(Vendor, "vendor", THE_VENDOR.id)
    refused = admissible(vendor, working_set.clock, Fact(SUPPOSED, "", asked, working_set.clock, principal=""))
    if refused is not None:
        return (refused,)
    assert vendor is not None
    return (
        *_of_partner(working_set, asked.partner),
        *_of_program(working_set, asked.program),
        *_of_products(vendor, asked.products),
    )


def _of_partner(working_set: WorkingSet, id_: str) -> Iterable[FactRejected]:
    try:
        active(working_set, id_)
    except FactRejected as refused:
        yield refused


def _of_program(working_set: WorkingSet, id_: str) -> Iterable[FactRejected]:
    program = working_set.find_program(id_)
    if program is None or program.in_force is None:
        yield FactRejected("program.unknown", field="program", program=id_)
    elif program.withdrawn is not None:
        yield FactRejected("program.withdrawn", status=409, field="program", program=id_)


def _of_products(vendor: Vendor, names: tuple[str, ...]) -> Iterable[FactRejected]:
    for index, name in enumerate(names):
        if vendor.product(name) is None:
            yield FactRejected("product.unknown", field=f"products.{index}", product=name)


def _supposed(working_set: WorkingSet, asked: RegistrationSubmitted) -> Registration:
    """The claim as it would be once complete, last in its deal's order."""
    program, partner = working_set.program(asked.program), active(working_set, asked.partner)
    return Registration(
        id=asked.registration,
        program=asked.program,
        partner=asked.partner,
        claim=asked,
        life=Life("submitted"),
        submitted_at=working_set.clock,
        policy_number=program.in_force,
        tier=partner.tier,
        products=catalogued(working_set, asked.products),
        # A name that is on file brings the names like it along; a new one is compared with them here.
        keys=(*listed_under(asked.customer), *alike(working_set, asked.customer)),
        completed_at=working_set.clock,
        order=working_set.last_seq + 1,
    )


def _settling(mine: Identity, theirs: Identity) -> frozenset[str]:
    """The kinds that they are known by and I am not: one of them in common would decide, whatever the names say.

    None does where the identifiers already contradict each other.
    """
    return frozenset() if by_identifiers(mine, theirs) is not None else frozenset(theirs.kinds) - frozenset(mine.kinds)


def _needs(kinds: Iterable[str]) -> CheckAnswer:
    return CheckAnswer("needs_identifier", tuple(f"customer.{kind}" for kind in kinds))
