"""Which partners may read an entry, and which part of it (G10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from services.projections.views.own_money import CASE, CREDIT, MONEY, REWARD, Kinds, credited_by, own_money
from shared.events import access as ac
from shared.events import conflict as c
from shared.events import customer as cu
from shared.events import held as h
from shared.events import opportunity as o
from shared.events import order as od
from shared.events import partner as pa
from shared.events import protection as p
from shared.events import registration as r
from shared.events import target as t
from shared.events import vendor as v
from shared.events.base import VENDOR_ONLY, Event
from shared.events.case import CaseOpened
from shared.policy.clauses import readable


class Owner(NamedTuple):
    """The owner of a subject: the registration that an opportunity belongs to, and its partner."""

    vendor: str
    subject: str
    registration_id: str | None
    partner: str | None
    credited: Sequence[str]
    """Partners that the opportunity's value is credited to."""


OwnerOf = Callable[[str], str | None]
"""Map `noun:id` to its partner at this entry; None if it has none."""

_PARTNER: tuple[type[Event], ...] = (
    pa.PartnerEnrolled, pa.PartnerChanged, pa.PartnerScored, pa.PartnerCertified,
    pa.PartnerSuspended, pa.PartnerReinstated, t.TargetSet, t.TargetDropped,
    ac.CredentialCreated, ac.CredentialRotated, ac.CredentialRevoked,
    ac.EndpointCreated, ac.EndpointChanged, ac.EndpointRotated, ac.EndpointReplayed, ac.EndpointDisabled,
    ac.EndpointEnabled, ac.EndpointDeleted,
)  # fmt: skip
# About one claim. Left out on purpose: `customer.…`, which names another partner's registration or customer.
_REGISTRATION: tuple[type[Event], ...] = (
    r.RegistrationAmended, r.RegistrationWithdrawn, r.RegistrationConfirmed,
    r.EvidenceAdded, r.EvidenceVerified, r.EvidenceRefuted, r.ExtensionRequested, r.ObjectionRaised, r.ReviewDecided,
    r.RegistrationCompleted, r.RegistrationRecognised, r.RegistrationHeld, r.RegistrationApproved,
    r.RegistrationRejected, r.RegistrationClosed,
    h.AmendmentHeld, h.AmendmentTaken, h.AmendmentRefused,
    c.ConflictDetected, c.ConflictResolved,
    p.ExtensionHeld, p.ExtensionRefused, p.ProtectionExtended, p.ProtectionExpired, p.ProtectionConverted,
    p.LossHeld, p.LossLifted, p.ProtectionLost, p.ProtectionReleased, p.ProtectionRevoked, p.ProtectionResumed,
    o.LinkDecided, o.OpportunityLinked, o.OpportunityClassified,
)  # fmt: skip
_OPPORTUNITY: Kinds = frozenset((
    o.OpportunityCreated, o.OpportunityChanged, o.OpportunityWon, o.OpportunityLost, o.OpportunityReopened,
    od.OrderRefunded, od.OrderCancelled, od.RefundCounted, od.RefundWaiting,
    od.RefundDisregarded,
))  # fmt: skip

_MAIN: dict[type[Event], str] = {
    **dict.fromkeys(_PARTNER, "partner"),
    **dict.fromkeys(_REGISTRATION, "registration"),
    **dict.fromkeys(_OPPORTUNITY, "opportunity"),
    **dict.fromkeys(REWARD, "partner"),
    # A case belongs to the holder: the winner must not learn that there is one, nor what a reviewer wrote.
    **dict.fromkeys(CASE, "registration"),
    r.RegistrationSubmitted: "partner",
    o.OpportunityUnlinked: "previous",
}
"""Each type that a partner may read, and the field with its owner; other types are the vendor's."""
_NOUN = {"registration": "registration", "previous": "registration", "opportunity": "opportunity"}

_OWN = ("conflict:", "fact:", "case:", "reward:", "credential:", "endpoint:")
"""Subjects without an owner that are each reader's own."""
_OWN_OF_MONEY = (*_OWN, "opportunity:")

# The refusal for naming another partner's claim; the claim's owner must not see it.
_STRANGERS = "registration.unknown"
# Reviewers' decisions on two customers belong to no partner, refused or not.
_COMPARING = frozenset({cu.CustomerMatchRevoked.type, cu.CustomerMerged.type, cu.CustomerSplit.type})
# A reviewer's note is free text written for colleagues; it may name anybody. A case's winner is the holder's rival.
_HIDDEN: Mapping[type[BaseModel], tuple[str, ...]] = {r.ReviewDecided: ("note",), CaseOpened: ("winner",)}


