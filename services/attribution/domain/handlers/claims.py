"""What partners do with their claims: submit, amend, withdraw, confirm, add evidence, ask for more time, object."""

from __future__ import annotations

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.name_index import alike
from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.registration import Registration, deal_of_claim
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers import amendments
from services.attribution.domain.handlers.deals import reach
from services.attribution.domain.handlers.loss import object_to
from services.attribution.domain.handlers.protection import answer_request, release, request_extension
from services.attribution.domain.handlers.question import ask_again, given_by, only_asked, unanswered
from services.attribution.domain.handlers.queue import leave_queue, relink_opportunities
from services.attribution.domain.handlers.review import catalogued, complete, evaluate
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.rules.complete import missing_fields
from services.attribution.domain.rules.same_deal import moves
from shared.errors import Invalid
from shared.events.amendment import amended
from shared.events.lifecycle import OPEN_STATES
from shared.events.registration import (
    EvidenceAdded,
    ExtensionRequested,
    ObjectionRaised,
    RegistrationAmended,
    RegistrationConfirmed,
    RegistrationRecognised,
    RegistrationSubmitted,
    RegistrationWithdrawn,
)

MAX_EVIDENCE = 50
"""As many as a submission may bring along."""


def active(working_set: WorkingSet, id_: str) -> Partner:
    """The partner, enrolled and not suspended; refused otherwise."""
    partner = working_set.find_partner(id_)
    if partner is None:
        raise FactRejected("partner.unknown", field="partner", partner=id_)
    if partner.suspended:
        raise FactRejected("partner.suspended", status=403)
    return partner


def claim_of(working_set: WorkingSet, id_: str) -> Registration:
    """The registration, if the sender may know of it: another partner's is as unknown as none."""
    found = working_set.find_registration(id_)
    if found is None or working_set.sender not in (None, found.partner):
        raise FactRejected("registration.unknown", status=404, registration=id_)
    return found


def _open(claim: Registration, what: str) -> None:
    if claim.state not in OPEN_STATES:
        raise FactRejected("registration.not_open", status=409, state=claim.state, action=what)


def submit(working_set: WorkingSet, event: RegistrationSubmitted) -> None:
    """The claim is on file and considered."""
    if working_set.sender not in (None, event.partner):
        raise FactRejected("partner.unknown", field="partner", status=403, reason="other_partner")
    active(working_set, event.partner)
    program = working_set.find_program(event.program)
    if program is None or program.in_force is None:
        raise FactRejected("program.unknown", field="program", program=event.program)
    if program.withdrawn is not None:
        raise FactRejected("program.withdrawn", status=409, field="program", program=event.program)
    if working_set.find_registration(event.registration) is not None:
        raise FactRejected("registration.exists", status=409)
    catalogued(working_set, event.products)
    evolve(working_set, event)
    _consider(working_set, event.registration)


def _consider(working_set: WorkingSet, id_: str) -> None:
    """A claim that may have joined its deal's order: opportunities come to it, and waiters stand behind it."""
    complete(working_set, id_)
    claim = working_set.registration(id_)
    if claim.live and claim.life.hold == "conflict":
        # One that waits keeps nobody out: looking at every waiter again would make 200 claims on one deal cubic.
        relink_opportunities(working_set, id_)
    else:
        working_set.stir(id_)


