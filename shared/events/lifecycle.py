"""The life of a registration: the one transition table, used by the decider and by every view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from shared.errors import Unfoldable
from shared.events import protection, registration
from shared.events.base import Event

Review = Literal["draft", "submitted", "in_review", "action_required", "approved", "rejected", "withdrawn", "closed"]
Protected = Literal["protected", "expired", "converted", "lost", "released", "revoked"]
State = Literal[
    "draft", "submitted", "waiting", "in_review", "action_required", "rejected", "withdrawn", "closed",
    "protected", "expired", "converted", "lost", "released", "revoked",
]  # fmt: skip

OPEN_STATES: frozenset[str] = frozenset({"draft", "submitted", "waiting", "in_review", "action_required", "protected"})
"""Submitted through protected, held included: what `max_open_registrations` counts."""
LIVE_STATES: frozenset[str] = OPEN_STATES - {"draft"}
"""Claims that stand in a deal's order: incomplete ones have no priority."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a claim is not decided, and what that means for it and its rivals."""

    review: Review = "in_review"
    """The state of its review meanwhile."""
    keeps_place: bool = False
    """Whether it keeps out those that an order ranks behind it."""
    movable: bool = False
    """Whether a change among its rivals can end it; else it waits for its partner, or for a person alone."""


HOLDS: dict[str, Hold] = {
    "incomplete": Hold(review="draft"),
    "conflict": Hold(movable=True),
    "confirmation": Hold(movable=True),
    "contest": Hold(keeps_place=True, movable=True),
    "customer_match": Hold(keeps_place=True, movable=True),
    "review": Hold(keeps_place=True, movable=True),
    "too_many_candidates": Hold(keeps_place=True),
    "unsettled": Hold(keeps_place=True),
    "action_required": Hold(review="action_required", keeps_place=True),
}
"""Every reason of `registration.held`."""
_WAITS = ("conflict", "confirmation", "contest")
"""Holds in which nobody at the vendor has anything to do."""
_UNDECIDED = ("draft", "submitted", "in_review", "action_required")


@dataclass(frozen=True, slots=True)
class Life:
    """The two machines of a registration, kept apart: its review and, once approved, its protection."""

    review: Review = "draft"
    protection: Protected | None = None
    hold: str | None = None
    """Why it is not decided yet: the reason of the last `registration.held`."""
    end_code: str | None = None

    @property
    def state(self) -> State:
        """One word for both machines, as lists and filters use it."""
        if self.protection is not None:
            return self.protection
        if self.review == "in_review" and self.hold in _WAITS:
            return "waiting"
        if self.review == "closed":
            return "closed" if self.end_code == "confirmation_lapsed" else "lost"
        if self.review == "approved":
            raise Unfoldable("an approved registration without protection")
        return self.review


# event -> (review states it may come from, protection states it may come from; () where none may be)
TRANSITIONS: dict[type[Event], tuple[tuple[Review | None, ...], tuple[Protected | None, ...]]] = {
    registration.RegistrationSubmitted: ((None,), (None,)),
    registration.RegistrationCompleted: (("draft",), (None,)),
    registration.RegistrationHeld: ((*_UNDECIDED, "closed"), (None,)),  # type: ignore[dict-item]
    registration.RegistrationApproved: (("submitted", "in_review", "action_required", "closed"), (None,)),
    registration.RegistrationRejected: ((*_UNDECIDED, "closed"), (None,)),  # type: ignore[dict-item]
    registration.RegistrationWithdrawn: ((*_UNDECIDED, "approved"), (None, "protected")),  # type: ignore[dict-item]
    registration.RegistrationClosed: ((*_UNDECIDED, "closed"), (None,)),  # type: ignore[dict-item]
    protection.ProtectionExtended: (("approved",), ("protected", "expired")),
    protection.ProtectionExpired: (("approved",), ("protected", "converted", "lost")),
    protection.ProtectionConverted: (("approved",), ("protected", "expired")),
    protection.ProtectionLost: (("approved",), ("protected",)),
    protection.ProtectionReleased: (("approved",), ("protected",)),
    protection.ProtectionRevoked: (("approved",), ("protected",)),
    protection.ProtectionResumed: (("approved",), ("converted", "lost")),
}


def after(life: Life | None, event: Event) -> Life:
    """The life after the event; events that do not concern it leave it; raises `Unfoldable` outside the table."""
    allowed = TRANSITIONS.get(type(event))
    if allowed is None:
        if life is None:
            raise Unfoldable(f"{event.type} concerns a registration that was never submitted")
        return life
    reviews, protections = allowed
    if (life.review if life else None) not in reviews or (life.protection if life else None) not in protections:
        raise Unfoldable(f"{event.type} is not a transition from {life.state if life else 'nothing'}")
    return _LEADS[type(event)](life or Life(), event)


def _held(_: Life, event: registration.RegistrationHeld) -> Life:
    return Life(HOLDS[event.reason].review, None, event.reason)


def _withdrawn(life: Life, _: registration.RegistrationWithdrawn) -> Life:
    # A protected one is released by the decision that follows.
    return life if life.protection else Life("withdrawn", None, None, "withdrawn")


def _converted(_: Life, event: protection.ProtectionConverted) -> Life:
    return Life("approved", "converted", None, "late_win" if event.late else "won")


_PROTECTED = Life("approved", "protected")
# By exact type: this is asked for every entry, and trying class after class costs more than the answer.
_LEADS: dict[type[Event], Callable[[Life, Any], Life]] = {
    registration.RegistrationSubmitted: lambda _, event: Life(),
    registration.RegistrationCompleted: lambda life, event: Life("submitted", life.protection, None, life.end_code),
    registration.RegistrationHeld: _held,
    registration.RegistrationApproved: lambda _, event: _PROTECTED,
    registration.RegistrationRejected: lambda _, event: Life("rejected", None, None, event.code),
    registration.RegistrationClosed: lambda _, event: Life("closed", None, None, event.code),
    registration.RegistrationWithdrawn: _withdrawn,
    protection.ProtectionExtended: lambda _, event: _PROTECTED,
    protection.ProtectionResumed: lambda _, event: _PROTECTED,
    protection.ProtectionExpired: lambda _, event: Life("approved", "expired", None, "expired"),
    protection.ProtectionConverted: _converted,
    protection.ProtectionLost: lambda _, event: Life("approved", "lost", None, "opportunity_lost"),
    protection.ProtectionReleased: lambda _, event: Life("approved", "released", None, event.code),
    protection.ProtectionRevoked: lambda _, event: Life("approved", "revoked", None, event.code),
}
assert _LEADS.keys() == TRANSITIONS.keys()