def readers_of(event: Any, owner_of: OwnerOf, credited: Sequence[str] = ()) -> list[str]:
    """Return the partners that may read the entry, each its own part; `credited` are those of the deal so far.

    More than one reads of credit alone: whoever had a share before and whoever has one now.
    """
    if type(event) in CREDIT:
        return sorted({*credited, *credited_by(event, credited)})
    reader = reader_of(event, owner_of)
    return [reader] if reader is not None else []


def reader_of(event: Any, owner_of: OwnerOf) -> str | None:
    """Return the partner of the entry: its main subject's, never an opponent's."""
    field = _MAIN.get(type(event))
    if field is not None:
        name: str | None = getattr(event, field)
        # A submission names its partner; for everything else, the known owner decides.
        return name if field == "partner" else owner_of(f"{_NOUN[field]}:{name}") if name else None
    if type(event) is v.FactRefused and event.code != _STRANGERS and event.fact_type not in _COMPARING:
        return _refused(event, owner_of)
    return None


def _refused(event: v.FactRefused, owner_of: OwnerOf) -> str | None:
    for touched in event.touches:
        noun, _, name = touched.partition(":")
        found = name if noun == "partner" else owner_of(touched) if noun == "registration" else None
        if found is not None:
            return found
    return None


def redacted(event: Any, partner: str, owner_of: OwnerOf) -> dict[str, Any]:
    """Return the event's content for that partner: without vendor-only fields and without others' names."""
    content: dict[str, Any] = event.__pydantic_serializer__.to_python(
        event, mode="json", exclude_defaults=True, exclude=hidden_from_partners(event.__class__)
    )
    if type(event) in _OPPORTUNITY and content.get("partner") != partner:
        content.pop("partner", None)
    for name in ("registration", "previous", "original"):
        if name in content and not is_own(f"registration:{content[name]}", partner, owner_of):
            del content[name]
    if "findings" in content:
        content["findings"] = [readable_part(one) for one in content["findings"]]
    if "touches" in content:
        content["touches"] = [one for one in content["touches"] if is_own(one, partner, owner_of)]
    return own_money(event, content, partner, owner_of) if type(event) in MONEY else content


def readable_part(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding without what is not its claimant's: inputs and needs by their clause's marks, and every rival."""
    clause = finding["clause"]
    kept = {name: one for name, one in finding.items() if name not in ("inputs", "needs", "rivals", "rival_count")}
    inputs = {name: one for name, one in finding.get("inputs", {}).items() if readable(clause, name)}
    needs = [one for one in finding.get("needs", ()) if readable(clause, one["input"])]
    return kept | ({"inputs": inputs} if inputs else {}) | ({"needs": needs} if needs else {})


@cache
def hidden_from_partners(part: type[BaseModel]) -> Any:
    """Return pydantic's `exclude` argument that drops every vendor-only field, however deep."""
    hidden: dict[str, Any] = dict.fromkeys(_HIDDEN.get(part, ()), True)
    for name, field in part.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("audience") == VENDOR_ONLY["audience"]:
            hidden[name] = True
            continue
        for inner, repeated in _parts_of(field.annotation):
            if deeper := hidden_from_partners(inner):
                hidden[name] = {"__all__": deeper} if repeated else deeper
    return hidden


def _parts_of(annotation: Any, *, repeated: bool = False) -> list[tuple[type[BaseModel], bool]]:
    """Return the models within an annotation, and whether they are in a collection."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [(annotation, repeated)]
    inside = getattr(annotation, "__origin__", None) in (tuple, list, dict)
    return [found for one in get_args(annotation) for found in _parts_of(one, repeated=repeated or inside)]


def is_own(subject: str, partner: str, owner_of: OwnerOf) -> bool:
    """Return whether the subject is the partner itself or belongs to it."""
    return subject == f"partner:{partner}" or owner_of(subject) == partner


def own_subjects(event: Event, subjects: tuple[str, ...], partner: str, owner_of: OwnerOf) -> list[str]:
    """The entry's subjects that are the partner's; its conflict and its refused fact have no owner but are its own.

    What it earns on another's deal names that deal.
    """
    mine = _OWN_OF_MONEY if type(event) in MONEY else _OWN
    return [one for one in subjects if one.startswith(mine) or is_own(one, partner, owner_of)]
