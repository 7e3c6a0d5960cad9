"""Review: from a submission to a verdict, by rule or by a person. The stages of a decision stand in `evaluate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from services.attribution.domain.documents.calendar import after_period, after_protection, calendar_of
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.name_index import alike, likeness
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers.contest import compared, window
from services.attribution.domain.handlers.cooling_off import cooling_off
from services.attribution.domain.handlers.deals import CANDIDATE_LIMIT, Rival, original_of, rivals, too_many
from services.attribution.domain.handlers.exclusivity import EXCLUSIVITY, found_a_place, is_full
from services.attribution.domain.handlers.ranking import (
    Blocking,
    blockers,
    contender,
    contested,
    standing,
    to_choose,
    turn_came,
    why_behind,
)
from services.attribution.domain.handlers.rates import rates_for
from services.attribution.domain.handlers.rewards import on_approved
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.rules import reasons
from services.attribution.domain.rules.compiled import compiled
from services.attribution.domain.rules.complete import incomplete, missing_fields
from services.attribution.domain.rules.order import excludes
from services.attribution.domain.rules.same_deal import names_alone
from services.attribution.domain.rules.subject import Subject, asks, finding, passed
from shared.errors import known
from shared.events.base import Finding
from shared.events.conflict import ConflictDetected, ConflictResolved, Opponent, Outcome
from shared.events.envelope import derived_id
from shared.events.registration import (
    HoldReason,
    RegistrationApproved,
    RegistrationClosed,
    RegistrationCompleted,
    RegistrationHeld,
    RegistrationRejected,
)
from shared.events.vendor import Calendar
from shared.policy.schema import Policy
from shared.values.written import rfc3339


def catalogued(working_set: WorkingSet, products: tuple[str, ...], field: str = "products") -> tuple[str, ...]:
    """The products as the catalogue spells them, each once; refused where one is not in it."""
    found = []
    for index, name in enumerate(products):
        product = working_set.vendor.product(name)
        if product is None:
            raise FactRejected("product.unknown", field=f"{field}.{index}", product=name)
        found.append(product)
    return tuple(dict.fromkeys(found))


def complete(working_set: WorkingSet, id_: str) -> None:
    """Give a claim with all required fields its place in the order, and judge it; hold any other as incomplete."""
    claim = working_set.registration(id_)
    absent = missing_fields(working_set.policy(claim), claim.claim)
    if absent:
        hold(working_set, claim, "incomplete", [incomplete(absent)], missing=absent)
        return
    program, partner = working_set.program(claim.program), working_set.partner(claim.partner)
    completed = RegistrationCompleted(
        registration=id_,
        policy_number=program.current,
        tier=partner.tier,
        products=catalogued(working_set, claim.claim.products),
        keys=listed_under(claim.claim.customer),
        alike=alike(working_set, claim.claim.customer),
        accepted_at=working_set.accepted_at,
        policy=f"{claim.program}/{program.current}",
    )
    evolve(working_set, completed)
    evaluate(working_set, id_)


def evaluate(working_set: WorkingSet, id_: str, *, promoted: bool = False, confirmed: bool = False) -> None:
    """Approve, reject or hold the claim by its pinned policy, on what is true now.

    The stages in order: suspended, eligibility and gates, crowd, own claims, exclusivity, contest window, customer
    question, order, approvals, confirmation, approval. What asks for a person stops no earlier stage than approvals.
    """
    claim = working_set.registration(id_)
    policy, partner = working_set.policy(claim), working_set.partner(claim.partner)
    if partner.suspended:
        _pass_over(working_set, claim)
        return
    counted = claim.life.review == "submitted"
    rates = rates_for(working_set, claim, policy)
    subject = Subject(claim, partner, working_set.vendor, working_set.clock, policy.zone, counted, rates)
    findings = compiled(policy).requirements_of(subject)
    failed = next((one for one in findings if one.outcome == "failed"), None)
    if failed is not None:
        # What failed stands last: it decided.
        reject(working_set, claim, failed.code, [*(one for one in findings if one is not failed), failed])
        return
    if crowd := too_many(working_set, claim):
        findings.append(asks("always.crowd", live=crowd, most=CANDIDATE_LIMIT))
        hold(working_set, claim, "too_many_candidates", findings)
        return
    original = original_of(working_set, claim)
    own = duplicate(original) if original is not None else cooling_off(working_set, claim, policy)
    if own is not None:
        reject(working_set, claim, own.code, [*findings, own], original=original.id if original is not None else None)
        return
    _weigh(working_set, claim, findings, promoted=promoted, confirmed=confirmed)


def duplicate(original: Registration) -> Finding:
    """The partner's own claim on the deal as a finding."""
    return Finding(
        clause="always.own_duplicate", outcome="failed", code="duplicate_of_own", inputs={"original": original.id}
    )


