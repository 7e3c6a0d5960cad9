"""The position of a query: the last entry, a past one, or at least the caller's own write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.projections.api.errors import FactUnknown, NotReached
from services.projections.api.stale import Stale, earliest, subjects
from services.projections.api.watch import Watch
from services.projections.tables import feed
from services.projections.views import FEED
from shared.credentials import Caller
from shared.database import database_errors
from shared.errors import FieldProblem, RequestInvalid
from shared.http.wire.parameters import MAX_NUMBER, Seconds, as_instant
from shared.projection.port import View
from shared.receipts import receipt_of
from shared.values import BadValue, is_identifier, parse_count, parse_instant

MAX_WAIT_SECONDS = 30.0
_KNOWN_BY = sa.text("""
    WITH RECURSIVE search (low, high) AS (
        SELECT 0::bigint, CAST(:head AS bigint)
        UNION ALL
        SELECT CASE WHEN known THEN middle ELSE low END, CASE WHEN known THEN high ELSE middle - 1 END
        FROM search, LATERAL (SELECT (low + high + 1) / 2 AS middle) halves, LATERAL (
            SELECT coalesce((
                SELECT known_by <= :moment FROM projections.feed
                WHERE vendor = :vendor AND seq <= middle ORDER BY seq DESC LIMIT 1), true) AS known) one
        WHERE low < high)
    SELECT low FROM search WHERE low = high
""")
"""The last entry up to `head` that was known by the moment, by halves: along the feed `known_by` never falls, and an
index for it would be written with every entry."""
DEFAULT_WAIT_SECONDS = 1.0
"""Default wait. A view is usually a quarter of a second behind, so this is enough."""


class PositionQuery(BaseModel):
    """Query parameters for the position."""

    model_config = ConfigDict(extra="forbid")

    as_of: str | None = Field(
        None,
        max_length=40,
        description="Answer with what was known then: a sequence number (the vendor's credentials only) or an "
        "instant (RFC 3339).",
        examples=["2026-03-31T22:00:00Z"],
    )
    min_position: str | None = Field(
        None,
        max_length=80,
        description="Answer only once this is applied: a fact id from a 202, or a sequence number (the vendor's "
        "credentials only). 503 with Retry-After if that takes longer than `wait`.",
    )
    wait: Seconds = Field(
        DEFAULT_WAIT_SECONDS,
        ge=0,
        le=MAX_WAIT_SECONDS,
        description="Seconds to wait until `as_of` or `min_position` is reached.",
    )

    @property
    def past(self) -> str | None:
        """The past entry or instant to answer as of, if any."""
        return self.as_of


PositionParameters = Annotated[PositionQuery, Query()]


@dataclass(frozen=True, slots=True)
class Position:
    """The entry as of which a query is answered, and the clock for counting days."""

    seq: int
    at: datetime
    """Now for a live vendor without `as_of`, else the vendor's clock at `seq`."""
    clock: datetime | None = None
    """Only for the past, if the feed has the entry: no earlier entry has a later clock."""
    stale: Stale = field(default_factory=dict)
    """What the views have parked up to `seq`."""


