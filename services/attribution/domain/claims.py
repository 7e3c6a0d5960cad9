"""What partners do with their claims: submit, amend, withdraw, confirm, add evidence, ask for more time."""

from __future__ import annotations

from services.attribution.domain import policy as rules
from services.attribution.domain.book import Book, Refused
from services.attribution.domain.conflict import reach
from services.attribution.domain.evolve import evolve
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.matching.identity import identity_of
from services.attribution.domain.policy import label
from services.attribution.domain.protection import answer_request, release, request_extension
from services.attribution.domain.queue import depart, follow, settle
from services.attribution.domain.review import catalogued, consider, judge
from services.attribution.domain.spelling import alike
from services.attribution.domain.state import Partner, Registration
from shared.errors import Invalid
from shared.events.amendment import amended
from shared.events.lifecycle import OPEN_STATES
from shared.events.registration import (
    EvidenceAdded,
    ExtensionRequested,
    Patch,
    RegistrationAmended,
    RegistrationConfirmed,
    RegistrationRecognised,
    RegistrationSubmitted,
    RegistrationWithdrawn,
)

MAX_EVIDENCE = 50
"""As many as a submission may bring along."""


def active(book: Book, id_: str) -> Partner:
    """The partner, enrolled and not suspended; refused otherwise."""
    partner = book.partner(id_)
    if partner is None:
        raise Refused("partner.unknown", f"partner {id_!r} is not enrolled", field="partner")
    if partner.suspended:
        raise Refused("partner.suspended", "the partner is suspended; it can register and change nothing", status=403)
    return partner


def claim_of(book: Book, id_: str, sender: str | None) -> Registration:
    """The registration, if the sender may know of it: another partner's is as unknown as none."""
    found = book.registration(id_)
    if found is None or (sender is not None and sender != found.partner):
        raise Refused("registration.unknown", f"registration {id_!r} does not exist", status=404)
    return found


def _open(claim: Registration, what: str) -> None:
    if claim.state not in OPEN_STATES:
        raise Refused("registration.not_open", f"a registration that is {claim.state} cannot be {what}", status=409)


def submit(book: Book, event: RegistrationSubmitted, sender: str | None) -> None:
    """The claim is on file and considered."""
    if sender is not None and sender != event.partner:
        raise Refused("partner.unknown", "the credential belongs to another partner", field="partner", status=403)
    active(book, event.partner)
    program = book.program(event.program)
    if program is None or program.in_force is None:
        raise Refused("program.unknown", f"program {event.program!r} is not open", field="program")
    if book.registration(event.registration) is not None:
        raise Refused("registration.exists", "the registration exists already", status=409)
    catalogued(book, event.products)
    evolve(book, event)
    _consider(book, event.registration)


def _consider(book: Book, id_: str) -> None:
    """A claim that may have joined its deal's order: opportunities come to it, and waiters stand behind it."""
    consider(book, id_)
    follow(book, id_)
    claim = book.at(id_)
    if claim.live and claim.life.hold != "conflict":
        # One that waits keeps nobody out: looking at every waiter again would make 200 claims on one deal cubic.
        settle(book, id_)


def amend(book: Book, event: RegistrationAmended, sender: str | None) -> None:
    """The claim says something else; a change of what it is matched by takes a new place in the order."""
    claim = claim_of(book, event.registration, sender)
    active(book, claim.partner)
    _open(claim, "amended")
    if event.expected_revision != claim.revision:
        message = f"the registration is at revision {claim.revision}; read it again and send If-Match with that"
        raise Refused("revision.mismatch", message, status=412, field="If-Match")
    _only_asked_fields(claim, event)
    try:
        now = amended(claim.claim, event)
    except Invalid as error:
        first = error.problems[0]
        raise Refused(first.code, first.message, field=first.field) from error
    products = claim.products if event.patch.products is None else catalogued(book, now.products)
    absent = rules.missing_fields(book.policy(claim), now) if claim.completed_at else ()
    if absent:
        raise Refused("field.required", f"the program requires {absent[0]}; it cannot be removed", field=absent[0])
    former = reach(book, claim)
    evolve(book, event)
    if claim.completed_at is None:
        _consider(book, claim.id)
        return
    keys = listed_under(now.customer)
    moved = keys != claim.keys or set(products) != set(claim.products) or now.close_date != claim.claim.close_date
    moved = moved or identity_of(now.customer) != claim.deal.identity
    if moved:
        sentence = "What the deal is recognised by changed, so the claim takes a new place in the order."
        recognised = RegistrationRecognised(
            registration=claim.id, products=products, keys=keys, alike=alike(book, now.customer), sentence=sentence,
            policy=label(book, claim), accepted_at=book.accepted_at,
        )  # fmt: skip
        evolve(book, recognised)
    recheck(book, claim.id, moved=moved, former=former)


