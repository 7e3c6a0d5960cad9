"""Decide: one fact against the book, by the rules of the clock; the only way in for the worker."""

from __future__ import annotations

from datetime import datetime

from services.attribution.domain import claims, customers, money, opportunities, people, standing, timers
from services.attribution.domain.book import Book, Refused
from services.attribution.domain.evolve import evolve
from services.attribution.domain.state import THE_VENDOR, Vendor
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


def decide(book: Book, fact: Fact, release: str) -> None:
    """The fact and what follows from it are in the book, or its refusal is; raises `Missing`.

    Deadlines due by the fact's time have fired already, and the book's clock stands at it.
    """
    mark = book.mark()
    try:
        _admit(book, fact)
        _dispatch(book, fact, release)
    except Refused as refused:
        # A rule may find the fact wanting after a first entry was written: none of it stays.
        book.back_to(mark)
        refuse(book, fact.id, fact.event.type, fact.event.subjects(), refused)


def admissible(vendor: Vendor | None, clock: datetime, fact: Fact) -> Refused | None:
    """Why the fact may not even move the clock, or None."""
    if isinstance(fact.event, ClockTicked):
        return None
    if vendor is None:
        created = isinstance(fact.event, VendorCreated)
        return None if created else Refused("vendor.unknown", "the vendor does not exist; create it first", status=404)
    if vendor.mode == "live" and fact.importing:
        return Refused("vendor.live", "the vendor is live: facts are recorded as they arrive", status=409)
    if vendor.mode == "importing" and not fact.importing and not isinstance(fact.event, VendorWentLive | PersonErased):
        message = "the vendor is importing its history: send facts with their recorded time under the scope import"
        return Refused("vendor.importing", message, status=409)
    if vendor.mode == "importing" and fact.recorded_at < clock and fact.importing:
        message = f"the import has reached {clock.isoformat()}; send facts in order of their recorded time"
        return Refused("recorded_at.older", message, status=409, field="recorded_at")
    return None


def waits_for_no_import(vendor: Vendor | None, fact: Fact) -> bool:
    """Whether it is decided at the time that an import has reached: its own would end the vendor's past."""
    return isinstance(fact.event, PersonErased) and vendor is not None and vendor.mode == "importing"


def _admit(book: Book, fact: Fact) -> None:
    refused = admissible(book.find(Vendor, "vendor", THE_VENDOR.id), book.clock, fact)
    if refused is not None:
        raise refused


def refuse(book: Book, fact: str, fact_type: str, touches: tuple[str, ...], refused: Refused) -> None:
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
    evolve(book, what)


def _dispatch(book: Book, fact: Fact, release: str) -> None:
    event, sender = fact.event, fact.partner
    if isinstance(event, VendorCreated):
        if book.find(Vendor, "vendor", THE_VENDOR.id) is not None:
            raise Refused("vendor.exists", "the vendor exists already", status=409)
        standing.create(book, event, release)
        return
    if isinstance(event, Message):
        opportunities.hear(book, event)
        return
    match event:
        case RegistrationSubmitted():
            claims.submit(book, event, sender)
            opportunities.take_in(book, event.registration)
        case RegistrationAmended():
            claims.amend(book, event, sender)
            opportunities.take_in(book, event.registration)
        case EvidenceAdded():
            claims.add_evidence(book, event, sender)
            opportunities.take_in(book, event.registration)
        case RegistrationWithdrawn():
            claims.withdraw(book, event, sender)
        case RegistrationConfirmed():
            claims.confirm(book, event, sender)
        case ExtensionRequested():
            claims.ask_for_time(book, event, sender)
        case ReviewDecided():
            people.decide_review(book, event)
        case CustomerMatchDecided() | CustomerMatchRevoked() | CustomerMerged() | CustomerSplit():
            customers.hear(book, event)
        case EvidenceVerified() | EvidenceRefuted():
            people.judge_evidence(book, event)
        case CaseResolved():
            money.resolve_case(book, event)
        case OrderRefunded() | OrderCancelled():
            money.refund(book, event)
        case LinkDecided():
            opportunities.decide_link(book, event)
        case _:
            _house(book, fact)


def _house(book: Book, fact: Fact) -> None:
    match fact.event:
        case VendorConfigured():
            standing.configure(book, fact.event)
        case VendorWentLive():
            standing.go_live(book, fact.event)
        case PartnerEnrolled():
            standing.enroll(book, fact.event)
        case PartnerChanged():
            standing.change(book, fact.event)
        case PartnerSuspended():
            standing.suspend(book, fact.event)
        case PartnerReinstated():
            standing.reinstate(book, fact.event)
        case PersonErased():
            evolve(book, fact.event)
        case ProgramPublished():
            standing.publish(book, fact.event)
        case TimerArmed():
            timers.arm(book, fact.event)
        case _:
            raise Refused("fact.unknown", f"this release takes no {fact.event.type}")
