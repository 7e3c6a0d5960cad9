"""Evolve: what one entry changes in the documents. It decides nothing and reads nothing but the book."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson

from services.attribution.domain.book import Book, Line
from services.attribution.domain.changed import replace
from services.attribution.domain.evolve_money import MONEY, evolve_money
from services.attribution.domain.state import (
    Answer,
    Listed,
    Opportunity,
    Partner,
    PolicyVersion,
    Program,
    Registration,
    Vendor,
)
from services.attribution.domain.take_effect import takes_effect_at
from shared.errors import Corrupt
from shared.events import conflict, opportunity, partner, person, program, protection, registration, vendor
from shared.events.amendment import amended
from shared.events.base import Event
from shared.events.lifecycle import OPEN_STATES, after

KEPT_AFTER_END = timedelta(days=366)
"""How long an ended claim is found by its customer: `late_win_days` is at most 365."""


def evolve(book: Book, event: Event) -> None:
    """The book after one more entry: numbered, its documents changed."""
    book.last_seq += 1
    book.lines.append(Line(book.last_seq, event, book.clock))
    match event:
        case vendor.FactRefused() | person.PersonErased() | opportunity.LinkDecided():
            pass
        case _ if isinstance(event, MONEY):
            evolve_money(book, event)
        case vendor.VendorCreated() | vendor.VendorConfigured() | vendor.VendorWentLive() | vendor.DeciderUpgraded():
            book.put("vendor", "", _vendor(book, event))
        case partner.PartnerEnrolled() | partner.PartnerChanged():
            book.put("partner", event.partner, _partner(book, event))
        case partner.PartnerSuspended() | partner.PartnerReinstated():
            suspended = isinstance(event, partner.PartnerSuspended)
            book.put("partner", event.partner, replace(_enrolled(book, event.partner), suspended=suspended))
        case program.ProgramPublished() | program.ProgramTookEffect():
            book.put("program", event.program, _program(book, event))
            if event.program not in book.vendor.programs:
                book.put("vendor", "", replace(book.vendor, programs=(*book.vendor.programs, event.program)))
        case registration.CustomerMatchDecided():
            _verdict(book, event.registration, event.other, event.same)
            _verdict(book, event.other, event.registration, event.same)
            one, other = book.at(event.registration).deal.identity, book.at(event.other).deal.identity
            _answer(book, Answer(one, other, event.same))
            _answer(book, Answer(other, one, event.same))
        case registration.RegistrationSubmitted():
            _store(book, None, _submitted(book, event))
        case opportunity.OpportunityClassified():
            _opportunity(book, event.opportunity, case=event.case, holder=event.holder)
        case opportunity.OpportunityLinked() | opportunity.OpportunityUnlinked():
            _relink(book, event)
        case _ if isinstance(event, opportunity.Message):
            _told(book, event)
        case _:
            before = book.at(registration_of(event))
            now = _registration(book, before, event)
            _store(book, before, now)
            if now.verdicts and now.deal.identity != before.deal.identity:
                _unanswered(book, now.id)


def registration_of(event: Event) -> str:
    """The registration whose life the event moves; raises `Corrupt` for an event that evolve does not know."""
    id_ = getattr(event, "registration", None)
    if not isinstance(id_, str):
        raise Corrupt(f"nothing says what {event.type} changes")
    return id_


def _vendor(book: Book, event: Event) -> Vendor:
    if isinstance(event, vendor.VendorCreated):
        return Vendor(mode=event.mode)
    before = book.vendor
    match event:
        case vendor.VendorConfigured():
            return before.configured(event.document)
        case vendor.DeciderUpgraded():
            return replace(before, release=event.release, normaliser=event.normaliser)
    return replace(before, mode="live")


def _enrolled(book: Book, id_: str) -> Partner:
    found = book.partner(id_)
    assert found is not None, id_
    return found


def _partner(book: Book, event: partner.PartnerEnrolled | partner.PartnerChanged) -> Partner:
    if isinstance(event, partner.PartnerEnrolled):
        segments = tuple(sorted(event.segments.items()))
        return Partner(event.partner, event.name, event.partner_type, event.tier, segments)
    before = _enrolled(book, event.partner)
    merged = {**dict(before.segments), **event.segments}
    return replace(
        before,
        name=event.name or before.name,
        partner_type=event.partner_type or before.partner_type,
        tier=event.tier or before.tier,
        segments=tuple(sorted((name, value) for name, value in merged.items() if value is not None)),
    )


def _program(book: Book, event: program.ProgramPublished | program.ProgramTookEffect) -> Program:
    before = book.program(event.program) or Program(event.program)
    if isinstance(event, program.ProgramPublished):
        text = orjson.dumps(event.policy, option=orjson.OPT_SORT_KEYS).decode()
        version = PolicyVersion(event.number, text, takes_effect_at(event.policy))
        return replace(before, versions=(*before.versions, version))
    done = tuple(
        replace(version, effective_at=None) if version.number == event.number else version
        for version in before.versions
    )
    return replace(before, versions=done, in_force=event.number)


def _submitted(book: Book, event: registration.RegistrationSubmitted) -> Registration:
    return Registration(
        id=event.registration,
        program=event.program,
        partner=event.partner,
        claim=event,
        life=after(None, event),
        submitted_at=book.clock,
        products=event.products,
    )


def _registration(book: Book, before: Registration, event: Event) -> Registration:
    now = replace(before, life=after(before.life, event))
    match event:
        case registration.RegistrationAmended():
            return replace(now, claim=amended(before.claim, event), revision=before.revision + 1)
        case registration.EvidenceVerified():
            return replace(now, verified=tuple(sorted({*before.verified, event.evidence})))
        case registration.EvidenceRefuted():
            return replace(now, verified=tuple(one for one in before.verified if one != event.evidence))
        case registration.EvidenceAdded():
            claim = before.claim.model_copy(update={"evidence": (*before.claim.evidence, event.evidence)})
            return replace(now, claim=claim, revision=before.revision + 1)
        case registration.RegistrationCompleted():
            now = replace(now, policy_number=event.policy_number, tier=event.tier)
            return replace(now, products=event.products, keys=event.keys, completed_at=book.clock, order=book.last_seq)
        case registration.RegistrationRecognised():
            return replace(now, products=event.products, keys=event.keys, completed_at=book.clock, order=book.last_seq)
        case registration.RegistrationHeld():
            held = replace(now, behind=event.behind, lookalikes=event.lookalikes, fields=event.fields)
            return replace(held, confirm_by=event.until if event.reason == "confirmation" else None)
        case registration.RegistrationApproved():
            since, until = event.protected_from, event.protected_until
            return replace(_free(now), protected_from=since, protected_until=until, rates=event.rates)
        case registration.RegistrationRejected():
            return replace(_free(now), original=event.original)
        case conflict.ConflictDetected():
            return replace(now, conflict=event.conflict)
        case conflict.ConflictResolved():
            return replace(now, conflict=None)
        case protection.ExtensionHeld():
            return replace(now, extension_until=event.until)
        case protection.ExtensionRefused():
            return replace(now, extension_until=None)
        case protection.ProtectionExtended():
            until, count = event.protected_until, event.extensions
            return replace(now, protected_until=until, extensions=count, extension_until=None)
    return now if now.live else _free(now)


def _free(ended: Registration) -> Registration:
    return replace(ended, behind=(), lookalikes=(), fields=(), confirm_by=None, extension_until=None, conflict=None)


def _store(book: Book, before: Registration | None, now: Registration) -> None:
    book.put("registration", now.id, now)
    _count(book, before, now)
    listed_before = _listing(before) if before else {}
    listed_now = _listing(now)
    for key in dict.fromkeys((*listed_before, *listed_now)):
        if listed_before.get(key) != listed_now.get(key):
            _list(book, key, now.id, listed_now.get(key))


def _count(book: Book, before: Registration | None, now: Registration) -> None:
    """The partner's open count and paused claims follow the registration's state."""
    was_open = before is not None and before.state in OPEN_STATES
    is_open = now.state in OPEN_STATES
    was_paused = before is not None and _paused(before)
    if was_open == is_open and was_paused == _paused(now):
        return
    owner = _enrolled(book, now.partner)
    counts = dict(owner.open)
    counts[now.program] = counts.get(now.program, 0) + is_open - was_open
    paused = tuple(one for one in owner.paused if one != now.id) + ((now.id,) if _paused(now) else ())
    kept = tuple(sorted((name, count) for name, count in counts.items() if count))
    book.put("partner", owner.id, replace(owner, open=kept, paused=paused))


def _paused(one: Registration) -> bool:
    return one.life.review == "in_review" and one.life.hold == "conflict" and not one.behind


def _listing(one: Registration) -> dict[str, Listed]:
    if one.live or one.open:
        listed = Listed(one.id, one.partner, one.live, bool(one.open))
    elif one.state in ("rejected", "withdrawn"):
        return {}
    elif one.state in ("expired", "converted") and one.protected_until is not None:
        listed = Listed(one.id, one.partner, False, keep_until=one.protected_until + KEPT_AFTER_END)
    else:
        listed = Listed(one.id, one.partner, False, keep_until=(one.completed_at or one.submitted_at) + KEPT_AFTER_END)
    return dict.fromkeys(one.keys, listed)


def _list(book: Book, key: str, id_: str, listed: Listed | None) -> None:
    now = book.key_list(key)
    kept = [one for one in now.registrations if one.registration != id_ and not _over(one, book.clock)]
    found = (*kept, listed) if listed else tuple(kept)
    book.put("key", key, replace(now, registrations=tuple(found)))


def _over(one: Listed, clock: datetime) -> bool:
    return one.keep_until is not None and one.keep_until <= clock


def _verdict(book: Book, id_: str, other: str, same: bool) -> None:
    before = book.at(id_)
    earlier = tuple(one for one in before.verdicts if one[0] != other)
    book.put("registration", id_, replace(before, verdicts=(*earlier, (other, same))))


def _answer(book: Book, answer: Answer) -> None:
    key = answer.customer.name_key
    now = book.key_list(key)
    others = (one for one in now.answers if (one.customer, one.other) != (answer.customer, answer.other))
    book.put("key", key, replace(now, answers=(*others, answer)))


def _unanswered(book: Book, id_: str) -> None:
    """What a person said of a customer is no answer on another one, which the claim names now."""
    before = book.at(id_)
    for other, _ in before.verdicts:
        asked = book.at(other)
        left = tuple(one for one in asked.verdicts if one[0] != id_)
        book.put("registration", other, replace(asked, verdicts=left))
    book.put("registration", id_, replace(before, verdicts=()))


def _told(book: Book, event: opportunity.Message) -> None:
    """The opportunity's fields as last told, and its outcome; its registration counts it as open or won."""
    data = {name: getattr(event, name) for name in opportunity.OpportunityCreated.model_fields}
    id_ = data["opportunity"]
    before = book.opportunity(id_)
    known = {name: value for name, value in data.items() if value is not None}
    if before is None:
        now = Opportunity(id_, opportunity.OpportunityCreated.model_construct(**data))
    else:
        now = replace(before, latest=before.latest.model_copy(update=known))
    match event:
        case opportunity.OpportunityWon():
            now = replace(now, status="won")
        case opportunity.OpportunityLost():
            now = replace(now, status="lost")
        case opportunity.OpportunityReopened():
            now = replace(now, status="open", case=None, holder=None)
    book.put("opportunity", id_, now)
    _recount(book, now, now.registration)


