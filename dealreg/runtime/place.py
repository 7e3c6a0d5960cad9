"""Where a command works: said on standard error, and refused where somebody most likely meant another place."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import make_url

from dealreg.embedded import servers
from dealreg.embedded.folder import MARKER
from dealreg.embedded.jars import cache_dir
from dealreg.embedded.processes import birth_of
from shared.database import migrate
from shared.errors import Misconfigured
from shared.settings import Settings, load_settings, variable

NAMED = ("data_dir", "database_url")
"""Settings by which somebody says where a command is to work."""


class PlaceUnclear(Misconfigured):
    """Nobody said where to work, and the place that follows from it is most likely another than the one meant."""

    code = "place.unclear"


@dataclass(frozen=True, slots=True)
class Live:
    """A `dealreg run` of this user."""

    pid: int
    born: float
    place: str
    url: str


def place_of(settings: Settings) -> str:
    """The data folder or the database, without a password."""
    if settings.database_url is None:
        return f"data folder {settings.data_dir.expanduser().resolve()}"
    url = make_url(settings.database_url.get_secret_value())
    return f"database {url.set(query={}).render_as_string(hide_password=True)}"


def say_where(settings: Settings, vendor: str | None = None) -> None:
    """One line on standard error, so that `--json` stays clean."""
    print(f"{place_of(settings)}{f', vendor {vendor}' if vendor else ''}", file=sys.stderr, flush=True)


def assert_meant(settings: Settings, *, may_begin: bool = False) -> None:
    """The place was named, or is the only one that comes into question; raises `PlaceUnclear`.

    A folder that nobody named is begun by commands that begin things alone.
    """
    if settings.model_fields_set.intersection(NAMED):
        return
    here = place_of(settings)
    if elsewhere := [one for one in live() if one.place != here]:
        detail = "; ".join(f"{one.place} (process {one.pid}, {one.url})" for one in elsewhere)
        raise PlaceUnclear(f"dealreg runs elsewhere: {detail}. {_remedy()}, to work there or in the {here}")
    if not may_begin and not (settings.data_dir.expanduser() / MARKER).exists():
        raise PlaceUnclear(f"there is no {here}. {_remedy()}; a named folder is begun where there is none")


@asynccontextmanager
async def working(*, vendor: str | None = None, begin: bool = False, schema: bool = False) -> AsyncIterator[Settings]:
    """Servers answer where the settings say, which was said; `schema` brings it to this release's."""
    settings = load_settings()
    assert_meant(settings, may_begin=begin)
    say_where(settings, vendor)
    async with servers(settings) as addresses:
        if schema:
            await migrate(addresses.database_url)
        yield addresses.applied_to(settings)


@contextmanager
def registered(settings: Settings, url: str) -> Iterator[None]:
    """Other commands of this user know that a `dealreg run` is live here; the settings are those that were given."""
    folder = _folder()
    entry = Live(os.getpid(), birth_of(os.getpid()) or 0.0, place_of(settings), url)
    file = folder / f"{entry.pid}.json"
    # A convenience: where nothing can be written, commands know of no run and ask for nothing.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(json.dumps(asdict(entry)))
    try:
        yield
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def live() -> list[Live]:
    """Runs that are live; what killed ones left behind is taken away."""
    found = []
    with suppress(OSError):
        for file in sorted(_folder().glob("*.json")):
            one = _read(file)
            if one is not None and birth_of(one.pid) == one.born:
                found.append(one)
            else:
                file.unlink(missing_ok=True)
    return found


def _read(file: Path) -> Live | None:
    try:
        return Live(**json.loads(file.read_text()))
    except (ValueError, TypeError):
        return None


def _folder() -> Path:
    return cache_dir() / "running"


def _remedy() -> str:
    return f"Name the folder in {variable('data_dir')}, or the database in {variable('database_url')}"
