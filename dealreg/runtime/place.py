"""Find the database that a command works on: print it on standard error, and refuse an unlikely one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dealreg.embedded import servers
from dealreg.embedded.folder import MARKER
from dealreg.embedded.jars import cache_dir
from dealreg.embedded.processes import birth_of
from shared.database import migrate
from shared.errors import Misconfigured
from shared.settings import Settings, load_settings, variable

NAMED = ("data_dir", "database_url")
"""Settings that name the place of a command."""


class PlaceUnclear(Misconfigured):
    """No place was named, and the default is most likely not the one that was meant."""

    code = "place.unclear"


@dataclass(frozen=True, slots=True)
class Live:
    """A `dealreg run` of this user."""

    pid: int
    born: float
    place: str
    url: str


def place_of(settings: Settings) -> str:
    """Describe the data folder or the database, without a password."""
    if settings.database_url is None:
        return f"data folder {settings.data_dir.expanduser().resolve()}"
    url = urlsplit(settings.database_url.get_secret_value())
    named, at, server = url.netloc.rpartition("@")
    user, colon, _ = named.partition(":")
    return f"database {url.scheme}://{user}{colon and ':***'}{at}{server}{url.path}"


def say_where(settings: Settings, vendor: str | None = None) -> None:
    """Print one line on standard error, so that `--json` stays clean."""
    print(f"{place_of(settings)}{f', vendor {vendor}' if vendor else ''}", file=sys.stderr, flush=True)


def assert_meant(settings: Settings, *, may_begin: bool = False) -> None:
    """Assert that the place was named or is the only candidate; raise `PlaceUnclear`.

    Only commands that start something create a default folder.
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
    """Open the place of a command and print it; `schema` migrates it to this release."""
    settings = load_settings()
    assert_meant(settings, may_begin=begin)
    say_where(settings, vendor)
    async with servers(settings) as addresses:
        if schema:
            await migrate(addresses.database_url)
        yield addresses.applied_to(settings)


@contextmanager
def registered(settings: Settings, url: str) -> Iterator[None]:
    """Announce to other commands of this user that a `dealreg run` is live here."""
    folder = _folder()
    entry = Live(os.getpid(), birth_of(os.getpid()) or 0.0, place_of(settings), url)
    file = folder / f"{entry.pid}.json"
    # A convenience: if nothing can be written, commands just do not know of the run.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(json.dumps(asdict(entry)))
    try:
        yield
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def live() -> list[Live]:
    """Return live runs; remove what killed ones left behind."""
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
