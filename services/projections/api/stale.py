"""Mark responses that lack parked entries (G8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, Field

from services.projections.tables import parked, version
from shared.credentials import Caller
from shared.projection.port import View

Stale = Mapping[str, int]
"""Subjects of the vendor that a queried view has parked, and the entry since which each is parked."""

NOUNS = ("registration", "opportunity", "conflict", "reward", "case")
"""Fields of a document that name a subject by its id."""


_OTHER = ("registration", "other")
"""The noun of a field that has another name."""


class MayBeStale(BaseModel):
    """A document that says if it is stale."""

    stale_since_seq: int | None = Field(
        None,
        description="Present only if an entry could not be applied: the data has not changed since that entry. For "
        "the vendor.",
    )
    stale: bool | None = Field(
        None,
        description="Present only if the data stopped changing at an earlier entry that could not be applied. For "
        "partners.",
    )


def earliest(vendor: str, views: Iterable[View], seq: int) -> sa.ScalarSelect[Any]:
    """Select the first entry up to `seq` that one of the views has parked, null if none."""
    return sa.select(sa.func.min(parked.c.seq)).where(*_of(vendor, views, seq)).scalar_subquery()


def subjects(vendor: str, views: Iterable[View], seq: int) -> sa.Select[Any]:
    """Select each parked subject, with the entry since which it is parked."""
    rows = sa.select(sa.func.unnest(parked.c.subjects).label("subject"), parked.c.seq).where(*_of(vendor, views, seq))
    each = rows.subquery()
    return sa.select(each.c.subject, sa.func.min(each.c.seq)).group_by(each.c.subject)


def whole(caller: Caller, stale: Stale) -> dict[str, Any]:
    """Mark a list or total, which may lack any parked entry."""
    return _marked(caller, min(stale.values(), default=None))


def about(caller: Caller, stale: Stale, document: Mapping[str, Any]) -> dict[str, Any]:
    """Mark one document if a subject that it names is parked."""
    fields = ((noun, noun) for noun in NOUNS)
    named = (f"{noun}:{document[name]}" for noun, name in (*fields, _OTHER) if document.get(name) is not None)
    return _marked(caller, min((stale[one] for one in named if one in stale), default=None)) if stale else {}


def _marked(caller: Caller, since: int | None) -> dict[str, Any]:
    if since is None:
        return {}
    return {"stale_since_seq": since} if caller.partner is None else {"stale": True}


def _of(vendor: str, views: Iterable[View], seq: int) -> list[Any]:
    read = sa.exists().where(
        version.c.view == parked.c.view, version.c.version == parked.c.version, version.c.state == "current"
    )
    return [parked.c.vendor == vendor, parked.c.view.in_([view.name for view in views]), parked.c.seq <= seq, read]
