"""Stored versions of a view: one is read, another may be built or kept beside it, in a schema of its own.

What is read has its tables in the view's own schema (`projections.pipeline`); version 7 beside it has tables of the
same names in `projections_v7`. Switching moves them, so no reader needs to know of versions.
"""

from __future__ import annotations

from copy import copy
from typing import Any, Literal, NamedTuple

from shared.database import database_errors
from shared.errors import Fenced, Misconfigured
from shared.projection.port import View

State = Literal["building", "following", "current", "kept", "dropping"]
FED: tuple[State, ...] = ("following", "current", "kept")
"""Versions that workers feed; one that is built is its builder's alone."""


class Stored(NamedTuple):
    """One version of a view in the database."""

    version: int
    shape: int
    """`View.version` of the code that folds it."""
    state: State


async def versions_of(connection: Any, view: View) -> tuple[Stored, ...]:
    """The versions of the view, oldest first; before anything was said of it, the code's own is the current one."""
    with database_errors():
        rows = await connection.fetch(
            "SELECT version, shape, state FROM projections.version WHERE view = $1 ORDER BY version", view.name
        )
    return tuple(Stored(*row) for row in rows) or (Stored(view.version, view.version, "current"),)


async def current_of(connection: Any, view: View) -> Stored:
    """The version that readers see."""
    return next(one for one in await versions_of(connection, view) if one.state == "current")


def numbered(view: View, version: int) -> View:
    """The view as that stored version of it; where its tables are is found when they are needed."""
    found = copy(view)
    found.version = version
    return found


def schema_of(view: View) -> str:
    """The schema where the view's tables are."""
    return view.tables[0].partition(".")[0]


def beside(view: View, version: int) -> str:
    """The schema of a version that is not the current one; `view` is the one over the tables that are read."""
    return f"{schema_of(view)}_v{version}"


async def bound(connection: Any, view: View) -> View:
    """The view over the tables of its version as they lie now; raises `Fenced` where the version is gone."""
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
    """The view over tables of the same names there, under its number."""
    found = view.at(schema)
    found.version = view.version
    return found


async def named_version(connection: Any, view: View, version: int) -> Stored:
    """That version; raises `Misconfigured` where there is none."""
    found = next((one for one in await versions_of(connection, view) if one.version == version), None)
    if found is None:
        raise Misconfigured(f"view {view.name} has no version {version}")
    return found
