"""Evolve, for claims: what an entry changes in a registration, in its partner's counts, under its customer's keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.attribution.domain.book import Book
from services.attribution.domain.changed import replace
from services.attribution.domain.spelling import spell
from services.attribution.domain.state import Listed, Partner, Registration
from shared.events import conflict, protection, registration
from shared.events.amendment import amended
from shared.events.base import Event
from shared.events.lifecycle import OPEN_STATES, after

KEPT_AFTER_END = timedelta(days=366)
"""How long an ended claim is found by its customer: `late_win_days` is at most 365."""


def evolve_submission(book: Book, event: registration.RegistrationSubmitted) -> None:
    """The claim is on file."""
    claim = Registration(
        id=event.registration,
        program=event.program,
        partner=event.partner,
        claim=event,
        life=after(None, event),
        submitted_at=book.clock,
        products=event.products,
    )
    store(book, None, claim)


def evolve_claim(book: Book, event: Any) -> None:
    """What moves, or only concerns, the life of the registration that the event names."""
    before = book.at(event.registration)
    now = _registration(book, before, event)
    store(book, before, now)
    if isinstance(event, registration.RegistrationCompleted | registration.RegistrationRecognised):
        spell(book, now.claim.customer, event.alike)
    if now.verdicts and now.deal.identity != before.deal.identity:
        _unanswered(book, now.id)


def enrolled(book: Book, id_: str) -> Partner:
    """A partner that must exist since the journal says so."""
    found = book.partner(id_)
    assert found is not None, id_
    return found


def _registration(book: Book, before: Registration, event: Event) -> Registration:
    life = after(before.life, event)
    told = _TOLD.get(type(event))
    if told is not None:
        return replace(before, life=life, **told(book, before, event))
    now = replace(before, life=life)
    return now if now.live else replace(now, **_FREE)


_Told = Callable[[Book, Registration, Any], dict[str, Any]]
_FREE: dict[str, Any] = {
    "behind": (), "lookalikes": (), "fields": (), "confirm_by": None, "extension_until": None, "conflict": None,
}  # fmt: skip
"""What no longer holds once a claim is decided or has ended."""


def _ordered(book: Book, _: Registration, event: registration.RegistrationRecognised) -> dict[str, Any]:
    return {
        "products": event.products, "keys": event.keys, "completed_at": event.accepted_at or book.clock,
        "order": book.last_seq,
    }  # fmt: skip


def _completed(book: Book, before: Registration, event: registration.RegistrationCompleted) -> dict[str, Any]:
    ordered = _ordered(book, before, event)  # type: ignore[arg-type]
    return {**ordered, "policy_number": event.policy_number, "tier": event.tier}


def _held(_: Book, __: Registration, event: registration.RegistrationHeld) -> dict[str, Any]:
    confirm_by = event.until if event.reason == "confirmation" else None
    return {
        "behind": event.behind, "lookalikes": event.lookalikes, "fields": event.fields, "confirm_by": confirm_by,
    }  # fmt: skip


def _approved(_: Book, __: Registration, event: registration.RegistrationApproved) -> dict[str, Any]:
    since, until = event.protected_from, event.protected_until
    return {**_FREE, "protected_from": since, "protected_until": until, "rates": event.rates}


def _evidence(_: Book, before: Registration, event: registration.EvidenceAdded) -> dict[str, Any]:
    claim = before.claim.model_copy(update={"evidence": (*before.claim.evidence, event.evidence)})
    return {"claim": claim, "revision": before.revision + 1}


_TOLD: dict[type[Event], _Told] = {
    registration.RegistrationAmended: lambda _, before, event: {
        "claim": amended(before.claim, event),
        "revision": before.revision + 1,
    },
    registration.EvidenceAdded: _evidence,
    registration.EvidenceVerified: lambda _, before, event: {
        "verified": tuple(sorted({*before.verified, event.evidence}))
    },
    registration.EvidenceRefuted: lambda _, before, event: {
        "verified": tuple(one for one in before.verified if one != event.evidence)
    },
    registration.RegistrationCompleted: _completed,
    registration.RegistrationRecognised: _ordered,
    registration.RegistrationHeld: _held,
    registration.RegistrationApproved: _approved,
    registration.RegistrationRejected: lambda _, __, event: {**_FREE, "original": event.original},
    conflict.ConflictDetected: lambda _, __, event: {"conflict": event.conflict},
    conflict.ConflictResolved: lambda _, __, event: {"conflict": None},
    protection.ExtensionHeld: lambda _, __, event: {"extension_until": event.until},
    protection.ExtensionRefused: lambda _, __, event: {"extension_until": None},
    protection.ProtectionExtended: lambda _, __, event: {
        "protected_until": event.protected_until,
        "extensions": event.extensions,
        "extension_until": None,
    },
}
"""What an event says of a registration beside its life."""


def store(book: Book, before: Registration | None, now: Registration) -> None:
    """The claim as it is now; its partner's counts and its customer's lists follow."""
    book.put("registration", now.id, now)
    if before is None or before.life is not now.life or before.behind != now.behind:
        _count(book, before, now)
    keys_before = before.keys if before is not None else ()
    if before is not None and before.keys == now.keys and (not now.keys or _listed_alike(before, now)):
        return
    listed_before, listed_now = _listing(before) if before is not None else None, _listing(now)
    for key in dict.fromkeys((*keys_before, *now.keys)):
        was = listed_before if key in keys_before else None
        listed = listed_now if key in now.keys else None
        if was != listed:
            _list(book, key, now.id, listed)


def _count(book: Book, before: Registration | None, now: Registration) -> None:
    """The partner's open count and paused claims follow the registration's state."""
    was_open = before is not None and before.state in OPEN_STATES
    is_open = now.state in OPEN_STATES
    was_paused = before is not None and _paused(before)
    if was_open == is_open and was_paused == _paused(now):
        return
    owner = enrolled(book, now.partner)
    counts = dict(owner.open)
    counts[now.program] = counts.get(now.program, 0) + is_open - was_open
    paused = tuple(one for one in owner.paused if one != now.id) + ((now.id,) if _paused(now) else ())
    kept = tuple(sorted((name, count) for name, count in counts.items() if count))
    book.put("partner", owner.id, replace(owner, open=kept, paused=paused))


def _paused(one: Registration) -> bool:
    return one.life.review == "in_review" and one.life.hold == "conflict" and not one.behind


def _listing(one: Registration) -> Listed | None:
    """How it stands under each of its customer keys."""
    if one.live or one.open:
        return Listed(one.id, one.partner, one.live, bool(one.open))
    if one.state in ("rejected", "withdrawn"):
        return None
    if one.state in ("expired", "converted") and one.protected_until is not None:
        return Listed(one.id, one.partner, False, keep_until=one.protected_until + KEPT_AFTER_END)
    return Listed(one.id, one.partner, False, keep_until=(one.completed_at or one.submitted_at) + KEPT_AFTER_END)


def _listed_alike(before: Registration, now: Registration) -> bool:
    """Whether both stand alike under their keys, told without making the two: most changes are of this kind."""
    return before.live and now.live and bool(before.open) == bool(now.open)


def _list(book: Book, key: str, id_: str, listed: Listed | None) -> None:
    now = book.key_list(key)
    clock = book.clock
    kept = [
        one
        for one in now.registrations
        if one.registration != id_ and (one.keep_until is None or one.keep_until > clock)
    ]
    if listed:
        kept.append(listed)
    book.put("key", key, replace(now, registrations=tuple(kept)))


def _unanswered(book: Book, id_: str) -> None:
    """What a person said of a customer is no answer on another one, which the claim names now."""
    before = book.at(id_)
    for other, _ in before.verdicts:
        asked = book.at(other)
        left = tuple(one for one in asked.verdicts if one[0] != id_)
        book.put("registration", other, replace(asked, verdicts=left))
    book.put("registration", id_, replace(before, verdicts=()))
