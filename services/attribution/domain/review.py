"""Review: from a submission to a verdict, by rule or by a person."""

from __future__ import annotations

from services.attribution.domain import requirements as rules
from services.attribution.domain.calendar import STANDARD, after_days, after_period
from services.attribution.domain.conflict import (
    Rival,
    blockers,
    contested_by_hand,
    original_of,
    rivals,
    too_many,
)
from services.attribution.domain.evolve import evolve
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.name_index import alike, likeness
from services.attribution.domain.requirements import label
from services.attribution.domain.rewards import on_approved
from services.attribution.domain.state import Registration
from services.attribution.domain.working_set import FactRejected, WorkingSet
from shared.events.base import Step
from shared.events.conflict import ConflictDetected, ConflictResolved, Opponent
from shared.events.envelope import derived_id
from shared.events.registration import (
    RegistrationApproved,
    RegistrationCompleted,
    RegistrationHeld,
    RegistrationRejected,
)
from shared.events.vendor import Calendar
from shared.policy.schema import Policy
from shared.values.written import rfc3339

_APPROVED = Step(rule="review.auto_approve", result="passed")


def catalogued(working_set: WorkingSet, products: tuple[str, ...], field: str = "products") -> tuple[str, ...]:
    """The products as the catalogue spells them, each once; refused where one is not in it."""
    found = []
    for index, name in enumerate(products):
        product = working_set.vendor.product(name)
        if product is None:
            message = f"{name!r} is not in the vendor's catalogue; see /v1/products"
            raise FactRejected("product.unknown", message, field=f"{field}.{index}")
        found.append(product)
    return tuple(dict.fromkeys(found))


def complete(working_set: WorkingSet, id_: str) -> None:
    """A claim with all required fields has its place in the order and is judged; else it is held as incomplete."""
    claim = working_set.at(id_)
    policy = working_set.policy(claim)
    absent = rules.missing_fields(policy, claim.claim)
    if absent:
        sentence = f"Incomplete: {', '.join(absent)} missing; the claim has no place in the order until then."
        step = Step(rule="complete", result="failed", inputs={"missing": list(absent)})
        held = RegistrationHeld(
            registration=id_, reason="incomplete", missing=absent, sentence=sentence, steps=(step,),
            policy=label(working_set, claim),
        )  # fmt: skip
        evolve(working_set, held)
        return
    program, partner = working_set.program(claim.program), working_set.partner(claim.partner)
    assert program is not None
    assert program.in_force is not None
    assert partner is not None
    completed = RegistrationCompleted(
        registration=id_,
        policy_number=program.in_force,
        tier=partner.tier,
        products=catalogued(working_set, claim.claim.products),
        keys=listed_under(claim.claim.customer),
        alike=alike(working_set, claim.claim.customer),
        accepted_at=working_set.accepted_at,
        sentence=f"Complete: decided under version {program.in_force} of {claim.program} from here on.",
        policy=f"{claim.program}/{program.in_force}",
    )
    evolve(working_set, completed)
    evaluate(working_set, id_)


def evaluate(working_set: WorkingSet, id_: str, *, promoted: bool = False, confirmed: bool = False) -> None:
    """The claim approved, rejected or held, by its pinned policy on what is true now."""
    claim = working_set.at(id_)
    policy = working_set.policy(claim)
    partner = working_set.partner(claim.partner)
    assert partner is not None
    if partner.suspended:
        _pass_over(working_set, claim, policy)
        return
    # A claim counts against the cap when it is first judged; later ones do not push it out.
    steps = rules.eligibility(policy, working_set.vendor, partner, claim, already=claim.life.review != "submitted")
    steps += rules.gates(policy, claim)
    failed = next((step for step in steps if step.result == "failed"), None)
    if failed is not None:
        reject(working_set, claim, failed.rule, f"Rejected: {failed.rule} is not met ({_inputs(failed)}).", steps)
        return
    crowd = too_many(working_set, claim)
    if crowd:
        steps.append(Step(rule="candidates.limit", result="exceeded", inputs={"live": crowd}))
        hold(
            working_set,
            claim,
            "too_many_candidates",
            f"Held for a person: {crowd} live claims name this customer.",
            steps,
        )
        return
    original = original_of(working_set, claim)
    if original is not None:
        steps.append(Step(rule="duplicate_of_own", result="found", inputs={"original": original.id}))
        sentence = f"Rejected: your registration {original.id} already claims this deal."
        reject(working_set, claim, "duplicate_of_own", sentence, steps, original=original.id)
        return
    _weigh(working_set, claim, policy, steps, promoted=promoted, confirmed=confirmed)


