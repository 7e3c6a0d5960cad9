"""Held amendments: a protected claim's patch onto a rival's deal ranks as a submission of its own, and waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from services.attribution.domain.documents.derived import replace
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.name_index import alike
from services.attribution.domain.documents.registration import Deal, Registration
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers.contest import compared, is_open
from services.attribution.domain.handlers.deals import (
    Rival,
    between,
    candidates,
    original_of,
    reach,
    rivals,
    stands_alone,
)
from services.attribution.domain.handlers.exclusivity import EXCLUSIVITY, found_a_place, is_full, seen_of_holders
from services.attribution.domain.handlers.ranking import blockers, contender, contested
from services.attribution.domain.handlers.review import catalogued, duplicate, won_by
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.matching.identity import identity_of
from services.attribution.domain.rules.compiled import compiled
from services.attribution.domain.rules.complete import incomplete, missing_fields
from services.attribution.domain.rules.order import excludes
from services.attribution.domain.rules.same_deal import moves
from services.attribution.domain.rules.subject import Subject, against, asks
from shared.errors import Invalid, known
from shared.events.amendment import Amendment, amended, combined
from shared.events.base import Finding
from shared.events.held import AmendmentHeld, AmendmentRefused, AmendmentTaken
from shared.events.lifecycle import Life
from shared.events.registration import Patch, RegistrationAmended

_WAITING = Life("in_review", None, "conflict")
"""As an order ranks it: a claim that waits behind a holder."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """What was sent in all: by the amendment that is held already, and by the one that comes."""

    patch: Patch
    fields: tuple[str, ...]


def is_held(working_set: WorkingSet, claim: Registration, event: RegistrationAmended) -> bool:
    """Hold an amendment of a protected claim whole, where it would be the same deal as a rival's, or look like it.

    False where it changes the claim at once: nobody else has that deal, or no dimension of a deal reads what it sends.
    A later one merges into the one that is held, and takes the later time.
    """
    waiting = waiting_among(working_set, (claim,))
    before, claim = waiting[0] if waiting else None, working_set.registration(claim.id)
    whole = _whole(claim, event)
    patched = _as(working_set, claim, claim, whole)
    vendor = working_set.vendor
    moved = moves(vendor, claim.deal, _as(working_set, claim, claim, event).deal)
    if not moved and (before is None or not moves(vendor, before.deal, patched.deal)):
        return False
    customer = patched.claim.customer
    names = alike(working_set, customer)
    same, similar = _without_place(working_set, patched, _meets(working_set, claim, patched, names))
    if claim.held is None and not same and not similar:
        return False
    held = AmendmentHeld(
        registration=claim.id, patch=whole.patch, fields=whole.fields, products=patched.products, keys=patched.keys,
        alike=names, accepted_at=working_set.accepted_at,
        opponents=tuple(rival.opponent(patched) for rival in same),
        lookalikes=tuple(rival.claim.id for rival in similar), findings=_why(working_set, claim, same, similar),
        policy=working_set.label(claim),
    )  # fmt: skip
    evolve(working_set, held)
    # Whether its turn is now, the drained queue says.
    working_set.stir(claim.id)
    return True


def _whole(claim: Registration, event: RegistrationAmended) -> Amendment:
    return event if claim.held is None else _Whole(*combined(claim.held, event))


def _as(working_set: WorkingSet, claim: Registration, place: Registration, amendment: Amendment) -> Registration:
    """The claim as the amendment would make it, as an order ranks it; raises `FactRejected` where it makes none."""
    try:
        now = amended(claim.claim, amendment)
    except Invalid as error:
        first = error.problems[0]
        raise FactRejected(first.code, field=first.field) from error
    same_customer = identity_of(now.customer) == claim.deal.identity
    products = claim.products if amendment.patch.products is None else catalogued(working_set, now.products)
    return replace(
        place, claim=now, life=_WAITING, products=products,
        keys=listed_under(now.customer), asks=(), behind=(), verdicts=claim.verdicts if same_customer else (),
    )  # fmt: skip


def _supposed(working_set: WorkingSet, claim: Registration) -> Registration | None:
    held = claim.held
    if held is None:
        return None
    at = replace(claim, completed_at=held.at, order=held.order)
    return _as(working_set, claim, at, held)


class _Met(NamedTuple):
    """Whom an amendment meets: rivals on the deal that it brings, holders that look like it, and holders met before."""

    same: list[Rival]
    similar: list[Rival]
    beside: list[Registration]


def _meets(working_set: WorkingSet, claim: Registration, patched: Registration, names: tuple[str, ...] = ()) -> _Met:
    """Rivals and look-alikes of the deal that the amendment brings, apart from those that the claim meets already."""
    same_now, similar_now = rivals(working_set, claim)
    known = {rival.claim.id for rival in same_now}
    seen = known | {rival.claim.id for rival in similar_now}
    same, similar = rivals(working_set, patched, names)
    return _Met(
        [rival for rival in same if rival.claim.id not in known],
        [rival for rival in similar if rival.claim.id not in seen and rival.claim.holds],
        [rival.claim for rival in same if rival.claim.id in known and excludes(rival.claim)],
    )


def _without_place(working_set: WorkingSet, patched: Registration, met: _Met) -> tuple[list[Rival], list[Rival]]:
    """The holders that the amendment meets, and those that look like it, if they leave it no place; else none.

    A deal in a contest window has no place for it: what claims have to wait for, an amendment waits for too.
    """
    contested = [rival for rival in met.same if is_open(rival.claim)]
    if contested:
        return contested, met.similar
    same = [rival for rival in met.same if excludes(rival.claim)]
    taken = [rival.claim for rival in (*same, *met.similar)]
    if any(one.state == "converted" for one in taken) or is_full(working_set, patched, taken, met.beside):
        return same, met.similar
    return [], []


def _why(working_set: WorkingSet, claim: Registration, same: list[Rival], similar: list[Rival]) -> tuple[Finding, ...]:
    if same:
        ids = tuple(rival.claim.id for rival in same)
        if is_open(same[0].claim):
            return (compared(known(same[0].claim.contest_until, "close of the window")),)
        seen = seen_of_holders(working_set.policy(claim), [rival.claim for rival in same])
        return (against(EXCLUSIVITY, ids, keys=list(same[0].keys), **seen),)
    if similar:
        ids = tuple(rival.claim.id for rival in similar)
        return (asks("same_deal.customer", code="customer_match", keys=list(similar[0].keys), rivals=ids),)
    return ()


def waiting_among(working_set: WorkingSet, others: tuple[Registration, ...]) -> list[Registration]:
    """The claims with a held amendment, each as that would make it and in its place; one that cannot be is refused."""
    found = []
    for one in others:
        if one.held is None:
            continue
        try:
            supposed = _supposed(working_set, one)
        except FactRejected:
            settle(working_set, one.id)
            continue
        if supposed is not None:
            found.append(supposed)
    return found


def waiting_for(working_set: WorkingSet, holder: Registration) -> list[Registration]:
    """Held amendments of others onto the holder's deal, as `waiting_among` has them."""
    others = tuple(one for one in candidates(working_set, holder) if one.partner != holder.partner)
    alone = stands_alone(working_set, holder)
    return [
        one
        for one in waiting_among(working_set, others)
        if not (alone and stands_alone(working_set, one))
        and between(working_set, holder, one).answer == "same"
        and between(working_set, holder, working_set.registration(one.id)).answer != "same"
    ]


