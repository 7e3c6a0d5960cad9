"""Protection: extensions before the end, the end itself, what is given back or taken away."""

from __future__ import annotations

from datetime import datetime

from services.attribution.domain.documents.calendar import after_days, after_period
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers.deals import own_claims, rivals
from services.attribution.domain.handlers.exclusivity import keeping_out
from services.attribution.domain.handlers.queue import leave_queue
from services.attribution.domain.handlers.review import calendar
from services.attribution.domain.rules.subject import finding
from shared.errors import known
from shared.events.base import Finding
from shared.events.protection import (
    Expiry,
    ExtensionHeld,
    ExtensionRefused,
    ProtectionExpired,
    ProtectionExtended,
    ProtectionReleased,
    ProtectionRevoked,
)
from shared.events.registration import RegistrationClosed

_EXTENDED_BY_RULE = finding("protection.extension", passed=True)
EXTENDED_BY_PERSON = Finding(clause="always.person", outcome="passed", code="review.grant_extension")


def lapse(working_set: WorkingSet, id_: str) -> None:
    """Close an invitation that was not confirmed in time; the next in line is asked."""
    conflict = working_set.registration(id_).conflict
    closed = RegistrationClosed(
        registration=id_, code="confirmation_lapsed", policy=working_set.label(working_set.registration(id_))
    )
    evolve(working_set, closed)
    leave_queue(working_set, id_, conflict, "closed")


def end(working_set: WorkingSet, id_: str) -> None:
    """End protection at the last midnight of its period; an extension not decided by then is refused."""
    if working_set.registration(id_).extension_until is not None:
        evolve(working_set, ExtensionRefused(registration=id_, code="extension.undecided"))
    expire(working_set, id_)


def expire(working_set: WorkingSet, id_: str, code: Expiry = "period_over") -> None:
    """Protection is over and the queue moves."""
    claim = working_set.registration(id_)
    evolve(working_set, ProtectionExpired(registration=id_, code=code, policy=working_set.label(claim)))
    leave_queue(working_set, id_, claim.conflict, "closed")


def request_extension(working_set: WorkingSet, claim: Registration) -> None:
    """A request that came in time is granted by rule or waits for a person; others are refused with their code."""
    rule = working_set.policy(claim).protection.extension
    if claim.state == "expired" and rule is not None and not rule.request_before_expiry:
        _is_free(working_set, claim)
    elif claim.state != "protected":
        code = "extension.late" if claim.state == "expired" else "registration.not_open"
        raise FactRejected(code, status=409, state=claim.state, action="extend")
    if rule is None:
        raise FactRejected("extension.not_offered", status=409)
    if claim.extension_until is not None:
        raise FactRejected("extension.pending", status=409)
    if not rule.left(claim.extensions):
        raise FactRejected("extension.used_up", status=409, max=rule.max)
    if "evidence" in rule.requires and not claim.claim.evidence:
        raise FactRejected("extension.evidence_required", status=409)


def _is_free(working_set: WorkingSet, claim: Registration) -> None:
    """Refuse a request after the end, unless the extension lies ahead still and the deal is nobody's meanwhile."""
    if _extended_end(working_set, claim) <= working_set.clock:
        raise FactRejected("extension.late", status=409, state=claim.state, action="extend")
    if keeping_out(working_set, claim, rivals(working_set, claim)[0]) or own_claims(working_set, claim):
        raise FactRejected("extension.deal_taken", status=409)


def answer_request(working_set: WorkingSet, id_: str) -> None:
    """Without `decide` the rule grants; with it a person decides, and protection goes on meanwhile."""
    claim = working_set.registration(id_)
    policy = working_set.policy(claim)
    rule = known(policy.protection.extension, "extension in the policy")
    protected_until = known(claim.protected_until, "end of protection")
    if rule.decide is None:
        extend(working_set, id_, _EXTENDED_BY_RULE)
        return
    latest = after_period(working_set.clock, rule.decide, policy.zone, calendar(working_set, policy))
    until = max(latest, protected_until)
    held = ExtensionHeld(
        registration=id_, until=until, extension_to=_extended_end(working_set, claim), policy=working_set.label(claim)
    )
    evolve(working_set, held)


def _extended_end(working_set: WorkingSet, claim: Registration) -> datetime:
    """Where an extension moves the end: by its days, counted from the old end."""
    policy = working_set.policy(claim)
    rule = known(policy.protection.extension, "extension in the policy")
    return after_days(known(claim.protected_until, "end of protection"), rule.days, policy.zone)


def extend(working_set: WorkingSet, id_: str, by: Finding) -> None:
    """The end moves, and one more extension is counted."""
    claim = working_set.registration(id_)
    extended = ProtectionExtended(
        registration=id_,
        protected_until=_extended_end(working_set, claim),
        extensions=claim.extensions + 1,
        findings=(by,),
        policy=working_set.label(claim),
    )
    evolve(working_set, extended)
    if claim.state != "protected":
        working_set.stir(id_)


def refuse_extension(working_set: WorkingSet, id_: str, code: str) -> None:
    """A person said no: protection ends at its own end, which may be now."""
    claim = working_set.registration(id_)
    evolve(working_set, ExtensionRefused(registration=id_, code=code, policy=working_set.label(claim)))
    now = working_set.registration(id_)
    if now.protected_until is not None and now.protected_until <= working_set.clock:
        expire(working_set, id_)


def release(working_set: WorkingSet, id_: str, code: str) -> None:
    """The holder gave the deal back and the queue moves."""
    claim = working_set.registration(id_)
    evolve(
        working_set,
        ProtectionReleased(registration=id_, code=code, policy=working_set.label(claim)),
    )
    leave_queue(working_set, id_, claim.conflict, "withdrawn")


def revoke(working_set: WorkingSet, id_: str, code: str) -> None:
    """A person of the vendor took the protection away and the queue moves."""
    claim = working_set.registration(id_)
    evolve(working_set, ProtectionRevoked(registration=id_, code=code, policy=working_set.label(claim)))
    leave_queue(working_set, id_, claim.conflict, "closed")
