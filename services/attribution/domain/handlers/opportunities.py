"""Opportunities: linked to the registration they belong to, followed, won, lost, reopened."""

from __future__ import annotations

from operator import attrgetter

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers import refunds, settlement
from services.attribution.domain.handlers.claims import claim_of, recheck
from services.attribution.domain.handlers.deals import deal_of, found_by, own_claims, rivals
from services.attribution.domain.handlers.exclusivity import is_full
from services.attribution.domain.handlers.loss import lose
from services.attribution.domain.handlers.protection import expire
from services.attribution.domain.handlers.queue import drain, leave_queue, link, relink_opportunities, spare
from services.attribution.domain.handlers.win_outcome import classify, other_winner
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.rules.same_deal import same_deal
from shared.events.opportunity import (
    LinkDecided,
    LinkedBy,
    Message,
    OpportunityUnlinked,
)
from shared.events.opportunity_state import follows, told
from shared.events.protection import ProtectionResumed
from shared.events.registration import RegistrationClosed

# Claims without a place in the order, and refused or withdrawn ones, take no opportunity.
_TAKES_NONE = frozenset({"draft", "rejected", "withdrawn"})
# Why a claim that was never protected ended by an opportunity.
_BY_OPPORTUNITY = frozenset({"opportunity_lost", "won_unprotected"})
# Which of a partner's registrations of one deal an opportunity belongs to, best first.
_PREFERENCE = ("protected", "waiting", "in_review", "action_required", "submitted", "converted", "expired")


def handle(working_set: WorkingSet, event: Message) -> None:
    """The message is on file, and what it means for the registration it belongs to is decided."""
    before = working_set.find_opportunity(event.opportunity)
    if before is not None:
        _not_older(before, event)
    _items_make_the_amount(event)
    status = before.stands if before else None
    outcome = follows(status, event)
    if outcome is None:  # of all messages, only a reopening of what is open
        raise FactRejected("opportunity.open", status=409, message=event.type, state=status)
    renamed = _renamed(before, event)
    evolve(working_set, event)
    linked = before.registration if before else None
    spare(working_set, linked)
    if status in ("won", "lost") and outcome != status:
        settlement.on_taken_back(working_set, event.opportunity, "lost" if outcome == "lost" else "reopened")
        if status == "won":
            refunds.on_taken_back(working_set, event.opportunity)
        _undo(working_set, event.opportunity, linked)
        drain(working_set)  # who holds the deal now is read below
        if status == "won":
            _leave_holder(working_set, event.opportunity)
    moved = _place(working_set, event.opportunity, renamed=renamed)
    if outcome == "won" and status != "won":
        classify(working_set, event.opportunity)
    elif outcome == "lost" and status != "lost":
        _lost(working_set, event.opportunity)
    elif moved or (status == "won" and before is not None and _winner_corrected(working_set, before)):
        _win_moved(working_set, event.opportunity, linked)
    else:
        settlement.on_value_changed(working_set, event.opportunity)


def _leave_holder(working_set: WorkingSet, id_: str) -> None:
    """Unlink what only a win by another partner had brought to the holder: open, it is no deal of the holder's."""
    now = working_set.opportunity(id_)
    claim = working_set.find_registration(now.registration) if now.registration else None
    if claim is None or now.by_person or now.latest.partner in (None, claim.partner):
        return
    if now.latest.registration != claim.id:
        unlinked = OpportunityUnlinked(opportunity=id_, previous=claim.id, code="no_registration")
        evolve(working_set, unlinked)


def _winner_corrected(working_set: WorkingSet, before: Opportunity) -> bool:
    """Whether the CRM has corrected who won, so that the win counts for somebody else."""
    now = working_set.opportunity(before.id)
    if now.latest.partner == before.latest.partner:
        return False
    claim = working_set.find_registration(now.registration) if now.registration else None
    return claim is None or other_winner(now, claim) != before.winner


def _items_make_the_amount(event: Message) -> None:
    if event.items is None:
        return
    currencies = {item.amount.currency for item in event.items}
    if event.amount is None or currencies != {event.amount.currency}:
        raise FactRejected("items.currency", field="items")
    if sum(item.amount.minor for item in event.items) != event.amount.minor:
        raise FactRejected("items.sum", field="items")


