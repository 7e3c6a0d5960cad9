"""Decide: one fact against the working set, by the rules of the clock; the only way in for the worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, get_args

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.keys import THE_VENDOR
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers import (
    administration,
    claims,
    customers,
    opportunities,
    reviewers,
    settlement,
    targets,
    timers,
)
from services.attribution.domain.handlers import rates as exchange
from services.attribution.domain.handlers.queue import drain
from shared.events import (
    case,
    customer,
    opportunity,
    order,
    partner,
    person,
    program,
    rates,
    registration,
    target,
    timer,
    vendor,
)
from shared.events.access import AccessEvent
from shared.events.base import Event
from shared.events.envelope import Fact
from shared.events.person import PersonErased
from shared.events.registry import EVENTS
from shared.events.vendor import ClockMoved, ClockTicked, FactRefusal, FactRefused, VendorCreated, VendorWentLive
from shared.values.written import rfc3339

FARTHEST = timedelta(days=3_660)
"""How far one request may move a sandbox's clock: ten years, so that a slip of the pen does not end it."""
_OF_NOW = PersonErased | AccessEvent
"""What happened in our own database: it is no history that an import could bring, and no import may hold it up."""
Handler = Callable[[WorkingSet, Any], None]


def decide(working_set: WorkingSet, fact: Fact, release: str) -> None:
    """The fact and what follows from it are in the working set, or its refusal is; raises `NeedsDocuments`.

    Deadlines due by the fact's time have fired already, and the working set's clock stands at it.
    """
    mark = working_set.mark()
    working_set.sender, working_set.release = fact.partner, release
    try:
        _admit(working_set, fact)
        handler = HANDLERS.get(type(fact.event))
        if handler is None:
            raise FactRejected("fact.unknown", fact_type=fact.event.type)
        handler(working_set, fact.event)
        drain(working_set)
        if isinstance(fact.event, JOINING):
            opportunities.adopt_unlinked(working_set, fact.event.registration)
    except FactRejected as refused:
        # A rule may find the fact wanting after a first entry was written: none of it stays.
        working_set.rollback_to(mark)
        refuse(working_set, fact.id, fact.event.type, fact.event.subjects(), refused)


def admissible(vendor: Vendor | None, clock: datetime, fact: Fact) -> FactRejected | None:
    """Why the fact may not even move the clock, or None."""
    if isinstance(fact.event, ClockTicked):
        return None
    if vendor is None:
        created = isinstance(fact.event, VendorCreated)
        return None if created else FactRejected("vendor.unknown", status=404)
    if vendor.mode == "live" and fact.importing:
        return FactRejected("vendor.live", status=409)
    if vendor.mode == "importing" and not (fact.importing or isinstance(fact.event, VendorWentLive | _OF_NOW)):
        return FactRejected("vendor.importing", status=409)
    if isinstance(fact.event, ClockMoved):
        return _immovable(vendor, clock, fact.event.to)
    if fact.recorded_at < clock and fact.importing:
        return FactRejected("recorded_at.older", status=409, field="recorded_at", reached=rfc3339(clock))
    return None


def _immovable(vendor: Vendor, clock: datetime, to: datetime) -> FactRejected | None:
    """Why the clock cannot be moved there, or None."""
    if vendor.mode != "sandbox":
        return FactRejected("vendor.not_sandbox", status=409)
    if to < clock:
        return FactRejected("clock.behind", status=409, field="to", reached=rfc3339(clock))
    if to - clock > FARTHEST:
        return FactRejected("clock.too_far", status=409, field="to", reached=rfc3339(clock), days=FARTHEST.days)
    return None


def decided_at(vendor: Vendor | None, clock: datetime, fact: Fact) -> datetime:
    """The time at which the fact is decided: its own, unless the vendor's clock does not follow ours.

    The time of what is of now would end an import's past. A sandbox's clock stands until somebody moves it.
    """
    if vendor is None or vendor.mode == "live":
        return fact.recorded_at
    if isinstance(fact.event, ClockMoved) and _immovable(vendor, clock, fact.event.to) is None:
        return fact.event.to
    stands = vendor.mode == "sandbox" or isinstance(fact.event, _OF_NOW)
    return clock if stands and not fact.importing else fact.recorded_at


def _admit(working_set: WorkingSet, fact: Fact) -> None:
    refused = admissible(working_set.find(Vendor, "vendor", THE_VENDOR.id), working_set.clock, fact)
    if refused is not None:
        raise refused


def refuse(working_set: WorkingSet, fact: str, fact_type: str, touches: tuple[str, ...], refused: FactRejected) -> None:
    """The fact is a numbered refusal with its reason, and changed nothing else."""
    errors = (FactRefusal(field=one.field, code=one.code, params=one.params) for one in (refused, *refused.others))
    what = FactRefused(
        fact=fact,
        fact_type=fact_type,
        status=refused.status,
        code=refused.code,
        errors=tuple(errors),
        touches=touches,
    )
    evolve(working_set, what)


def _create(working_set: WorkingSet, event: VendorCreated) -> None:
    if working_set.find(Vendor, "vendor", THE_VENDOR.id) is not None:
        raise FactRejected("vendor.exists", status=409)
    administration.create(working_set, event)


HANDLERS: dict[type[Event], Handler] = {
    registration.RegistrationSubmitted: claims.submit,
    registration.RegistrationAmended: claims.amend,
    registration.EvidenceAdded: claims.add_evidence,
    registration.RegistrationWithdrawn: claims.withdraw,
    registration.RegistrationConfirmed: claims.confirm,
    registration.ExtensionRequested: claims.ask_for_time,
    registration.ObjectionRaised: claims.object_to_loss,
    registration.ReviewDecided: reviewers.decide_review,
    registration.EvidenceVerified: reviewers.judge_evidence,
    registration.EvidenceRefuted: reviewers.judge_evidence,
    registration.CustomerMatchDecided: customers.handle,
    customer.CustomerMatchRevoked: customers.handle,
    customer.CustomerMerged: customers.handle,
    customer.CustomerSplit: customers.handle,
    **dict.fromkeys(get_args(opportunity.Message), opportunities.handle),
    opportunity.LinkDecided: opportunities.decide_link,
    order.OrderRefunded: settlement.refund,
    order.OrderCancelled: settlement.refund,
    case.CaseResolved: settlement.resolve_case,
    vendor.VendorCreated: _create,
    vendor.VendorConfigured: administration.configure,
    vendor.VendorWentLive: administration.go_live,
    vendor.ClockMoved: evolve,
    partner.PartnerEnrolled: administration.enroll,
    partner.PartnerChanged: administration.change,
    partner.PartnerScored: administration.attest,
    partner.PartnerCertified: administration.attest,
    target.TargetSet: targets.set_target,
    target.TargetDropped: targets.drop,
    partner.PartnerSuspended: administration.suspend,
    partner.PartnerReinstated: administration.reinstate,
    person.PersonErased: evolve,
    **{event: evolve for event in EVENTS.values() if issubclass(event, AccessEvent)},
    program.ProgramPublished: administration.publish,
    program.ProgramWithdrawn: administration.withdraw,
    rates.RatesPublished: exchange.publish,
    timer.TimerArmed: timers.arm,
}
"""What each fact does, by its exact type."""
JOINING = (registration.RegistrationSubmitted, registration.RegistrationAmended, registration.EvidenceAdded)
"""Facts that may bring a claim into its deal's order: opportunities that belong nowhere are looked through for it."""
