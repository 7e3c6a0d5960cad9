"""Lists: filters, a total order, and stable pages while data changes.

The first page fixes the entry as of which all pages are read; its cursor carries that number, sealed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
import sqlalchemy as sa
from fastapi import Request
from pydantic import Field

from services.projections.api.answers import digest
from services.projections.api.context import Queries
from services.projections.api.cursor import question
from services.projections.api.position import Position, PositionQuery
from services.projections.api.stale import MayBeStale, about, whole
from services.projections.tables import as_of
from shared.credentials import Caller
from shared.errors import FieldProblem, RequestInvalid
from shared.http.echo import echoed
from shared.http.wire.parameters import Count
from shared.projection.port import View

MAX_PAGE = 500
DEFAULT_PAGE = 50
MAX_CHOICES = 50
"""Values of one repeatable filter."""


class ListQuery(PositionQuery):
    """Query parameters of every list."""

    sort: str = Field("", max_length=40, description="Sort by this field. `-` before it reverses the order.")
    limit: Annotated[int, Count(1, MAX_PAGE)] = Field(DEFAULT_PAGE, description="Items per page.")
    cursor: str | None = Field(
        None, max_length=4_000, description="Cursor of the page: take it from `next` of the previous page."
    )
    fields: str | None = Field(
        None, max_length=1_000, description="Only these fields of each item, separated by commas."
    )


Rows = tuple[Mapping[str, Any], sa.Select[Any]]
"""Columns that a list can be ordered by, and its rows."""
Source = Callable[[Caller, Position, Any, Sequence[Any]], Rows | None]
"""Returns the source for a caller, position, query and conditions."""
Conditions = Callable[[Position], Awaitable[list[Any]]]
"""Returns the conditions of a page that is read at the position."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: its view and table, its sort orders, and its tie-breakers."""

    view: View
    table: sa.FromClause
    key: Any
    sorts: dict[str, Any]
    """Sort orders, as columns of the table."""
    default_sort: str
    also: tuple[View, ...] = ()
    """Views that determine the owner of a row; a page waits for them."""
    more_keys: tuple[Any, ...] = ()
    """Further columns, if the key alone is not unique."""
    source: Source | None = None
    """What to list instead of the table's own rows, if anything."""
    current: Callable[[Caller, Any, str], bool] | None = None
    """Whether an index of current rows alone has this order for this caller and query: they are then read by it, and
    beside them the few that ended since."""
    dates: tuple[Any, ...] = ()
    """Columns that no entry writes with a later time than its own: a past then begins within an index on them."""

    @property
    def keys(self) -> tuple[Any, ...]:
        return (self.key, *self.more_keys)

    def rows(self, caller: Caller, position: Position, asked: ListQuery, where: Sequence[Any]) -> Rows:
        """Return the sort columns at the position, and the rows for these conditions."""
        found = None if self.source is None else self.source(caller, position, asked, where)
        if found is not None:
            return found
        mine = self.table.c.vendor == caller.vendor
        # Otherwise all rows newer than the requested time would be read and discarded.
        past = [] if position.clock is None else [column <= position.clock for column in self.dates]
        return dict(self.table.c), sa.select(self.table).where(mine, as_of(self.table, position.seq), *past, *where)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, their position, and the cursor of the next page."""

    rows: Sequence[Any]
    position: Position
    cursor: str | None


async def read_page(
    listing: Listing, parts: Queries, caller: Caller, request: Request, asked: ListQuery, where: list[Any] | Conditions
) -> Page:
    """Return the requested page; raise `CursorInvalid`, `NotReached` or 422."""
    name = asked.sort or listing.default_sort
    if problem := sort_problem(listing, name):
        raise RequestInvalid([problem])
    column = listing.sorts[name.removeprefix("-")]
    filters = asked.model_dump(mode="json", exclude={"cursor", "limit", "wait", "fields", "min_position"})
    asked_for = question(request.url.path, filters)
    after: list[Any] | None = None
    if asked.cursor is None:
        position = await parts.positions.find(caller, listing.view, asked, *listing.also)
    else:
        seq, past, *after = parts.cursors.open(caller, asked_for, asked.cursor)
        position = await parts.positions.at(caller.vendor, seq, (listing.view, *listing.also), past=past)
    conditions = where if isinstance(where, list) else await where(position)
    columns, query = listing.rows(caller, position, asked, conditions)
    order = _Order(columns[column.name], tuple(columns[key.name] for key in listing.keys), name.startswith("-"))
    by_current = listing.current is not None and position.clock is None and listing.current(caller, asked, column.name)
    order = replace(order, halves=halves(listing.table, position.seq) if by_current else ())
    rows = await _from(parts, query, order, after, asked.limit + 1)
    if len(rows) <= asked.limit:
        return Page(rows, position, None)
    rows = rows[: asked.limit]
    last = rows[-1]._mapping
    content = [
        position.seq,
        asked.as_of is not None,
        _plain(last[column.name]),
        *(_plain(last[key.name]) for key in listing.keys),
    ]
    return Page(rows, position, parts.cursors.seal(caller, asked_for, content))


def sort_problem(listing: Listing, name: str) -> FieldProblem | None:
    """Return what is wrong with a sort order, if anything is."""
    if name.removeprefix("-") in listing.sorts:
        return None
    detail = f"must be one of {', '.join(sorted(listing.sorts))}, with - before it for the other direction"
    return FieldProblem("sort", "field.choice", detail)


@dataclass(frozen=True, slots=True)
class _Order:
    """Build a total order: a column, and keys in the same direction, so that one index serves both directions."""

    column: Any
    keys: tuple[Any, ...]
    falls: bool
    halves: Sequence[Any] = ()
    """Conditions that part the rows, each to be read in an order of its own."""

    def page(
        self, query: sa.Select[Any], columns: Sequence[Any], after: list[Any] | None, limit: int
    ) -> sa.Select[Any]:
        """Select so many rows after these values of the columns, in order."""
        if not self.halves:
            return self.sorted(query, columns, after).limit(limit)
        halves = [self.sorted(query.where(half), columns, after).limit(limit).subquery() for half in self.halves]
        rows = sa.union_all(*(sa.select(half) for half in halves)).subquery()
        return self.sorted(sa.select(rows), [rows.c[one.name] for one in columns], None).limit(limit)

    def sorted(self, query: sa.Select[Any], columns: Sequence[Any], after: list[Any] | None) -> sa.Select[Any]:
        """Select the rows after these values of the columns, in order."""
        query = query.order_by(*(one.desc() if self.falls else one.asc() for one in columns))
        if after is None:
            return query
        # A row comparison lets an index continue at the place; an OR would read everything before it again.
        here = sa.tuple_(*columns)
        than = sa.tuple_(*(_typed(one, given) for one, given in zip(columns, after, strict=True)))
        return query.where(here < than if self.falls else here > than)


async def _from(
    parts: Queries, query: sa.Select[Any], order: _Order, after: list[Any] | None, limit: int
) -> Sequence[Any]:
    """Load so many rows from there on; rows without a value come last, in either direction."""
    column, whole = order.column, (order.column, *order.keys)
    if not getattr(column, "nullable", True):
        return await parts.rows(order.page(query, whole, after, limit))
    found: list[Any] = []
    if after is None or after[0] is not None:
        # Two queries, each in the order of an index, because no index has both orders.
        found = await parts.rows(order.page(query.where(column.is_not(None)), whole, after, limit))
        after = None
    if len(found) < limit:
        rest = query.where(column.is_(None))
        found += await parts.rows(order.page(rest, order.keys, after[1:] if after else None, limit - len(found)))
    return found


def halves(table: Any, seq: int) -> tuple[Any, Any]:
    """Return the conditions of current rows, and of those that ended after this entry."""
    return table.c.to_seq.is_(None), table.c.to_seq > seq


def _typed(column: Any, given: Any) -> Any:
    """Convert a value of a cursor to the column's type."""
    if isinstance(given, str) and isinstance(column.type, sa.DateTime):
        given = datetime.fromisoformat(given)
    elif isinstance(given, str) and isinstance(column.type, sa.Date):
        given = date.fromisoformat(given)
    return sa.literal(given, column.type)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def page_document(
    request: Request, caller: Caller, page: Page, items: list[dict[str, Any]], asked: ListQuery
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the body of a page and its Link header."""
    marked = [item | about(caller, page.position.stale, item) for item in items]
    document: dict[str, Any] = {"items": selected(marked, asked.fields), "next": None}
    document |= whole(caller, page.position.stale)
    if caller.partner is None:
        document["seq"] = page.position.seq
    headers: dict[str, str] = {}
    if page.cursor is not None:
        kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("cursor", "min_position")]
        document["next"] = f"{request.url.path}?{urlencode([*kept, ('cursor', page.cursor)])}"
        headers["Link"] = f'<{document["next"]}>; rel="next"'
        if caller.partner is not None:
            # A partner's cursor differs each time; the page is the same if its rows are.
            headers["ETag"] = f'W/"{digest(orjson.dumps(document | {"next": True}))}"'
    return document, headers


def named_fields(fields: str) -> list[str]:
    """Return the names in a list of them."""
    return [one.strip() for one in fields.split(",") if one.strip()]


def selected(items: list[dict[str, Any]], fields: str | None) -> list[dict[str, Any]]:
    """Reduce the items to the named fields; raise 422 for a name that no item has."""
    if fields is None:
        return items
    names = named_fields(fields)
    if not names:
        raise RequestInvalid(
            [FieldProblem("fields", "text.too_short", "must name at least one field; or leave `fields` out")]
        )
    unknown = sorted(set(names) - items[0].keys()) if items else []
    if unknown:
        raise RequestInvalid(
            [FieldProblem("fields", "field.unknown", f"{echoed(one)} is not a field of these items") for one in unknown]
        )
    kept = (*names, *MayBeStale.model_fields)
    return [{name: item[name] for name in kept if name in item} for item in items]


def containing(column: Any, text: str) -> Any:
    """Match rows whose text contains this one, ignoring case in every script; `%` and `_` are literal."""
    # Under the column's own collation, which compares bytes, only A to Z have a case.
    return sa.collate(column, "pg_c_utf8").icontains(text, autoescape=True)