def amend(working_set: WorkingSet, event: RegistrationAmended) -> None:
    """The claim says something else; a change of what it is matched by takes a new place in the order."""
    claim = claim_of(working_set, event.registration)
    active(working_set, claim.partner)
    _open(claim, "amend")
    if event.correction is not None and working_set.sender is not None:
        raise FactRejected("correction.vendor_only", status=403, field="correction")
    if event.expected_revision != claim.expected_revision:
        raise FactRejected("revision.mismatch", status=412, field="If-Match", revision=claim.expected_revision)
    given = given_by(event)
    only_asked(claim, given)
    try:
        now = amended(claim.claim, event)
    except Invalid as error:
        first = error.problems[0]
        raise FactRejected(first.code, field=first.field) from error
    products = claim.products if event.patch.products is None else catalogued(working_set, now.products)
    absent = missing_fields(working_set.policy(claim), now) if claim.completed_at else ()
    if absent:
        raise FactRejected("field.required", field=absent[0], absent=absent[0])
    if claim.state == "protected" and event.correction is None and amendments.is_held(working_set, claim, event):
        return
    former = reach(working_set, claim)
    evolve(working_set, event)
    if claim.completed_at is None:
        _consider(working_set, claim.id)
        return
    moved = moves(working_set.vendor, claim.deal, deal_of_claim(now, products))
    if moved:
        recognised = RegistrationRecognised(
            registration=claim.id, products=products, keys=listed_under(now.customer),
            alike=alike(working_set, now.customer), policy=working_set.label(claim),
            accepted_at=working_set.accepted_at,
        )  # fmt: skip
        evolve(working_set, recognised)
    if rest := unanswered(claim, given):
        ask_again(working_set, claim.id, rest, former)
    else:
        recheck(working_set, claim.id, moved=moved, former=former)


def recheck(
    working_set: WorkingSet, id_: str, *, moved: bool, promoted: bool = False, former: tuple[str, ...] = ()
) -> None:
    """A changed claim judged again; protected claims that meet stay contested until a person decides.

    `former` are the customer keys that it reached before: whoever it kept out there may move up.
    """
    claim = working_set.registration(id_)
    invited = claim.life.hold == "confirmation"
    if claim.state != "protected" and (moved or not invited):
        evaluate(working_set, id_, promoted=promoted or invited)
    working_set.stir(id_, former)


def withdraw(working_set: WorkingSet, event: RegistrationWithdrawn) -> None:
    """The claim is given up; a protected one is released."""
    claim = claim_of(working_set, event.registration)
    _open(claim, "withdraw")
    protected, conflict = claim.state == "protected", claim.conflict
    evolve(working_set, event)
    if protected:
        release(working_set, claim.id, "withdrawn")
    else:
        leave_queue(working_set, claim.id, conflict, "withdrawn")


def confirm(working_set: WorkingSet, event: RegistrationConfirmed) -> None:
    """A waiter whose turn came is judged on today's facts and protected."""
    claim = claim_of(working_set, event.registration)
    active(working_set, claim.partner)
    if claim.life.hold != "confirmation":
        raise FactRejected("registration.not_invited", status=409, state=claim.state)
    evolve(working_set, event)
    evaluate(working_set, claim.id, promoted=True, confirmed=True)
    working_set.stir(claim.id)


def add_evidence(working_set: WorkingSet, event: EvidenceAdded) -> None:
    """The evidence is on file; a claim that only lacked evidence becomes complete."""
    claim = claim_of(working_set, event.registration)
    active(working_set, claim.partner)
    _open(claim, "add_evidence")
    if len(claim.claim.evidence) >= MAX_EVIDENCE:
        raise FactRejected("evidence.too_many", field="evidence", most=MAX_EVIDENCE)
    evolve(working_set, event)
    if claim.completed_at is None:
        _consider(working_set, claim.id)
    elif "evidence" in claim.fields and (rest := unanswered(claim, ("evidence",))):
        ask_again(working_set, claim.id, rest)
    elif "evidence" in claim.fields or by_evidence(working_set, claim):
        recheck(working_set, claim.id, moved=False)


def by_evidence(working_set: WorkingSet, claim: Registration) -> bool:
    """Whether its evidence moves it among undecided claims."""
    undecided = claim.life.review == "in_review" and claim.completed_at is not None
    return undecided and working_set.policy(claim).conflict.evidence is not None


def ask_for_time(working_set: WorkingSet, event: ExtensionRequested) -> None:
    """The request is on file and answered."""
    claim = claim_of(working_set, event.registration)
    active(working_set, claim.partner)
    request_extension(working_set, claim)
    evolve(working_set, event)
    answer_request(working_set, claim.id)


def object_to_loss(working_set: WorkingSet, event: ObjectionRaised) -> None:
    """The objection is on file and waits for a reviewer."""
    claim = claim_of(working_set, event.registration)
    active(working_set, claim.partner)
    object_to(working_set, claim, event)
