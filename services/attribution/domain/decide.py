"""Decide: one fact against the book, by the rules of the clock; the only way in for the worker."""

from __future__ import annotations

from datetime import datetime

from services.attribution.domain import administration, claims, customers, opportunities, reviewers, settlement, timers
from services.attribution.domain.evolve import evolve
from services.attribution.domain.state import THE_VENDOR, Vendor
from services.attribution.domain.working_set import FactRejected, WorkingSet
from shared.events.access import AccessEvent
from shared.events.case import CaseResolved
from shared.events.customer import CustomerMatchRevoked, CustomerMerged, CustomerSplit
from shared.events.envelope import Fact
from shared.events.opportunity import LinkDecided, Message
from shared.events.order import OrderCancelled, OrderRefunded
from shared.events.partner import PartnerChanged, PartnerEnrolled, PartnerReinstated, PartnerSuspended
from shared.events.person import PersonErased
from shared.events.program import ProgramPublished
from shared.events.registration import (
    CustomerMatchDecided,
    EvidenceAdded,
    EvidenceRefuted,
    EvidenceVerified,
    ExtensionRequested,
    RegistrationAmended,
    RegistrationConfirmed,
    RegistrationSubmitted,
    RegistrationWithdrawn,
    ReviewDecided,
)
from shared.events.timer import TimerArmed
from shared.events.vendor import ClockTicked, FactRefusal, FactRefused, VendorConfigured, VendorCreated, VendorWentLive
from shared.values.written import rfc3339

_OF_NOW = PersonErased | AccessEvent
"""What happened in our own database: it is no history that an import could bring, and no import may hold it up."""


def decide(working_set: WorkingSet, fact: Fact, release: str) -> None:
    """The fact and what follows from it are in the book, or its refusal is; raises `Missing`.

    Deadlines due by the fact's time have fired already, and the book's clock stands at it.
    """
    mark = working_set.mark()
    try:
        _admit(working_set, fact)
        _dispatch(working_set, fact, release)
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
        return (
            None
            if created
            else FactRejected("vendor.unknown", "the vendor does not exist; create it first", status=404)
        )
    if vendor.mode == "live" and fact.importing:
        return FactRejected("vendor.live", "the vendor is live: facts are recorded as they arrive", status=409)
    if vendor.mode == "importing" and not (fact.importing or isinstance(fact.event, VendorWentLive | _OF_NOW)):
        message = "the vendor is importing its history: send facts with their recorded time under the scope import"
        return FactRejected("vendor.importing", message, status=409)
    if vendor.mode == "importing" and fact.recorded_at < clock and fact.importing:
        message = f"the import has reached {rfc3339(clock)}; send facts in order of their recorded time"
        return FactRejected("recorded_at.older", message, status=409, field="recorded_at")
    return None


def waits_for_no_import(vendor: Vendor | None, fact: Fact) -> bool:
    """Whether it is decided at the time that an import has reached: its own would end the vendor's past."""
    return isinstance(fact.event, _OF_NOW) and vendor is not None and vendor.mode == "importing"


def _admit(working_set: WorkingSet, fact: Fact) -> None:
    refused = admissible(working_set.find(Vendor, "vendor", THE_VENDOR.id), working_set.clock, fact)
    if refused is not None:
        raise refused


def refuse(working_set: WorkingSet, fact: str, fact_type: str, touches: tuple[str, ...], refused: FactRejected) -> None:
    """The fact is a numbered refusal with its reason, and changed nothing else."""
    error = FactRefusal(field=refused.field, code=refused.code, message=refused.message)
    what = FactRefused(
        fact=fact,
        fact_type=fact_type,
        status=refused.status,
        code=refused.code,
        errors=(error,),
        touches=touches,
        sentence=f"Refused: {refused.message}.",
    )
    evolve(working_set, what)


def _dispatch(working_set: WorkingSet, fact: Fact, release: str) -> None:
    event, sender = fact.event, fact.partner
    if isinstance(event, VendorCreated):
        if working_set.find(Vendor, "vendor", THE_VENDOR.id) is not None:
            raise FactRejected("vendor.exists", "the vendor exists already", status=409)
        administration.create(working_set, event, release)
        return
    if isinstance(event, Message):
        opportunities.handle(working_set, event)
        return
    match event:
        case RegistrationSubmitted():
            claims.submit(working_set, event, sender)
            opportunities.adopt_unlinked(working_set, event.registration)
        case RegistrationAmended():
            claims.amend(working_set, event, sender)
            opportunities.adopt_unlinked(working_set, event.registration)
        case EvidenceAdded():
            claims.add_evidence(working_set, event, sender)
            opportunities.adopt_unlinked(working_set, event.registration)
        case RegistrationWithdrawn():
            claims.withdraw(working_set, event, sender)
        case RegistrationConfirmed():
            claims.confirm(working_set, event, sender)
        case ExtensionRequested():
            claims.ask_for_time(working_set, event, sender)
        case ReviewDecided():
            reviewers.decide_review(working_set, event)
        case CustomerMatchDecided() | CustomerMatchRevoked() | CustomerMerged() | CustomerSplit():
            customers.handle(working_set, event)
        case EvidenceVerified() | EvidenceRefuted():
            reviewers.judge_evidence(working_set, event)
        case CaseResolved():
            settlement.resolve_case(working_set, event)
        case OrderRefunded() | OrderCancelled():
            settlement.refund(working_set, event)
        case LinkDecided():
            opportunities.decide_link(working_set, event)
        case _:
            _house(working_set, fact)


def _house(working_set: WorkingSet, fact: Fact) -> None:
    match fact.event:
        case VendorConfigured():
            administration.configure(working_set, fact.event)
        case VendorWentLive():
            administration.go_live(working_set, fact.event)
        case PartnerEnrolled():
            administration.enroll(working_set, fact.event)
        case PartnerChanged():
            administration.change(working_set, fact.event)
        case PartnerSuspended():
            administration.suspend(working_set, fact.event)
        case PartnerReinstated():
            administration.reinstate(working_set, fact.event)
        case PersonErased() | AccessEvent():
            evolve(working_set, fact.event)
        case ProgramPublished():
            administration.publish(working_set, fact.event)
        case TimerArmed():
            timers.arm(working_set, fact.event)
        case _:
            raise FactRejected("fact.unknown", f"this release takes no {fact.event.type}")