def _weigh(
    working_set: WorkingSet, claim: Registration, policy: Policy, steps: list[Step], *, promoted: bool, confirmed: bool
) -> None:
    """The claim against its rivals: behind those ahead, to a person where rules do not reach, else approved."""
    same, alike = rivals(working_set, claim)
    holders = blockers(claim, policy.conflict.order, same)
    if holders:
        wait(working_set, claim, holders, steps)
        return
    unlike = [rival for rival in alike if rival.claim.state == "protected"]
    if unlike:
        ids = tuple(rival.claim.id for rival in unlike)
        steps.append(Step(rule="customer_match", result="look", inputs={"keys": list(unlike[0].keys)}, rivals=ids))
        sentence = (
            "Held for a person: a protected deal has a customer of this or a like name and no identifier in common."
        )
        mine = claim.claim.customer
        # Who waited behind a claim that nobody calls the same deal any more waits no longer: a person is asked.
        resolve(working_set, claim.id, claim.conflict, "no_longer_same_deal")
        seen = tuple(likeness(mine, rival.claim.claim.customer, rival.claim.id) for rival in unlike)
        until = after_period(
            working_set.clock, policy.same_deal.match_within, policy.zone, calendar(working_set, policy)
        )
        hold(working_set, claim, "customer_match", sentence, steps, lookalikes=ids, likeness=seen, until=until)
        return
    steps.append(Step(rule="same_deal", result="none_protected", inputs={"live_rivals": len(same)}))
    by_hand = contested_by_hand(policy.conflict.order, same)
    if by_hand:
        ids = tuple(rival.claim.id for rival in by_hand)
        steps.append(Step(rule="conflict.manual", result="person", rivals=ids))
        hold(
            working_set,
            claim,
            "review",
            "Held for a person: the policy leaves rival claims on this deal to people.",
            steps,
        )
    elif any(step.result == "other_currency" for step in steps):
        hold(working_set, claim, "review", "Held for a person: the gate is in another currency than the amount.", steps)
    elif policy.review.auto_approve_if == "never":
        steps.append(Step(rule="review.auto_approve", result="person"))
        hold(working_set, claim, "review", "Held for a person: the policy approves nothing by itself.", steps)
    elif promoted and not confirmed and policy.conflict.waiter_confirm != "none":
        _invite(working_set, claim, policy, steps)
    else:
        steps.append(_APPROVED)
        approve(working_set, claim, steps, promoted=promoted)


def _pass_over(working_set: WorkingSet, claim: Registration, policy: Policy) -> None:
    """A suspended partner's claim is approved by no rule: it waits, behind its holders or until reinstatement."""
    holders = blockers(claim, policy.conflict.order, rivals(working_set, claim)[0])
    if holders:
        wait(working_set, claim, holders, [])
    elif claim.life.hold != "conflict" or claim.behind:
        step = Step(rule="partner.suspended", result="passed_over")
        hold(working_set, claim, "conflict", "Its turn came while its partner is suspended; it waits.", [step])


def _inputs(step: Step) -> str:
    return ", ".join(f"{name} {value}" for name, value in step.inputs.items())


def reject(
    working_set: WorkingSet,
    claim: Registration,
    code: str,
    sentence: str,
    steps: list[Step],
    original: str | None = None,
) -> None:
    """The review ends against the claim, and so does its conflict."""
    conflict = claim.conflict
    rejected = RegistrationRejected(
        registration=claim.id, code=code, original=original, sentence=sentence, steps=tuple(steps),
        policy=label(working_set, claim),
    )  # fmt: skip
    evolve(working_set, rejected)
    resolve(working_set, claim.id, conflict, "rejected")


def hold(
    working_set: WorkingSet, claim: Registration, reason: str, sentence: str, steps: list[Step], **more: object
) -> None:
    """The claim is not decided, for this reason."""
    held = RegistrationHeld.model_validate(
        {
            "registration": claim.id, "reason": reason, "sentence": sentence, "steps": tuple(steps),
            "policy": label(working_set, claim), **more,
        }
    )  # fmt: skip
    evolve(working_set, held)