def _weigh(
    working_set: WorkingSet, claim: Registration, findings: list[Finding], *, promoted: bool, confirmed: bool
) -> None:
    """The claim against its rivals, then what people have to say, then approval."""
    policy = working_set.policy(claim)
    same, similar = rivals(working_set, claim)
    automatic = policy.review.auto_approve_if != "never"
    mine = standing(working_set, claim, automatic and passed(findings))
    blocking = blockers(working_set, mine, same)
    if any(clause == EXCLUSIVITY for _, clause in blocking):
        keep_out(working_set, claim, blocking, findings)
        return
    until = None if confirmed else window(working_set, claim, same, opens=not promoted)
    if until is not None:
        hold(working_set, claim, "contest", [*findings, compared(until)], until=until)
        return
    unlike = in_question(working_set, claim, same, similar)
    if unlike:
        _question(working_set, claim, policy, unlike, findings)
        return
    if blocking:
        wait(working_set, claim, blocking, findings)
        return
    findings.append(finding("same_deal", passed=True, live_rivals=len(same)))
    chosen = contested(working_set, mine, same)
    if chosen:
        findings.append(to_choose(chosen))
        hold(working_set, claim, "review", findings)
        return
    findings += [found_a_place(policy), *(turn_came(policy, claim) if promoted else ())]
    if not automatic:
        findings.append(asks("review.auto_approve_if"))
    person = next((one for one in findings if one.outcome == "person"), None)
    if person is not None:
        hold(working_set, claim, "review", [*(one for one in findings if one is not person), person])
    elif promoted and not confirmed and policy.conflict.waiter_confirm != "none":
        _invite(working_set, claim, policy, findings)
    else:
        findings.append(finding("review.auto_approve_if", passed=True))
        approve(working_set, claim, findings, promoted=promoted)


def in_question(
    working_set: WorkingSet, claim: Registration, same: Sequence[Rival], similar: Sequence[Rival]
) -> list[Rival]:
    """Protected rivals of whose customer a person is asked: were they on the claim's deal, it would have no place."""
    unlike = [rival for rival in similar if rival.claim.holds]
    beside = [rival.claim for rival in same if excludes(rival.claim)] if unlike else []
    return unlike if is_full(working_set, claim, [rival.claim for rival in unlike], beside) else []


def _question(
    working_set: WorkingSet, claim: Registration, policy: Policy, unlike: Sequence[Rival], findings: list[Finding]
) -> None:
    """A person is asked if a protected rival's customer is this one."""
    ids = tuple(rival.claim.id for rival in unlike)
    if names_alone(unlike[0].keys):
        findings.append(asks("same_deal.name_only", code="same_deal.name_only.look", names=policy.same_deal.name_only))
    findings.append(asks("same_deal.customer", code="customer_match", keys=list(unlike[0].keys), rivals=ids))
    mine = claim.claim.customer
    # Who waited behind a claim that nobody calls the same deal any more waits no longer: a person is asked.
    resolve(working_set, claim.id, claim.conflict, "no_longer_same_deal")
    seen = tuple(likeness(mine, rival.claim.claim.customer, rival.claim.id) for rival in unlike)
    until = after_period(working_set.clock, policy.same_deal.match_within, policy.zone, calendar(working_set, policy))
    hold(working_set, claim, "customer_match", findings, lookalikes=ids, likeness=seen, until=until)


def _pass_over(working_set: WorkingSet, claim: Registration) -> None:
    """A suspended partner's claim is approved by no rule: it waits, behind its holders or until reinstatement."""
    blocking = blockers(working_set, contender(working_set, claim), rivals(working_set, claim)[0])
    if blocking:
        keep_out(working_set, claim, blocking, [])
    elif claim.life.hold != "conflict" or claim.behind:
        hold(working_set, claim, "conflict", [asks("always.suspended")])


def reject(
    working_set: WorkingSet, claim: Registration, code: str, findings: Sequence[Finding], original: str | None = None
) -> None:
    """End the review against the claim, and so its conflict."""
    conflict = claim.conflict
    rejected = RegistrationRejected(
        registration=claim.id, code=code, original=original, findings=tuple(findings), policy=working_set.label(claim)
    )
    evolve(working_set, rejected)
    resolve(working_set, claim.id, conflict, "rejected")


def hold(
    working_set: WorkingSet, claim: Registration, reason: HoldReason, findings: Sequence[Finding], **more: Any
) -> None:
    """Leave the claim undecided, for this reason; the last finding is why."""
    held = RegistrationHeld(
        registration=claim.id, reason=reason, findings=tuple(findings), policy=working_set.label(claim), **more
    )
    evolve(working_set, held)


def keep_out(working_set: WorkingSet, claim: Registration, blocking: Blocking, findings: Sequence[Finding]) -> None:
    """The claim ends where the deal is won and closed; else it waits."""
    winner = next((rival.claim for rival, _ in blocking if rival.claim.state == "converted"), None)
    if winner is None:
        wait(working_set, claim, blocking, findings)
    else:
        end_by(working_set, claim, winner, findings)


