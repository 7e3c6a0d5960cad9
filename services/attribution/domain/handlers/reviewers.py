"""What people of the vendor decide: reviews, extensions, objections, evidence."""

from __future__ import annotations

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers.claims import by_evidence, claim_of, recheck
from services.attribution.domain.handlers.deals import original_of, rivals
from services.attribution.domain.handlers.exclusivity import keeping_out
from services.attribution.domain.handlers.loss import judge
from services.attribution.domain.handlers.protection import EXTENDED_BY_PERSON, extend, refuse_extension, revoke
from services.attribution.domain.handlers.review import approve, by_person, hold, reject
from shared.events.registration import EvidenceRefuted, EvidenceVerified, ReviewDecided
from shared.policy.required_fields import FIELDS

_UNDECIDED = ("submitted", "in_review", "action_required")


def decide_review(working_set: WorkingSet, event: ReviewDecided) -> None:
    """The person's verdict is carried out, if the rules leave room for it."""
    claim = claim_of(working_set, event.registration)
    match event.verdict:
        case "approve" | "reject" | "action_required":
            _review(working_set, claim, event)
        case "revoke":
            if claim.state != "protected":
                raise _not_now(claim, "revoke")
            evolve(working_set, event)
            revoke(working_set, claim.id, event.code or "vendor_decision")
        case "uphold_objection" | "dismiss_objection":
            if not claim.objected:
                raise FactRejected("objection.none_pending", status=409)
            evolve(working_set, event)
            judge(working_set, claim, event.verdict)
        case _:
            if claim.extension_until is None:
                raise FactRejected("extension.none_pending", status=409)
            evolve(working_set, event)
            if event.verdict == "grant_extension":
                extend(working_set, claim.id, EXTENDED_BY_PERSON)
            else:
                refuse_extension(working_set, claim.id, event.code or "extension.refused")


def _not_now(claim: Registration, what: str) -> FactRejected:
    return FactRejected("registration.not_open", status=409, state=claim.state, action=what)


def _review(working_set: WorkingSet, claim: Registration, event: ReviewDecided) -> None:
    incomplete = claim.life.review == "draft"
    if claim.life.review not in _UNDECIDED and not (incomplete and event.verdict == "reject"):
        raise _not_now(claim, event.verdict)
    if event.verdict == "approve":
        same, _ = rivals(working_set, claim)
        # A person may choose a claim that rules would leave behind another undecided one, but not against a holder.
        if keeping_out(working_set, claim, same):
            raise FactRejected("conflict.open", status=409)
        original = original_of(working_set, claim)
        if original is not None:
            raise FactRejected("duplicate_of_own", status=409, original=original.id)
        evolve(working_set, event)
        approve(working_set, claim, [by_person("approve")])
        working_set.stir(claim.id)
    elif event.verdict == "reject":
        evolve(working_set, event)
        reject(working_set, claim, event.code or "reviewer", [by_person("reject")])
        working_set.stir(claim.id)
    else:
        _send_back(working_set, claim, event)


def _send_back(working_set: WorkingSet, claim: Registration, event: ReviewDecided) -> None:
    if not event.fields:
        raise FactRejected("field.missing", field="fields")
    for index, name in enumerate(event.fields):
        if name not in FIELDS:
            raise FactRejected("field.unknown", field=f"fields.{index}", name=name)
    evolve(working_set, event)
    hold(working_set, claim, "action_required", [by_person("action_required")], fields=event.fields)
    working_set.stir(claim.id)


def judge_evidence(working_set: WorkingSet, event: EvidenceVerified | EvidenceRefuted) -> None:
    """A person's word on a piece of evidence is on file; it counts for credit from here on."""
    claim = claim_of(working_set, event.registration)
    if event.evidence not in (one.evidence for one in claim.claim.evidence):
        raise FactRejected("evidence.unknown", status=404, evidence=event.evidence)
    evolve(working_set, event)
    if by_evidence(working_set, claim):
        recheck(working_set, claim.id, moved=False)