class Positions:
    """Finds the position of a request, and waits for it within bounds."""

    def __init__(self, pool: Any, engine: AsyncEngine, watch: Watch) -> None:
        self._pool = pool
        self._engine = engine
        self._watch = watch

    async def find(self, caller: Caller, view: View, asked: PositionQuery, *also: View) -> Position:
        """Return the position on the view; wait until the views in `also` have reached it too.

        Raises `NotReached`, `FactUnknown`, or 422 for what cannot be meant.
        """
        seq, moment, fact, least = _read(caller, asked)
        place = (caller.vendor, view.name, view.version)
        known = partial(self._assert_known, caller)
        try:
            head = await self._watch.reach(place, max(seq or 0, least), fact, asked.wait, known)
            if moment is not None:
                seq = await self._known_by(caller, moment, head, asked.wait)
            reached = head if seq is None else seq
            for other in also:
                await self._watch.reach((caller.vendor, other.name, other.version), reached, None, asked.wait)
        except TimeoutError as error:
            raise NotReached(f"the view {view.name} has not applied that yet; ask again") from error
        return await self.at(caller.vendor, reached, (view, *also), past=seq is not None)

    async def at(self, vendor: str, seq: int, views: Sequence[View], *, past: bool) -> Position:
        """Return the position at `seq`; its clock is the vendor's for the past and during an import."""
        query = sa.select(
            sa.select(feed.c.clock).where(feed.c.vendor == vendor, feed.c.seq <= seq).order_by(feed.c.seq.desc())
            .limit(1).scalar_subquery(),
            sa.select(feed.c.clock).where(feed.c.vendor == vendor, feed.c.seq == seq).scalar_subquery(),
            _live(vendor, seq),
            earliest(vendor, views, seq),
        )  # fmt: skip
        with database_errors():
            async with self._engine.connect() as connection:
                clock, exact, live, aside = (await connection.execute(query)).one()
                stale = dict((await connection.execute(subjects(vendor, views, seq))).all()) if aside else {}
        now = datetime.now(UTC)
        return Position(seq, clock if clock is not None and (past or not live) else now, exact if past else None, stale)

    async def _known_by(self, caller: Caller, moment: datetime, head: int, wait: float) -> int:
        # The feed resolves instants, so it must be as far as the queried view.
        await self._watch.reach((caller.vendor, FEED.name, FEED.version), head, None, wait)
        asked = {"vendor": caller.vendor, "moment": moment, "head": head}
        with database_errors():
            async with self._engine.connect() as connection:
                return int((await connection.execute(_KNOWN_BY, asked)).scalar_one())

    async def _assert_known(self, caller: Caller, fact: str) -> None:
        """Assert that the fact, which is not decided yet, was accepted from somebody whose facts the caller may see."""
        with database_errors():
            receipt = await receipt_of(self._pool, caller.vendor, fact)
        if receipt is None or caller.partner not in (None, receipt.partner):
            raise FactUnknown(f"there is no fact {fact}")


def _live(vendor: str, seq: int) -> Any:
    """Return whether the vendor's clock is ours: it went live, or began so."""
    went = sa.select(feed.c.seq).where(
        feed.c.vendor == vendor, feed.c.type == sa.literal_column("'vendor.went_live'"), feed.c.seq <= seq
    )
    born = sa.select(feed.c.seq).where(
        feed.c.vendor == vendor, feed.c.seq == 1, feed.c.data["mode"].astext.in_(("importing", "sandbox"))
    )
    return sa.or_(went.exists(), sa.not_(born.exists()))


def _read(caller: Caller, asked: PositionQuery) -> tuple[int | None, datetime | None, str | None, int]:
    """The parsed parameters: as-of number, as-of instant, fact, least number."""
    problems: list[FieldProblem] = []
    seq, moment = _as_of(caller, asked.past, problems)
    fact, least = None, 0
    if asked.min_position is not None:
        if _is_number(asked.min_position):
            least = _number("min_position", asked.min_position, problems) or 0
            if caller.partner is not None:
                problems.append(_for_vendor("min_position", "a fact id"))
        elif is_identifier(asked.min_position):
            fact = asked.min_position
        else:
            problems.append(FieldProblem("min_position", "position.invalid", "is neither a fact id nor a number"))
    if problems:
        raise RequestInvalid(problems)
    return seq, moment, fact, least


def _as_of(caller: Caller, text: str | None, problems: list[FieldProblem]) -> tuple[int | None, datetime | None]:
    if text is None:
        return None, None
    if _is_number(text):
        if caller.partner is not None:
            problems.append(_for_vendor("as_of", "an instant"))
        return _number("as_of", text, problems), None
    try:
        moment = parse_instant(as_instant(text))
    except BadValue as error:
        problems.append(error.at("as_of"))
        return None, None
    if moment > datetime.now(UTC):
        problems.append(FieldProblem("as_of", "time.future", "is in the future; give a past time"))
    return None, moment


def _is_number(text: str) -> bool:
    # Including numbers that are too long or have leading zeros, which are refused as numbers.
    return text.isascii() and text.isdigit()


def _number(field: str, text: str, problems: list[FieldProblem]) -> int | None:
    try:
        return parse_count(text, 0, MAX_NUMBER)
    except BadValue as error:
        problems.append(error.at(field))
        return None


def _for_vendor(field: str, instead: str) -> FieldProblem:
    return FieldProblem(
        field, "position.vendor_only", f"only the vendor's own credentials can use sequence numbers; give {instead}"
    )