def end_by(
    working_set: WorkingSet, claim: Registration, winner: Registration, findings: Sequence[Finding] = ()
) -> None:
    """End the claim, since another registration won the deal and keeps it."""
    conflict = claim.conflict
    closed = RegistrationClosed(
        registration=claim.id, code="won_by_holder", holder=winner.id, holds_until=winner.holds_until,
        findings=(*findings, won_by(winner)), policy=working_set.label(claim),
    )  # fmt: skip
    evolve(working_set, closed)
    resolve(working_set, claim.id, conflict, "closed")
    working_set.stir(claim.id)


def won_by(winner: Registration) -> Finding:
    """A deal that is won as a finding: until when its winner keeps it."""
    until = known(winner.holds_until, f"end of what {winner.id!r} holds")
    return Finding(
        clause="conflict.on_won", outcome="failed", code="won_by_holder", inputs={"until": rfc3339(until)},
        rivals=(winner.id,), rival_count=1,
    )  # fmt: skip


def wait(working_set: WorkingSet, claim: Registration, blocking: Blocking, findings: Sequence[Finding]) -> None:
    """The claim stands behind those that block it; a conflict is open from the first time that it does."""
    ids = tuple(rival.claim.id for rival, _ in blocking)
    if claim.life.hold == "conflict" and claim.behind == ids:
        return
    why = why_behind(working_set, claim, blocking)
    if claim.conflict is None:
        opponents = tuple(rival.opponent(claim) for rival, _ in blocking)
        detect(working_set, claim, opponents, why)
    hold(working_set, working_set.registration(claim.id), "conflict", [*findings, *why], behind=ids)


def detect(
    working_set: WorkingSet,
    claim: Registration,
    opponents: tuple[Opponent, ...],
    findings: tuple[Finding, ...] = (),
    *,
    contested: bool = False,
) -> None:
    """Open a conflict; its id is derived from the claim and the entry that opened it."""
    detected = ConflictDetected(
        conflict=f"con_{derived_id('conflict', claim.id, str(working_set.last_seq + 1))}",
        registration=claim.id,
        opponents=opponents,
        contested=contested,
        findings=findings,
        policy=working_set.label(claim),
    )
    evolve(working_set, detected)


def resolve(working_set: WorkingSet, id_: str, conflict: str | None, outcome: Outcome) -> None:
    """End the conflict, if there was one."""
    if conflict is not None:
        evolve(working_set, ConflictResolved(conflict=conflict, registration=id_, outcome=outcome))


def _invite(working_set: WorkingSet, claim: Registration, policy: Policy, findings: list[Finding]) -> None:
    period = policy.conflict.waiter_confirm
    assert period != "none"
    until = after_period(working_set.clock, period, policy.zone, calendar(working_set, policy))
    asked = Finding(
        clause="conflict.waiter_confirm", outcome="missing", code="conflict.waiter_confirm",
        inputs={"until": rfc3339(until)},
    )  # fmt: skip
    hold(working_set, claim, "confirmation", [*findings, asked], until=until)


def calendar(working_set: WorkingSet, policy: Policy) -> Calendar:
    """The business days that the policy counts."""
    return calendar_of(working_set.vendor.document, policy.calendar)


def approve(
    working_set: WorkingSet, claim: Registration, findings: Sequence[Finding], *, promoted: bool = False
) -> None:
    """Protect the claim from now to the end of its period, and end its conflict."""
    policy = working_set.policy(claim)
    submitted = policy.clock.starts == "submitted" and not promoted and claim.completed_at is not None
    start = claim.completed_at if submitted and claim.completed_at else working_set.clock
    until = after_protection(start, policy.protection, policy.zone)
    if until <= working_set.clock:
        # Review outlasted the whole period: protecting for no time would end before it began.
        start, submitted = working_set.clock, False
        until = after_protection(start, policy.protection, policy.zone)
    # What decided stands last.
    period = reasons.protection(policy, start, claim.completed_at if submitted else None)
    program = working_set.program(claim.program)
    conflict = claim.conflict
    approved = RegistrationApproved(
        registration=claim.id,
        protected_from=working_set.clock,
        protected_until=until,
        promoted=promoted,
        rates=program.in_force,
        findings=(*findings[:-1], *period, *findings[-1:]),
        policy=working_set.label(claim),
    )
    evolve(working_set, approved)
    on_approved(working_set, claim.id)
    resolve(working_set, claim.id, conflict, "promoted")


Verdict = Literal["approve", "reject", "action_required"]


def by_person(verdict: Verdict) -> Finding:
    """A person's verdict as a finding."""
    outcome: dict[Verdict, Literal["passed", "failed", "person"]] = {
        "approve": "passed", "reject": "failed", "action_required": "person",
    }  # fmt: skip
    return Finding(clause="always.person", outcome=outcome[verdict], code=f"review.{verdict}")