def _renamed(before: Opportunity | None, event: Message) -> bool:
    """Whether the message names a registration that nobody's decision stands against."""
    if before is None:
        return event.registration is not None
    named = told(event, before.fields).get("registration")
    return named is not None and not (before.by_person and named == before.latest.registration)


def _not_older(before: Opportunity, event: Message) -> None:
    known = before.latest
    version, time = event.source_version, event.source_time
    older = version is not None and known.source_version is not None and version < known.source_version
    if older or (time is not None and known.source_time is not None and time < known.source_time):
        raise FactRejected("source.older", status=409)


def _win_moved(working_set: WorkingSet, id_: str, previous: str | None) -> None:
    """A win that belongs elsewhere now counts there, and no longer for where it was."""
    now = working_set.opportunity(id_)
    if now.status == "won":
        settlement.on_taken_back(working_set, id_, "relinked")
        _undo(working_set, id_, previous)
        drain(working_set)
        classify(working_set, id_)


def _place(working_set: WorkingSet, id_: str, *, renamed: bool) -> bool:
    """An opportunity that is not linked, or whose message names a registration, finds where it belongs.

    Where a person linked or unlinked it, only another number moves it. Returns whether it was moved.
    """
    now = working_set.opportunity(id_)
    if not renamed and (now.by_person or now.registration is not None):
        return False
    found = _by_number(working_set, now)
    if found is None and now.registration is None:
        found = _by_deal(working_set, now)
    if found is not None:
        target, by = found
        if target.id != now.registration:
            link(working_set, id_, target.id, by=by, previous=now.registration)
            return True
    elif now.registration is None:
        _unlinked(working_set, now)
    return False


def _unlinked(working_set: WorkingSet, now: Opportunity) -> None:
    customer = now.latest.customer
    keys = listed_under(customer) if customer and now.status == "open" else ()
    code = "customer_missing" if customer is None else "no_registration"
    if now.keys == keys and now.keys:
        return
    evolve(working_set, OpportunityUnlinked(opportunity=now.id, code=code, keys=keys))


def _by_number(working_set: WorkingSet, now: Opportunity) -> tuple[Registration, LinkedBy] | None:
    number = now.latest.registration
    named = working_set.find_registration(number) if number is not None else None
    by: LinkedBy = "number"
    if named is not None and named.original is not None:
        named, by = working_set.registration(named.original), "duplicate"
    return (named, by) if named is not None and named.state not in _TAKES_NONE else None


def _by_deal(working_set: WorkingSet, now: Opportunity) -> tuple[Registration, LinkedBy] | None:
    customer, partner = now.latest.customer, now.latest.partner
    if customer is None:
        return None
    deal = deal_of(working_set, now)
    # Without a partner only a holder can take it; with one, its ended registrations can as well.
    claims = [
        claim
        for claim in found_by(
            working_set, deal.identity.keys, lambda one: one.partner == partner if partner else one.live
        )
        if claim.state not in _TAKES_NONE
        and same_deal(working_set.policy(claim), working_set.vendor, deal, claim.deal).answer == "same"
    ]
    if partner is None:
        holders = [claim for claim in claims if claim.state == "protected"]
        # With several holders nobody can tell whose it is: a person does.
        return (holders[0], "holder") if len(holders) == 1 else None
    if not claims:
        return None
    claims.sort(key=attrgetter("place"), reverse=True)
    return min(claims, key=_rank), "partner"


def _rank(claim: Registration) -> int:
    return _PREFERENCE.index(claim.state) if claim.state in _PREFERENCE else len(_PREFERENCE)


def adopt_unlinked(working_set: WorkingSet, id_: str) -> None:
    """Unlinked open opportunities that name the claim, or are its partner's on this deal, belong to it."""
    claim = working_set.registration(id_)
    if not claim.live:
        return
    waiting = dict.fromkeys(one for key in claim.keys for one in working_set.key_list(key).opportunities)
    working_set.require("opportunity", waiting)
    for opportunity in waiting:
        now = working_set.opportunity(opportunity)
        same = (
            same_deal(working_set.policy(claim), working_set.vendor, claim.deal, deal_of(working_set, now)).answer
            == "same"
        )
        if now.latest.registration == id_:
            link(working_set, opportunity, id_, by="number")
        elif same and now.latest.partner == claim.partner:
            link(working_set, opportunity, id_, by="partner")