def wait(working_set: WorkingSet, claim: Registration, holders: list[Rival], steps: list[Step]) -> None:
    """The claim stands behind the holders; a conflict is open from the first time that it does."""
    ids = tuple(rival.claim.id for rival in holders)
    if claim.life.hold == "conflict" and claim.behind == ids:
        return
    first = holders[0]
    since = first.claim.protected_from
    inputs: dict[str, str | int | bool | list[str] | None] = {
        "keys": list(first.keys),
        "holder_since": since.date().isoformat() if since else None,
    }
    steps = [
        *steps,
        Step(
            rule=f"conflict.{working_set.policy(claim).conflict.order[0]}", result="behind", inputs=inputs, rivals=ids
        ),
    ]
    detail = f"protected since {since.date()}" if since else "claimed earlier"
    sentence = f"Waits: the same deal is {detail}; the customer was recognised by {', '.join(first.keys)}."
    if claim.conflict is None:
        opponents = tuple(rival.opponent(claim) for rival in holders)
        detect(working_set, claim, opponents, sentence)
    hold(working_set, working_set.at(claim.id), "conflict", sentence, steps, behind=ids)


def detect(
    working_set: WorkingSet,
    claim: Registration,
    opponents: tuple[Opponent, ...],
    sentence: str,
    *,
    contested: bool = False,
) -> None:
    """A conflict is open; its id is derived from the claim and the entry that opened it."""
    detected = ConflictDetected(
        conflict=f"con_{derived_id('conflict', claim.id, str(working_set.last_seq + 1))}",
        registration=claim.id,
        opponents=opponents,
        contested=contested,
        sentence=sentence,
        policy=label(working_set, claim),
    )
    evolve(working_set, detected)


def resolve(working_set: WorkingSet, id_: str, conflict: str | None, outcome: str) -> None:
    """The conflict, if there was one, is over."""
    if conflict is None:
        return
    sentence = f"The conflict is over: {outcome.replace('_', ' ')}."
    resolved = {"conflict": conflict, "registration": id_, "outcome": outcome, "sentence": sentence}
    evolve(working_set, ConflictResolved.model_validate(resolved))


def _invite(working_set: WorkingSet, claim: Registration, policy: Policy, steps: list[Step]) -> None:
    period = policy.conflict.waiter_confirm
    assert period != "none"
    until = after_period(working_set.clock, period, policy.zone, calendar(working_set, policy))
    steps.append(Step(rule="conflict.waiter_confirm", result="asked", inputs={"until": rfc3339(until)}))
    sentence = f"Its turn came: confirm before {rfc3339(until)} that the deal is still wanted."
    hold(working_set, claim, "confirmation", sentence, steps, until=until)


def calendar(working_set: WorkingSet, policy: Policy) -> Calendar:
    """The business days that the policy counts."""
    name = policy.calendar
    return working_set.vendor.document.calendars[name] if name is not None else STANDARD


def approve(
    working_set: WorkingSet, claim: Registration, steps: list[Step], *, promoted: bool = False, by: str = "rule"
) -> None:
    """The claim is protected from now to the end of its period, and its conflict is over."""
    policy = working_set.policy(claim)
    submitted = policy.clock.starts == "submitted" and not promoted and claim.completed_at is not None
    start = claim.completed_at if submitted and claim.completed_at else working_set.clock
    until = after_days(start, policy.protection.days, policy.zone)
    if until <= working_set.clock:
        # Review outlasted the whole period: protecting for no time would end before it began.
        until = after_days(working_set.clock, policy.protection.days, policy.zone)
    program = working_set.program(claim.program)
    conflict = claim.conflict
    why = "by a person" if by == "person" else "its turn came" if promoted else "no claim on this deal is ahead"
    approved = RegistrationApproved(
        registration=claim.id,
        protected_from=working_set.clock,
        protected_until=until,
        promoted=promoted,
        rates=program.in_force if program is not None else None,
        sentence=f"Approved: {why}; protected until {rfc3339(until)}.",
        steps=tuple(steps),
        policy=label(working_set, claim),
    )
    evolve(working_set, approved)
    on_approved(working_set, claim.id)
    resolve(working_set, claim.id, conflict, "promoted")
