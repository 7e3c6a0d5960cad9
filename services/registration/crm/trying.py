"""What a payload would become under the settings of a connection, and why not; nothing is stored, sent or fetched."""

from __future__ import annotations

from typing import Any

from services.registration.crm import hubspot
from services.registration.crm.configured import Configured
from services.registration.crm.record import RecordInvalid, record_of
from services.registration.crm.store import Known
from services.registration.crm.telling import prepare
from services.registration.intake.submission import Submissions
from shared.errors import FieldProblem
from shared.events.opportunity import SourceBody

_NOWHERE = SourceBody(body="cbd_not_stored", hash="0")


def attempt(place: Configured, payload: bytes, known: dict[str, Known], submissions: Submissions) -> dict[str, Any]:
    """Return what a delivery asks for, or what a fetched deal is told as; raise `RecordInvalid` for anything else."""
    if payload.lstrip()[:1] == b"[":
        return _delivery(place, payload)
    record = record_of(payload)
    telling = prepare(place, record, _NOWHERE, known, submissions)
    return {
        "kind": "deal",
        "deal": record.id,
        "messages": [] if telling.problems else list(telling.bodies),
        "left": None if telling.problems else _left(telling.messages.left, bool(telling.bodies)),
        "problems": _shown(telling.problems),
    }


def deal_of(payload: bytes) -> str | None:
    """The deal that a payload is about; None for a delivery and for what is no deal."""
    try:
        return None if payload.lstrip()[:1] == b"[" else record_of(payload).id
    except RecordInvalid:
        return None


def _left(code: str | None, told: bool) -> str | None:
    return code or (None if told else "nothing_new")


def _delivery(place: Configured, payload: bytes) -> dict[str, Any]:
    notices = hubspot.read(payload, place.settings)
    return {
        "kind": "delivery",
        "reads": [
            {"subject": one.subject, "merged": list(one.merged), "deleted_at": one.deleted_at} for one in notices.hints
        ],
        "ignored": [{"event": one.position, "code": one.code} for one in notices.left],
        "problems": _shown(notices.problems),
    }


def _shown(problems: tuple[FieldProblem, ...]) -> list[dict[str, str]]:
    return [{"field": one.field, "code": one.code, "message": one.message} for one in problems]
