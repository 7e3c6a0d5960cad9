"""Stored versions of a view: one is live, others are built or kept beside it, in schemas of their own.

What is read has its tables in the view's own schema (`projections.pipeline`); version 7 beside it has tables of the
same names in `projections_v7`. Switching moves them, so no reader needs to know of versions.
"""

from __future__ import annotations

from copy import copy
from typing import Any, Literal, NamedTuple

from shared.database import database_errors
from shared.errors import Fenced, Misconfigured
from shared.projection.port import Tabled, View

State = Literal["building", "following", "current", "kept", "dropping"]
FED: tuple[State, ...] = ("following", "current", "kept")
"""States of versions that workers update; one under construction belongs to its builder."""


class Stored(NamedTuple):
    """One stored version of a view."""

    version: int
    shape: int
    """`View.version` of the code that folds it."""
    state: State


async def versions_of(connection: Any, view: View) -> tuple[Stored, ...]:
    """Return the versions of the view, oldest first; if none is stored, the code's own is current."""
    with database_errors():
        rows = await connection.fetch(
            "SELECT version, shape, state FROM projections.version WHERE view = $1 ORDER BY version", view.name
        )
    return tuple(Stored(*row) for row in rows) or (Stored(view.version, view.version, "current"),)


async def current_of(connection: Any, view: View) -> Stored:
    """Return the live version."""
    return next(one for one in await versions_of(connection, view) if one.state == "current")


def numbered(view: View, version: int) -> View:
    """Return the view as that stored version; its tables are located when needed."""
    found = copy(view)
    found.version = version
    return found


def schema_of(view: Tabled) -> str:
    """Return the schema of the view's tables."""
    return view.tables[0].partition(".")[0]


def beside(view: View, version: int) -> str:
    """Return the schema of a version that is not live; `view` is the one over the live tables."""
    return f"{schema_of(view)}_v{version}"


async def bound(connection: Any, view: View) -> View:
    """Return the view over its version's current tables; raise `Fenced` if the version was dropped."""
    with database_errors():
        states = {
            row["version"]: row["state"]
            for row in await connection.fetch(
                "SELECT version, state FROM projections.version WHERE view = $1", view.name
            )
        }
    state = states.get(view.version) if states else "current"
    if state is None or state == "dropping":
        raise Fenced(f"view {view.name} has no version {view.version} any more")
    return view if state == "current" else at(view, beside(view, view.version))


def at(view: View, schema: str) -> View:
    """Return the view over that version's tables."""
    found = view.at(schema)
    found.version = view.version
    return found


async def named_version(connection: Any, view: View, version: int) -> Stored:
    """Return that version; raise `Misconfigured` if there is none."""
    found = next((one for one in await versions_of(connection, view) if one.version == version), None)
    if found is None:
        raise Misconfigured(f"view {view.name} has no version {version}")
    return found
