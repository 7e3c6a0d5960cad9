"""Protection: extensions before the end, the end itself, what is given back or taken away."""

from __future__ import annotations

from services.attribution.domain.calendar import after_days, after_period
from services.attribution.domain.evolve import evolve
from services.attribution.domain.queue import leave_queue
from services.attribution.domain.requirements import label
from services.attribution.domain.review import calendar
from services.attribution.domain.state import Registration
from services.attribution.domain.working_set import FactRejected, WorkingSet
from shared.events.protection import (
    ExtensionHeld,
    ExtensionRefused,
    ProtectionExpired,
    ProtectionExtended,
    ProtectionReleased,
    ProtectionRevoked,
)
from shared.events.registration import RegistrationClosed
from shared.values.written import rfc3339


def fall_due(working_set: WorkingSet, id_: str) -> None:
    """The registration's deadline at the book's clock: protection expires, or an invitation lapses."""
    claim = working_set.at(id_)
    if claim.life.hold == "confirmation":
        conflict = claim.conflict
        sentence = "Closed: its turn came and it was not confirmed in time; the next in line is asked."
        closed = RegistrationClosed(
            registration=id_, code="confirmation_lapsed", sentence=sentence, policy=label(working_set, claim)
        )
        evolve(working_set, closed)
        leave_queue(working_set, id_, conflict, "closed")
        return
    if claim.extension_until is not None:
        sentence = "The extension was not decided in time, so protection ends."
        undecided = ExtensionRefused(registration=id_, code="extension.undecided", sentence=sentence)
        evolve(working_set, undecided)
    expire(working_set, id_)


def expire(working_set: WorkingSet, id_: str, sentence: str = "Expired: the last day of protection is over.") -> None:
    """Protection is over and the queue moves."""
    claim = working_set.at(id_)
    evolve(working_set, ProtectionExpired(registration=id_, sentence=sentence, policy=label(working_set, claim)))
    leave_queue(working_set, id_, claim.conflict, "closed")


def request_extension(working_set: WorkingSet, claim: Registration) -> None:
    """A request that came in time is granted by rule or waits for a person; others are refused with their code."""
    if claim.state != "protected":
        code = "extension.late" if claim.state == "expired" else "registration.not_open"
        raise FactRejected(
            code, f"protection can be extended while it runs; this registration is {claim.state}", status=409
        )
    rule = working_set.policy(claim).protection.extension
    if rule is None:
        raise FactRejected("extension.not_offered", "the program offers no extension", status=409)
    if claim.extension_until is not None:
        raise FactRejected("extension.pending", "an extension was already requested and is not decided yet", status=409)
    if claim.extensions >= rule.max:
        raise FactRejected("extension.used_up", f"the program allows {rule.max}; all are used", status=409)
    if "evidence" in rule.requires and not claim.claim.evidence:
        raise FactRejected("extension.evidence_required", "add evidence to the registration first", status=409)


def answer_request(working_set: WorkingSet, id_: str) -> None:
    """Without `decide` the rule grants; with it a person decides, and protection goes on meanwhile."""
    claim = working_set.at(id_)
    policy = working_set.policy(claim)
    rule = policy.protection.extension
    assert rule is not None
    assert claim.protected_until is not None
    if rule.decide is None:
        extend(working_set, id_, "by rule")
        return
    latest = after_period(working_set.clock, rule.decide, policy.zone, calendar(working_set, policy))
    until = max(latest, claim.protected_until)
    sentence = f"A person decides on the extension; protection goes on until then, at most to {rfc3339(until)}."
    evolve(
        working_set, ExtensionHeld(registration=id_, until=until, sentence=sentence, policy=label(working_set, claim))
    )


def extend(working_set: WorkingSet, id_: str, by: str) -> None:
    """The end moves by the extension's days, counted from the old end."""
    claim = working_set.at(id_)
    policy = working_set.policy(claim)
    rule = policy.protection.extension
    assert rule is not None
    assert claim.protected_until is not None
    until = after_days(claim.protected_until, rule.days, policy.zone)
    extended = ProtectionExtended(
        registration=id_,
        protected_until=until,
        extensions=claim.extensions + 1,
        sentence=f"Extended {by}: protected until {rfc3339(until)}.",
        policy=label(working_set, claim),
    )
    evolve(working_set, extended)


def refuse_extension(working_set: WorkingSet, id_: str, code: str) -> None:
    """A person said no: protection ends at its own end, which may be now."""
    claim = working_set.at(id_)
    sentence = "The extension was refused; protection ends at its own end."
    evolve(
        working_set, ExtensionRefused(registration=id_, code=code, sentence=sentence, policy=label(working_set, claim))
    )
    now = working_set.at(id_)
    if now.protected_until is not None and now.protected_until <= working_set.clock:
        expire(working_set, id_)


def release(working_set: WorkingSet, id_: str, code: str) -> None:
    """The holder gave the deal back and the queue moves."""
    sentence = "Released: the partner gave the deal back."
    claim = working_set.at(id_)
    evolve(
        working_set,
        ProtectionReleased(registration=id_, code=code, sentence=sentence, policy=label(working_set, claim)),
    )
    leave_queue(working_set, id_, claim.conflict, "withdrawn")


def revoke(working_set: WorkingSet, id_: str, code: str) -> None:
    """A person of the vendor took the protection away and the queue moves."""
    sentence = f"Revoked by the vendor: {code}."
    claim = working_set.at(id_)
    evolve(
        working_set, ProtectionRevoked(registration=id_, code=code, sentence=sentence, policy=label(working_set, claim))
    )
    leave_queue(working_set, id_, claim.conflict, "closed")
