"""The adapter for HubSpot: a signed batch becomes hints. No property in it is used, since each event has but one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.registration.crm.notices import Gathered, Left, Notices, contact, deal
from services.registration.crm.settings import HubSpotSettings
from shared.errors import FieldProblem, Invalid
from shared.http.wire.json_body import read_json

DEAL_TYPE = "0-3"
"""`objectTypeId` of deals, in the generic subscriptions."""
MAX_VALUES = 200_000
"""Values of one delivery: far more than a hundred events have, and no more than a body of a megabyte can."""
_CHANGES = frozenset({"creation", "propertyChange", "deletion", "merge", "restore", "associationChange"})
_PRIVACY = "contact.privacyDeletion"


def read(body: bytes, settings: HubSpotSettings) -> Notices:
    """Read a delivery. Nothing in it raises: what cannot be used is a problem of its own."""
    try:
        events = read_json(body, MAX_VALUES)
    except Invalid as error:
        return Notices(problems=(FieldProblem("", error.code, error.detail),))
    if not isinstance(events, list):
        return Notices(problems=(FieldProblem("", "field.type", "must be a JSON array of events"),))
    found = Gathered()
    left: list[Left] = []
    problems: list[FieldProblem] = []
    for position, event in enumerate(events):
        said = _event(event, settings, found)
        if isinstance(said, FieldProblem):
            problems.append(FieldProblem(f"{position}.{said.field}".rstrip("."), said.code, said.message))
        elif said is not None:
            left.append(Left(position, said))
    return Notices(tuple(found.hints.values()), tuple(left), tuple(problems))


def _event(event: Any, settings: HubSpotSettings, found: Gathered) -> FieldProblem | str | None:
    """Gather what the event asks for; return why it asks for nothing, or what is wrong with it."""
    if not isinstance(event, dict):
        return FieldProblem("", "field.type", "must be a JSON object")
    if event.get("portalId") != settings.portal:
        return FieldProblem(
            "portalId", "crm.portal_other", f"is not the account {settings.portal} of this connection; correct either"
        )
    if event.get("appId") != settings.app:
        return FieldProblem(
            "appId", "crm.app_other", f"is not the app {settings.app} of this connection; correct either"
        )
    # The field table of the documentation says `eventType`; every delivery says `subscriptionType`.
    kind = str(event.get("subscriptionType", event.get("eventType", "")))
    if kind == _PRIVACY:
        return _gather(found, contact, event, "objectId")
    noun, _, change = kind.partition(".")
    if change not in _CHANGES or noun not in ("deal", "object"):
        return "other_object"
    if change == "associationChange":
        return _association(event, found)
    if noun == "object" and event.get("objectTypeId") != DEAL_TYPE:
        return "other_object"
    if event.get("changeSource") == "INTEGRATION" and settings.is_own(event.get("sourceId")):
        return "own_echo"
    if change == "merge":
        return _merge(event, found)
    return _gather(found, deal, event, "objectId", _moment(event) if change == "deletion" else None)


def _association(event: dict[str, Any], found: Gathered) -> FieldProblem | str | None:
    """A deal has another company, contact or line item: it reads differently from now on."""
    ends = str(event.get("associationType", "")).upper().split("_TO_")
    if len(ends) == 2 and ends[0] == "DEAL":
        return _gather(found, deal, event, "fromObjectId")
    if len(ends) == 2 and ends[1] == "DEAL":
        return _gather(found, deal, event, "toObjectId")
    return "other_object"


def _merge(event: dict[str, Any], found: Gathered) -> FieldProblem | None:
    kept = event.get("newObjectId") or event.get("primaryObjectId") or event.get("objectId")
    given = event.get("mergedObjectIds")
    gone = [event.get("primaryObjectId"), *(given if isinstance(given, list) else [])]
    ids = [id_ for id_ in map(_id, gone) if id_ is not None and id_ != _id(kept)]
    return _gather(found, deal, {"objectId": kept}, "objectId", merged=tuple(ids))


def _gather(
    found: Gathered, subject: Any, event: dict[str, Any], name: str, deleted_at: datetime | None = None,
    merged: tuple[str, ...] = (),
) -> FieldProblem | None:  # fmt: skip
    id_ = _id(event.get(name))
    if id_ is None:
        return FieldProblem(name, "field.type", "must be the number of a CRM object")
    found.add(subject(id_), merged, deleted_at)
    return None


def _id(given: object) -> str | None:
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) <= 20:
        return given
    return str(given) if isinstance(given, int) and not isinstance(given, bool) and 0 < given < 2**63 else None


def _moment(event: dict[str, Any]) -> datetime | None:
    given = event.get("occurredAt")
    if not isinstance(given, int) or not 0 < given < 10**14:
        return None
    return datetime.fromtimestamp(given / 1000, UTC)
