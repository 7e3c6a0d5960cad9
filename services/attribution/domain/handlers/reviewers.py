"""What people of the vendor decide: reviews, extensions, evidence."""

from __future__ import annotations

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers.claims import claim_of
from services.attribution.domain.handlers.protection import extend, refuse_extension, revoke
from services.attribution.domain.handlers.queue import advance_queue, relink_opportunities
from services.attribution.domain.handlers.review import approve, hold, reject
from services.attribution.domain.rules.same_deal import blockers, original_of, rivals
from shared.events.base import Step
from shared.events.registration import EvidenceRefuted, EvidenceVerified, ReviewDecided
from shared.policy.schema import FIELDS

_UNDECIDED = ("submitted", "in_review", "action_required")


def decide_review(working_set: WorkingSet, event: ReviewDecided) -> None:
    """The person's verdict is carried out, if the rules leave room for it."""
    claim = claim_of(working_set, event.registration)
    match event.verdict:
        case "approve" | "reject" | "action_required":
            _review(working_set, claim, event)
        case "revoke":
            if claim.state != "protected":
                raise _not_now(claim, "revoked")
            evolve(working_set, event)
            revoke(working_set, claim.id, event.code or "vendor_decision")
        case _:
            if claim.extension_until is None:
                raise FactRejected("extension.none_pending", "no extension waits for a decision", status=409)
            evolve(working_set, event)
            if event.verdict == "grant_extension":
                extend(working_set, claim.id, "by a person")
            else:
                refuse_extension(working_set, claim.id, event.code or "extension.refused")


def _not_now(claim: Registration, what: str) -> FactRejected:
    return FactRejected("registration.not_open", f"a registration that is {claim.state} cannot be {what}", status=409)


def _review(working_set: WorkingSet, claim: Registration, event: ReviewDecided) -> None:
    incomplete = claim.life.review == "draft"
    if claim.life.review not in _UNDECIDED and not (incomplete and event.verdict == "reject"):
        raise _not_now(claim, {"approve": "approved", "reject": "rejected"}.get(event.verdict, "sent back"))
    step = Step(rule="review.person", result=event.verdict)
    if event.verdict == "approve":
        same, _ = rivals(working_set, claim)
        ahead = blockers(claim, working_set.policy(claim).conflict.order, same)
        if ahead:
            message = "another claim holds this deal; revoke it first, or let this one wait"
            raise FactRejected("conflict.open", message, status=409)
        original = original_of(working_set, claim)
        if original is not None:
            message = f"the partner's own registration {original.id} claims this deal"
            raise FactRejected("duplicate_of_own", message, status=409)
        evolve(working_set, event)
        approve(working_set, claim, [step], by="person")
        relink_opportunities(working_set, claim.id)
        advance_queue(working_set, claim.id)
    elif event.verdict == "reject":
        evolve(working_set, event)
        code = event.code or "reviewer"
        reject(working_set, claim, code, f"Rejected by a person: {code}.", [step])
        advance_queue(working_set, claim.id)
    else:
        _send_back(working_set, claim, event, step)


def _send_back(working_set: WorkingSet, claim: Registration, event: ReviewDecided, step: Step) -> None:
    if not event.fields:
        raise FactRejected("field.missing", "name the fields that the partner may change", field="fields")
    for index, name in enumerate(event.fields):
        if name not in FIELDS:
            raise FactRejected("field.unknown", f"{name!r} is no field of a registration", field=f"fields.{index}")
    evolve(working_set, event)
    sentence = f"The partner is asked for {', '.join(event.fields)}."
    hold(working_set, claim, "action_required", sentence, [step], fields=event.fields)
    advance_queue(working_set, claim.id)


def judge_evidence(working_set: WorkingSet, event: EvidenceVerified | EvidenceRefuted) -> None:
    """A person's word on a piece of evidence is on file; it counts for credit from here on."""
    claim = claim_of(working_set, event.registration)
    if event.evidence not in (one.evidence for one in claim.claim.evidence):
        raise FactRejected("evidence.unknown", f"evidence {event.evidence!r} is not on the registration", status=404)
    evolve(working_set, event)