def settle(working_set: WorkingSet, id_: str) -> None:
    """Take the claim's held amendment if its turn has come, refuse it if it can no longer be, else let it wait."""
    claim = working_set.registration(id_)
    if claim.held is None:
        return
    if claim.state != "protected":
        refuse(working_set, id_, "claim_ended")
        return
    if working_set.partner(claim.partner).suspended:
        return
    try:
        patched = _supposed(working_set, claim)
    except FactRejected as wrong:
        refuse(working_set, id_, wrong.code)
        return
    assert patched is not None
    met = _meets(working_set, claim, patched)
    winner = next((rival.claim for rival in met.same if rival.claim.state == "converted"), None)
    if winner is not None:
        refuse(working_set, id_, "won_by_holder", won_by(winner))
        return
    mine = contender(working_set, patched)
    kept_out, in_question = _without_place(working_set, patched, met)
    blocking = blockers(working_set, mine, met.same, met.beside)
    if not (
        any(is_open(rival.claim) for rival in kept_out)
        or in_question
        or blocking
        or contested(working_set, mine, met.same, met.beside)
    ):
        _take(working_set, claim, patched)


def _take(working_set: WorkingSet, claim: Registration, patched: Registration) -> None:
    """The amendment becomes the claim, unless what a claim must be says otherwise today."""
    policy, partner = working_set.policy(claim), working_set.partner(claim.partner)
    subject = Subject(patched, partner, working_set.vendor, working_set.clock, policy.zone, counted=False)
    findings = compiled(policy).requirements_of(subject)
    if absent := missing_fields(policy, patched.claim):
        findings.append(incomplete(absent))
    original = original_of(working_set, patched)
    if original is not None:
        findings.append(duplicate(original))
    failed = next((one for one in findings if one.outcome in ("failed", "missing")), None)
    if failed is not None:
        refuse(working_set, claim.id, failed.code, *(one for one in findings if one is not failed), failed)
        return
    former = reach(working_set, claim)
    findings.append(found_a_place(policy))
    taken = AmendmentTaken(
        registration=claim.id, products=patched.products, keys=patched.keys, findings=tuple(findings),
        policy=working_set.label(claim),
    )  # fmt: skip
    evolve(working_set, taken)
    working_set.stir(claim.id, former)


def refuse(working_set: WorkingSet, id_: str, code: str, *findings: Finding) -> None:
    """End the held amendment; the claim stays as it is."""
    label = working_set.label(working_set.registration(id_))
    evolve(working_set, AmendmentRefused(registration=id_, code=code, findings=findings, policy=label))


def amended_deal(working_set: WorkingSet, claim: Registration) -> Deal | None:
    """The deal that the claim's held amendment would be on; None without one."""
    waiting = waiting_among(working_set, (claim,))
    return waiting[0].deal if waiting else None