def _lost(working_set: WorkingSet, id_: str) -> None:
    """The last open opportunity of a live registration is lost and none was won: the registration ends by it."""
    now = working_set.opportunity(id_)
    claim = working_set.find_registration(now.registration) if now.registration else None
    if claim is None or not claim.live or claim.open or claim.won:
        return
    if claim.state == "protected":
        lose(working_set, claim, id_)
    else:
        closed = RegistrationClosed(registration=claim.id, code="opportunity_lost", policy=working_set.label(claim))
        evolve(working_set, closed)
        leave_queue(working_set, claim.id, claim.conflict, "closed")


def _undo(working_set: WorkingSet, id_: str, linked: str | None) -> None:
    """What the former outcome ended comes back, if its time is not over and nobody else has the deal.

    Where the partner registered the deal again meanwhile, that claim stands and the opportunity follows to it.
    """
    claim = working_set.find_registration(linked) if linked else None
    if claim is None:
        return
    again = own_claims(working_set, claim)
    if claim.state == "converted" and not claim.won:
        _resume(working_set, claim, id_, again)
    elif claim.state == "lost" and claim.protected_until is not None:
        _resume(working_set, claim, id_, again, only_if_running=True)
    elif claim.life.end_code in _BY_OPPORTUNITY and not again and not claim.won:
        recheck(working_set, claim.id, moved=False)
    if again and not working_set.registration(claim.id).live:
        relink_opportunities(working_set, again[0].id)


def _resume(
    working_set: WorkingSet,
    claim: Registration,
    opportunity: str,
    again: list[Registration],
    *,
    only_if_running: bool = False,
) -> None:
    assert claim.protected_until is not None
    holders = [rival.claim for rival in rivals(working_set, claim)[0] if rival.claim.holds]
    # It held beside those that won meanwhile, so a place is all that it needs.
    held = bool(again) or is_full(working_set, claim, holders)
    if working_set.clock < claim.protected_until and not held:
        evolve(working_set, ProtectionResumed(registration=claim.id, opportunity=opportunity))
        working_set.stir(claim.id)
    elif not only_if_running:
        expire(working_set, claim.id, "claimed_meanwhile" if held else "over_meanwhile")


def _says_who_won(now: Opportunity, target: Registration, event: LinkDecided) -> None:
    """Where the CRM names another partner than the registration's, the person says which of the two won."""
    named = now.latest.partner
    if named in (None, target.partner):
        if event.winner not in (None, target.partner):
            raise FactRejected("link.winner_unknown", field="winner", winner=event.winner)
    elif event.winner is None:
        raise FactRejected("link.winner_required", field="winner", named=named, holder=target.partner)
    elif event.winner not in (named, target.partner):
        raise FactRejected("link.winner_unknown", field="winner", winner=event.winner)


def decide_link(working_set: WorkingSet, event: LinkDecided) -> None:
    """A person's link holds; a win is classified for where it belongs now."""
    now = working_set.find_opportunity(event.opportunity)
    if now is None or now.stands is None:  # of a deal that only a refund was told of, nothing can be linked
        raise FactRejected("opportunity.unknown", status=404, opportunity=event.opportunity)
    if event.registration is not None:
        target = claim_of(working_set, event.registration)
        if target.state in _TAKES_NONE:
            raise FactRejected(
                "registration.not_open", status=409, field="registration", state=target.state, action="take_opportunity"
            )
        _says_who_won(now, target, event)
    elif event.winner is not None:
        raise FactRejected("link.winner_unknown", field="winner", winner=event.winner)
    # That it is nobody's is news where no person has said so yet.
    stays_nobodys = event.registration is None and not now.by_person
    if event.registration == now.registration and event.winner == now.said_winner and not stays_nobodys:
        raise FactRejected("link.unchanged", status=409, field="registration")
    evolve(working_set, event)
    previous = now.registration
    if event.registration is None:
        unlinked = OpportunityUnlinked(opportunity=now.id, previous=previous, code="by_person")
        evolve(working_set, unlinked)
        spare(working_set, previous)
    else:
        link(working_set, now.id, event.registration, by="person", previous=previous)
    # A registration that an open opportunity left was not lost by that, so it stands.
    if (previous, event.registration) != (None, None):
        _win_moved(working_set, now.id, previous)
