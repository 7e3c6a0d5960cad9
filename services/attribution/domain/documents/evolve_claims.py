"""Evolve, for claims: what an entry changes in a registration, in its partner's counts, under its customer's keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.attribution.domain.documents.customer import Listed
from services.attribution.domain.documents.derived import replace
from services.attribution.domain.documents.name_index import spell
from services.attribution.domain.documents.registration import HeldAmendment, Registration
from services.attribution.domain.documents.working_set import WorkingSet
from shared.errors import known
from shared.events import conflict, deal, held, protection, registration
from shared.events.amendment import amended, overlaid
from shared.events.base import Event
from shared.events.lifecycle import OPEN_STATES, after

KEPT_AFTER_END = timedelta(days=366)
"""How long an ended claim is found by its customer: `late_win_days` is at most 365."""


def evolve_submission(working_set: WorkingSet, event: registration.RegistrationSubmitted) -> None:
    """The claim is on file."""
    claim = Registration(
        id=event.registration,
        program=event.program,
        partner=event.partner,
        claim=event,
        life=after(None, event),
        submitted_at=working_set.clock,
        products=event.products,
    )
    store(working_set, None, claim)


def evolve_claim(working_set: WorkingSet, event: Any) -> None:
    """What moves, or only concerns, the life of the registration that the event names."""
    before = working_set.registration(event.registration)
    now = _registration(working_set, before, event)
    store(working_set, before, now)
    if isinstance(event, registration.RegistrationCompleted | registration.RegistrationRecognised):
        spell(working_set, now.claim.customer, event.alike)
    if isinstance(event, held.AmendmentHeld):
        spell(working_set, amended(now.claim, event).customer, event.alike)
    if isinstance(event, registration.RegistrationClosed) and event.holder is not None:
        winner = working_set.registration(event.holder)
        if not winner.ended_others:
            store(working_set, winner, replace(winner, ended_others=True))
    if now.verdicts and now.deal.identity != before.deal.identity:
        _unanswered(working_set, now.id)


def _registration(working_set: WorkingSet, before: Registration, event: Event) -> Registration:
    life = after(before.life, event)
    on_progress = _TOLD.get(type(event))
    if on_progress is not None:
        return replace(before, life=life, **on_progress(working_set, before, event))
    now = replace(before, life=life)
    return now if now.live else replace(now, **_FREE)


_Told = Callable[[WorkingSet, Registration, Any], dict[str, Any]]
_FREE: dict[str, Any] = {
    "asks": (), "behind": (), "lookalikes": (), "fields": (), "confirm_by": None, "extension_until": None,
    "contest_until": None,
    "conflict": None, "ended_by": None, "found_until": None, "loss": None, "loss_until": None, "objected": False,
}  # fmt: skip
"""What no longer holds once a claim is decided or has ended."""


def _ordered(working_set: WorkingSet, _: Registration, event: registration.RegistrationRecognised) -> dict[str, Any]:
    return {
        "products": event.products, "keys": event.keys, "completed_at": event.accepted_at or working_set.clock,
        "order": working_set.last_seq, "contest_until": None,
    }  # fmt: skip


def _completed(
    working_set: WorkingSet, before: Registration, event: registration.RegistrationCompleted
) -> dict[str, Any]:
    ordered = _ordered(working_set, before, event)  # type: ignore[arg-type]
    return {**ordered, "policy_number": event.policy_number, "tier": event.tier}


def _held(_: WorkingSet, before: Registration, event: registration.RegistrationHeld) -> dict[str, Any]:
    confirm_by = event.until if event.reason == "confirmation" else None
    contest_until = event.until if event.reason == "contest" else before.contest_until
    return {
        "asks": _asks(before, event),
        "behind": event.behind, "lookalikes": event.lookalikes, "fields": event.fields, "confirm_by": confirm_by,
        "contest_until": contest_until, "ended_by": None, "found_until": None,
    }  # fmt: skip


def _asks(before: Registration, event: registration.RegistrationHeld) -> tuple[str, ...]:
    asked = tuple(one.clause for one in event.findings if one.outcome == "person" and not _passing(one.clause))
    judged = asked or any(one.outcome == "passed" for one in event.findings)
    # Where rivals alone moved it, what its own clauses found stands.
    return asked if judged else before.asks


def _passing(clause: str) -> bool:
    return clause.startswith(("always.", "conflict.", "same_deal."))


def _approved(_: WorkingSet, __: Registration, event: registration.RegistrationApproved) -> dict[str, Any]:
    since, until = event.protected_from, event.protected_until
    return {**_FREE, "protected_from": since, "protected_until": until, "rates": event.rates}


def _converted(working_set: WorkingSet, _: Registration, event: protection.ProtectionConverted) -> dict[str, Any]:
    closes_at = working_set.clock if event.closes else None
    return {
        **_FREE, "holds_until": event.holds_until, "closes_at": closes_at, "returns_at": None,
        "ended_at": working_set.clock,
    }  # fmt: skip


def _expired(working_set: WorkingSet, before: Registration, event: protection.ProtectionExpired) -> dict[str, Any]:
    return {**_FREE, **_taken_back(working_set, before, event), "ended_at": working_set.clock}


def _closed(_: WorkingSet, __: Registration, event: registration.RegistrationClosed) -> dict[str, Any]:
    until = event.holds_until + KEPT_AFTER_END if event.holds_until is not None else None
    return {**_FREE, "ended_by": event.holder, "found_until": until}


def _taken_back(working_set: WorkingSet, before: Registration, _: Event) -> dict[str, Any]:
    """Whoever a win has ended returns once it is taken back."""
    returns_at = working_set.clock if before.ended_others else None
    return {"holds_until": None, "closes_at": None, "returns_at": returns_at}


def _evidence(_: WorkingSet, before: Registration, event: registration.EvidenceAdded) -> dict[str, Any]:
    claim = before.claim.model_copy(update={"evidence": (*before.claim.evidence, event.evidence)})
    return {"claim": claim, "revision": before.revision + 1}


def _amended(_: WorkingSet, before: Registration, event: registration.RegistrationAmended) -> dict[str, Any]:
    """The claim says what the patch does, and a held amendment does not take that back later."""
    waiting = before.held
    if waiting is not None:
        patch, fields = overlaid(waiting, event)
        waiting = replace(waiting, patch=patch, fields=fields)
    return {"claim": amended(before.claim, event), "revision": before.revision + 1, "held": waiting}


def _amendment_held(working_set: WorkingSet, before: Registration, event: held.AmendmentHeld) -> dict[str, Any]:
    at = event.accepted_at or working_set.clock
    waiting = HeldAmendment(event.patch, event.fields, event.products, event.keys, at, working_set.last_seq)
    return {"held": waiting, "patches": before.patches + 1}


def _amendment_taken(_: WorkingSet, before: Registration, event: held.AmendmentTaken) -> dict[str, Any]:
    """The claim as amended, with the place that the amendment had; its revision counts every patch so far."""
    taken = known(before.held, f"amendment of {before.id!r} that is taken")
    return {
        "claim": amended(before.claim, taken), "products": event.products, "keys": event.keys,
        "completed_at": taken.at, "order": taken.order, "revision": before.expected_revision, "patches": 0,
        "held": None,
    }  # fmt: skip


_TOLD: dict[type[Event], _Told] = {
    registration.RegistrationAmended: _amended,
    held.AmendmentHeld: _amendment_held,
    held.AmendmentTaken: _amendment_taken,
    held.AmendmentRefused: lambda _, __, ___: {"held": None},
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
    registration.RegistrationClosed: _closed,
    protection.ProtectionConverted: _converted,
    protection.ProtectionResumed: lambda *resumed: {**_taken_back(*resumed), "ended_at": None},
    protection.ProtectionExpired: _expired,
    deal.DealClosed: lambda _, __, event: {"closes_at": event.next_at},
    deal.DealReopened: lambda _, __, event: {"returns_at": event.next_at, "ended_others": event.next_at is not None},
    conflict.ConflictDetected: lambda _, __, event: {"conflict": event.conflict},
    conflict.ConflictResolved: lambda _, __, event: {"conflict": None},
    registration.ObjectionRaised: lambda _, __, event: {"objected": True},
    protection.LossHeld: lambda _, __, event: {"loss": event.opportunity, "loss_until": event.until},
    protection.LossLifted: lambda _, __, event: {"loss": None, "loss_until": None, "objected": False},
    protection.ExtensionHeld: lambda _, __, event: {"extension_until": event.until},
    protection.ExtensionRefused: lambda _, __, event: {"extension_until": None},
    protection.ProtectionExtended: lambda _, __, event: {
        "protected_until": event.protected_until,
        "extensions": event.extensions,
        "extension_until": None,
        "ended_at": None,
    },
    **dict.fromkeys(
        (
            protection.ProtectionReleased,
            protection.ProtectionRevoked,
            protection.ProtectionLost,
        ),
        lambda working_set, _, __: {**_FREE, "ended_at": working_set.clock},
    ),
}
"""What an event says of a registration beside its life."""


def store(working_set: WorkingSet, before: Registration | None, now: Registration) -> None:
    """The claim as it is now; its partner's counts and its customer's lists follow."""
    working_set.put("registration", now.id, now)
    if before is None or before.life is not now.life or before.behind != now.behind or before.held is not now.held:
        _count(working_set, before, now)
    keys_before, keys_now = before.listed_keys if before is not None else (), now.listed_keys
    if before is not None and keys_before == keys_now and (not keys_now or _listed_alike(before, now)):
        return
    listed_before, listed_now = _listing(before) if before is not None else None, _listing(now)
    for key in dict.fromkeys((*keys_before, *keys_now)):
        was = listed_before if key in keys_before else None
        listed = listed_now if key in keys_now else None
        if was != listed:
            _list(working_set, key, now.id, listed)


def _count(working_set: WorkingSet, before: Registration | None, now: Registration) -> None:
    """The partner's open count and paused claims follow the registration's state."""
    was_open = before is not None and before.state in OPEN_STATES
    is_open = now.state in OPEN_STATES
    was_paused = before is not None and _paused(before)
    if was_open == is_open and was_paused == _paused(now):
        return
    owner = working_set.partner(now.partner)
    counts = dict(owner.open)
    counts[now.program] = counts.get(now.program, 0) + is_open - was_open
    paused = tuple(one for one in owner.paused if one != now.id) + ((now.id,) if _paused(now) else ())
    kept = tuple(sorted((name, count) for name, count in counts.items() if count))
    working_set.put("partner", owner.id, replace(owner, open=kept, paused=paused))


def _paused(one: Registration) -> bool:
    """Whether its partner's reinstatement lets it, or its held amendment, go on."""
    return one.held is not None or (one.life.review == "in_review" and one.life.hold == "conflict" and not one.behind)