def _only_asked_fields(claim: Registration, event: RegistrationAmended) -> None:
    if claim.state != "action_required":
        return
    for name in _sent(event):
        if name not in claim.fields and name.partition(".")[0] not in claim.fields:
            message = f"only {', '.join(claim.fields)} may be changed now"
            raise Refused("field.not_open", message, field=name, status=409)


def _sent(event: RegistrationAmended) -> list[str]:
    """The fields that the patch changes, those of the customer one by one."""
    given = (name for name in Patch.model_fields if getattr(event.patch, name) is not None)
    customer = (f"customer.{name}" for name in event.patch.customer or ())
    return sorted({*event.fields, *given, *customer} - {"customer"})


def recheck(book: Book, id_: str, *, moved: bool, promoted: bool = False, former: tuple[str, ...] = ()) -> None:
    """A changed claim judged again; protected claims that meet stay contested until a person decides.

    `former` are the customer keys that it reached before: whoever it kept out there may move up.
    """
    claim = book.at(id_)
    invited = claim.life.hold == "confirmation"
    if claim.state != "protected" and (moved or not invited):
        judge(book, id_, promoted=promoted or invited)
    follow(book, id_)
    settle(book, id_, former)


def withdraw(book: Book, event: RegistrationWithdrawn, sender: str | None) -> None:
    """The claim is given up; a protected one is released."""
    claim = claim_of(book, event.registration, sender)
    _open(claim, "withdrawn")
    protected, conflict = claim.state == "protected", claim.conflict
    evolve(book, event)
    if protected:
        release(book, claim.id, "withdrawn")
    else:
        depart(book, claim.id, conflict, "withdrawn")


def confirm(book: Book, event: RegistrationConfirmed, sender: str | None) -> None:
    """A waiter whose turn came is judged on today's facts and protected."""
    claim = claim_of(book, event.registration, sender)
    active(book, claim.partner)
    if claim.life.hold != "confirmation":
        message = f"the registration is {claim.state}; it was not asked to confirm"
        raise Refused("registration.not_invited", message, status=409)
    evolve(book, event)
    judge(book, claim.id, promoted=True, confirmed=True)
    follow(book, claim.id)
    settle(book, claim.id)


def add_evidence(book: Book, event: EvidenceAdded, sender: str | None) -> None:
    """The evidence is on file; a claim that only lacked evidence becomes complete."""
    claim = claim_of(book, event.registration, sender)
    active(book, claim.partner)
    _open(claim, "added to")
    if len(claim.claim.evidence) >= MAX_EVIDENCE:
        message = f"the registration has {MAX_EVIDENCE} pieces of evidence, which is the most"
        raise Refused("evidence.too_many", message, field="evidence")
    evolve(book, event)
    if claim.completed_at is None:
        _consider(book, claim.id)
    elif "evidence" in claim.fields:
        recheck(book, claim.id, moved=False)


def ask_for_time(book: Book, event: ExtensionRequested, sender: str | None) -> None:
    """The request is on file and answered."""
    claim = claim_of(book, event.registration, sender)
    active(book, claim.partner)
    request_extension(book, claim)
    evolve(book, event)
    answer_request(book, claim.id)
