"""Protection: extensions before the end, the end itself, what is given back or taken away."""

from __future__ import annotations

from services.attribution.domain.book import Book, Refused
from services.attribution.domain.calendar import after_days, after_period
from services.attribution.domain.evolve import evolve
from services.attribution.domain.policy import label
from services.attribution.domain.queue import depart
from services.attribution.domain.review import calendar
from services.attribution.domain.state import Registration
from shared.events.protection import (
    ExtensionHeld,
    ExtensionRefused,
    ProtectionExpired,
    ProtectionExtended,
    ProtectionReleased,
    ProtectionRevoked,
)
from shared.events.registration import RegistrationClosed


def fall_due(book: Book, id_: str) -> None:
    """The registration's deadline at the book's clock: protection expires, or an invitation lapses."""
    claim = book.at(id_)
    if claim.life.hold == "confirmation":
        conflict = claim.conflict
        sentence = "Closed: its turn came and it was not confirmed in time; the next in line is asked."
        closed = RegistrationClosed(
            registration=id_, code="confirmation_lapsed", sentence=sentence, policy=label(book, claim)
        )
        evolve(book, closed)
        depart(book, id_, conflict, "closed")
        return
    if claim.extension_until is not None:
        sentence = "The extension was not decided in time, so protection ends."
        undecided = ExtensionRefused(registration=id_, code="extension.undecided", sentence=sentence)
        evolve(book, undecided)
    expire(book, id_)


def expire(book: Book, id_: str, sentence: str = "Expired: the last day of protection is over.") -> None:
    """Protection is over and the queue moves."""
    claim = book.at(id_)
    evolve(book, ProtectionExpired(registration=id_, sentence=sentence, policy=label(book, claim)))
    depart(book, id_, claim.conflict, "closed")


def request_extension(book: Book, claim: Registration) -> None:
    """A request that came in time is granted by rule or waits for a person; others are refused with their code."""
    if claim.state != "protected":
        code = "extension.late" if claim.state == "expired" else "registration.not_open"
        raise Refused(code, f"protection can be extended while it runs; this registration is {claim.state}", status=409)
    rule = book.policy(claim).protection.extension
    if rule is None:
        raise Refused("extension.not_offered", "the program offers no extension", status=409)
    if claim.extension_until is not None:
        raise Refused("extension.pending", "an extension was already requested and is not decided yet", status=409)
    if claim.extensions >= rule.max:
        raise Refused("extension.used_up", f"the program allows {rule.max}; all are used", status=409)
    if "evidence" in rule.requires and not claim.claim.evidence:
        raise Refused("extension.evidence_required", "add evidence to the registration first", status=409)


def answer_request(book: Book, id_: str) -> None:
    """Without `decide` the rule grants; with it a person decides, and protection goes on meanwhile."""
    claim = book.at(id_)
    policy = book.policy(claim)
    rule = policy.protection.extension
    assert rule is not None
    assert claim.protected_until is not None
    if rule.decide is None:
        extend(book, id_, "by rule")
        return
    latest = after_period(book.clock, rule.decide, policy.zone, calendar(book, policy))
    until = max(latest, claim.protected_until)
    sentence = f"A person decides on the extension; protection goes on until then, at most to {until.isoformat()}."
    evolve(book, ExtensionHeld(registration=id_, until=until, sentence=sentence, policy=label(book, claim)))


def extend(book: Book, id_: str, by: str) -> None:
    """The end moves by the extension's days, counted from the old end."""
    claim = book.at(id_)
    policy = book.policy(claim)
    rule = policy.protection.extension
    assert rule is not None
    assert claim.protected_until is not None
    until = after_days(claim.protected_until, rule.days, policy.zone)
    extended = ProtectionExtended(
        registration=id_,
        protected_until=until,
        extensions=claim.extensions + 1,
        sentence=f"Extended {by}: protected until {until.isoformat()}.",
        policy=label(book, claim),
    )
    evolve(book, extended)


def refuse_extension(book: Book, id_: str, code: str) -> None:
    """A person said no: protection ends at its own end, which may be now."""
    claim = book.at(id_)
    sentence = "The extension was refused; protection ends at its own end."
    evolve(book, ExtensionRefused(registration=id_, code=code, sentence=sentence, policy=label(book, claim)))
    now = book.at(id_)
    if now.protected_until is not None and now.protected_until <= book.clock:
        expire(book, id_)


def release(book: Book, id_: str, code: str) -> None:
    """The holder gave the deal back and the queue moves."""
    sentence = "Released: the partner gave the deal back."
    claim = book.at(id_)
    evolve(book, ProtectionReleased(registration=id_, code=code, sentence=sentence, policy=label(book, claim)))
    depart(book, id_, claim.conflict, "withdrawn")


def revoke(book: Book, id_: str, code: str) -> None:
    """A person of the vendor took the protection away and the queue moves."""
    sentence = f"Revoked by the vendor: {code}."
    claim = book.at(id_)
    evolve(book, ProtectionRevoked(registration=id_, code=code, sentence=sentence, policy=label(book, claim)))
    depart(book, id_, claim.conflict, "closed")