def _listing(one: Registration) -> Listed | None:
    """How it stands under each of its customer keys."""
    if one.live or one.open:
        return Listed(one.id, one.partner, one.live, bool(one.open), holds_until=one.holds_until)
    if one.state in ("rejected", "withdrawn"):
        return None
    if one.protected_until is not None:  # it was protected, and its protection ended by then at the latest
        keep = one.protected_until + KEPT_AFTER_END
        return Listed(one.id, one.partner, False, keep_until=keep, holds_until=one.holds_until)
    keep = (one.completed_at or one.submitted_at) + KEPT_AFTER_END
    return Listed(one.id, one.partner, False, keep_until=max(keep, one.found_until or keep), ended_by=one.ended_by)


def _listed_alike(before: Registration, now: Registration) -> bool:
    """Cheap check that the two index entries would be equal, as they are for most changes."""
    return before.live and now.live and bool(before.open) == bool(now.open)


def _list(working_set: WorkingSet, key: str, id_: str, listed: Listed | None) -> None:
    now = working_set.key_list(key)
    clock = working_set.clock
    kept = [
        one
        for one in now.registrations
        if one.registration != id_ and (one.keep_until is None or one.keep_until > clock)
    ]
    if listed:
        kept.append(listed)
    working_set.put("key", key, replace(now, registrations=tuple(kept)))


def _unanswered(working_set: WorkingSet, id_: str) -> None:
    """What a person said of a customer is no answer on another one, which the claim names now."""
    before = working_set.registration(id_)
    for other, _ in before.verdicts:
        asked = working_set.registration(other)
        left = tuple(one for one in asked.verdicts if one[0] != id_)
        working_set.put("registration", other, replace(asked, verdicts=left))
    working_set.put("registration", id_, replace(before, verdicts=()))