def _opportunity(book: Book, id_: str, **changes: str | None) -> Opportunity:
    before = book.opportunity(id_)
    assert before is not None, id_
    now = replace(before, **changes)  # type: ignore[arg-type]
    book.put("opportunity", id_, now)
    return now


def _relink(book: Book, event: opportunity.OpportunityLinked | opportunity.OpportunityUnlinked) -> None:
    before = book.opportunity(event.opportunity)
    assert before is not None, event.opportunity
    linked = event.registration if isinstance(event, opportunity.OpportunityLinked) else None
    keys = event.keys if isinstance(event, opportunity.OpportunityUnlinked) else ()
    by_person = event.by == "person" if isinstance(event, opportunity.OpportunityLinked) else event.code == "by_person"
    now = replace(before, registration=linked, keys=keys, by_person=by_person)
    book.put("opportunity", now.id, now)
    for key in dict.fromkeys((*before.keys, *keys)):
        waiting = book.key_list(key)
        others = tuple(one for one in waiting.opportunities if one != now.id)
        book.put("key", key, replace(waiting, opportunities=others + ((now.id,) if key in keys else ())))
    if before.registration != linked:
        _recount(book, now, before.registration, gone=True)
    _recount(book, now, linked)


def _recount(book: Book, one: Opportunity, id_: str | None, *, gone: bool = False) -> None:
    if id_ is None:
        return
    before = book.at(id_)
    open_ = tuple(other for other in before.open if other != one.id)
    won = tuple(other for other in before.won if other != one.id)
    if not gone and one.status == "open":
        open_ = (*open_, one.id)
    if not gone and one.status == "won":
        won = (*won, one.id)
    if (open_, won) != (before.open, before.won):
        _store(book, before, replace(before, open=open_, won=won))
