"""What the audit trail is made of: the facts by which people administer a vendor, as the feed keeps them.

It is a question to the view `feed` and no view of its own: a view more would read and check the whole journal, of which
administration is a thousandth part.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

import sqlalchemy as sa

from services.projections.tables import feed
from shared.credentials import OPERATOR
from shared.database import database_errors
from shared.events import access
from shared.values.written import in_utc

Audited = Literal[
    "clock.moved",
    "connection.configured",
    "connection.created",
    "connection.deleted",
    "connection.rotated",
    "credential.created",
    "credential.revoked",
    "credential.rotated",
    "endpoint.changed",
    "endpoint.created",
    "endpoint.deleted",
    "endpoint.disabled",
    "endpoint.enabled",
    "endpoint.replayed",
    "endpoint.rotated",
    "identity.admitted",
    "identity.blocked",
    "partner.certified",
    "partner.changed",
    "partner.enrolled",
    "partner.reinstated",
    "partner.scored",
    "partner.suspended",
    "program.published",
    "program.withdrawn",
    "provider.configured",
    "provider.removed",
    "rates.published",
    "target.dropped",
    "target.set",
    "vendor.configured",
    "vendor.created",
    "vendor.went_live",
]
"""What people administer. Left out: what is decided on deals (reviews, matches, cases), which a deal's history has."""
AUDITED: tuple[Audited, ...] = get_args(Audited)
_LONG = ("document", "policy")
"""Whole documents: up to 200 KB each, and read elsewhere."""


def of_types(table: Any, types: Sequence[str] = ()) -> Any:
    """Entries of these types, or of every audited one."""
    # Written out, not bound: a partial index serves a question only where the planner sees that it may.
    wanted = sa.bindparam("types", list(types or AUDITED), expanding=True, literal_execute=True, type_=sa.Text)
    return table.c.type.in_(wanted)


def done_at(table: Any) -> Any:
    """When it was done: an act on a row says so itself; else when the fact was accepted, or dated by an import."""
    known = table.c.known_at if "known_at" in table.c else table.c.clock
    return sa.func.coalesce(sa.cast(table.c.data["at"].astext, sa.DateTime(timezone=True)), known)


def content(table: Any) -> Any:
    """What the entry says, without whole documents."""
    found = table.c.data
    for name in _LONG:
        found = found.op("-")(sa.cast(name, sa.Text))
    return found


def acted(table: Any, actor: str) -> Any:
    """Entries of this actor: a principal, the id of a credential or an identity, or `operator`."""
    if actor == access.OPERATOR:
        return table.c.principal == OPERATOR
    return sa.or_(
        table.c.principal.in_([actor, f"key:{actor}", f"identity:{actor}"]), table.c.data["by"].astext == actor
    )


def actor_of(principal: str | None) -> str | None:
    """Who acted, for people: the principal, or `operator` for the command line."""
    return access.OPERATOR if principal == OPERATOR else principal


def credential_of(principal: str | None, data: dict[str, Any]) -> str | None:
    """The id of the credential that acted, where the entry tells it."""
    by = data.get("by")
    if by is not None:
        return None if by == access.OPERATOR else str(by)
    return principal.removeprefix("key:") if principal and principal.startswith("key:") else None


def between(table: Any, since: datetime | None, before: datetime | None) -> list[Any]:
    """Entries of what was done in that time."""
    at = done_at(table)
    return [*([] if since is None else [at >= since]), *([] if before is None else [at < before])]


class Act(NamedTuple):
    """One act of administration."""

    seq: int
    type: str
    at: datetime
    actor: str | None
    credential: str | None
    subjects: list[str]
    data: dict[str, Any]
    fact: str


async def acts_of(
    engine: Any,
    vendor: str,
    *,
    subject: str | None = None,
    actor: str | None = None,
    types: Sequence[str] = (),
    since: datetime | None = None,
    limit: int,
) -> list[Act]:
    """The vendor's newest acts that match."""
    where = [of_types(feed, types), *between(feed, since, None)]
    where += [] if subject is None else [feed.c.subjects.contains([subject])]
    where += [] if actor is None else [acted(feed, actor)]
    columns = (feed.c.seq, feed.c.type, feed.c.principal, feed.c.subjects, feed.c.cause)
    query = sa.select(*columns, done_at(feed).label("at"), content(feed).label("data"))
    query = query.where(feed.c.vendor == vendor, *where).order_by(feed.c.seq.desc()).limit(limit)
    with database_errors():
        async with engine.connect() as connection:
            rows = (await connection.execute(query)).all()
    return [_act(row) for row in rows]


def said(data: dict[str, Any]) -> dict[str, Any]:
    """What was done, without who did it and when, which stand beside it."""
    return {name: value for name, value in data.items() if name not in ("by", "at")}


def _act(row: Any) -> Act:
    who = actor_of(row.principal), credential_of(row.principal, row.data)
    return Act(row.seq, row.type, in_utc(row.at), *who, row.subjects, said(row.data), row.cause)
