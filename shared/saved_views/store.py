"""Saved views of all persons, as rows: name and parameters sealed under the person's key, gone with the person."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

import asyncpg
import orjson

from shared.credentials import Caller
from shared.database import database_errors
from shared.errors import Unavailable
from shared.events.sealed import Sealed
from shared.persons import FIND_ROUNDS, Personal, Persons
from shared.saved_views.errors import SavedViewExists, SavedViewsTooMany, SavedViewUnknown
from shared.saved_views.view_name import folded
from shared.values.written import in_utc

Page = Literal["registrations", "measures"]
Parameters = Mapping[str, str | list[str]]

MAX_OF_PERSON = 50
"""Of one person, all pages together: the page lists each of them."""
_TEXT = "view"

# The person's row is locked: whoever saves for the same person waits, and so does an erasure, which then finds it.
_LOCK = "SELECT 1 FROM registration.person WHERE vendor = $1 AND person_id = $2 AND erased_at IS NULL FOR UPDATE"
_MINE = "vendor = $1 AND person_id = $2 AND partner IS NOT DISTINCT FROM $3"
_COUNT = f"SELECT count(*) FROM registration.saved_view WHERE {_MINE}"
_NAMED = f"SELECT saved_view FROM registration.saved_view WHERE {_MINE} AND name_hash = $4"
_INSERT = """
INSERT INTO registration.saved_view (vendor, person_id, partner, saved_view, page, name_hash, box)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING saved_at
"""
_REPLACE = f"""
UPDATE registration.saved_view SET name_hash = $5, box = $6, saved_at = clock_timestamp()
WHERE {_MINE} AND saved_view = $4 RETURNING saved_at
"""
_DELETE = f"DELETE FROM registration.saved_view WHERE {_MINE} AND saved_view = $4 RETURNING 1"
_READ = f"""
SELECT saved_view, page, box, saved_at FROM registration.saved_view
WHERE {_MINE} AND ($4::text IS NULL OR page = $4) AND ($5::text IS NULL OR saved_view = $5)
"""
_FORGET = "DELETE FROM registration.saved_view WHERE vendor = $1 AND person_id = $2"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose saved views: a person of the vendor, or of one of its partners."""

    vendor: str
    partner: str | None
    principal: str

    @classmethod
    def of(cls, caller: Caller) -> Owner:
        """The person behind a credential or a token."""
        return cls(caller.vendor, caller.partner, caller.principal)


@dataclass(frozen=True, slots=True)
class SavedView:
    """What was chosen on a page, under a name."""

    saved_view: str
    page: Page
    name: str
    parameters: Parameters
    saved_at: datetime


def lookup_of(principal: str) -> str:
    """What finds the person who is this principal; never an e-mail address or a registration."""
    # Of the digest, since look-ups ignore case, and principals do not.
    return f"principal {sha256(principal.encode()).hexdigest()}"


class SavedViews:
    """Stores them; each method reaches the owner's alone."""

    def __init__(self, pool: asyncpg.Pool, persons: Persons) -> None:
        self._pool = pool
        self._persons = persons

    async def of(self, owner: Owner, page: Page | None = None) -> list[SavedView]:
        """Return the owner's, by name."""
        return sorted(await self._read(owner, page, None), key=lambda one: (folded(one.name), one.page))

    async def get(self, owner: Owner, saved_view: str) -> SavedView:
        """Return one of the owner's; raise `SavedViewUnknown`."""
        found = await self._read(owner, None, saved_view)
        if not found:
            raise _unknown(saved_view)
        return found[0]

    async def save(self, owner: Owner, page: Page, name: str, parameters: Parameters) -> SavedView:
        """Save under a new name; the same once more changes nothing. Raise `SavedViewExists`, `SavedViewsTooMany`."""
        hashed = self._name_hash(owner, page, name)
        for _ in range(FIND_ROUNDS):
            sealed = await self._sealed(owner, name, parameters)
            with database_errors():
                async with self._pool.acquire() as session, session.transaction():
                    if not await session.fetchval(_LOCK, owner.vendor, sealed.person):
                        continue  # erased since it was sealed
                    mine = owner.vendor, sealed.person, owner.partner
                    taken = await session.fetchval(_NAMED, *mine, hashed)
                    if taken is None:
                        if await session.fetchval(_COUNT, *mine) >= MAX_OF_PERSON:
                            raise SavedViewsTooMany(f"you have {MAX_OF_PERSON} saved views; delete one first")
                        made = f"sv_{secrets.token_hex(12)}"
                        at = await session.fetchval(_INSERT, *mine, made, page, hashed, sealed.box)
                        return SavedView(made, page, name, parameters, in_utc(at))
            found = await self.get(owner, taken)
            if (found.name, found.parameters) == (name, parameters):
                return found
            raise _exists(found)
        raise _erased()

    async def replace(self, owner: Owner, saved_view: str, name: str, parameters: Parameters) -> SavedView:
        """Replace name and parameters; raise `SavedViewUnknown`, `SavedViewExists`."""
        old = await self.get(owner, saved_view)
        hashed = self._name_hash(owner, old.page, name)
        sealed = await self._sealed(owner, name, parameters)
        mine = owner.vendor, sealed.person, owner.partner
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                if not await session.fetchval(_LOCK, owner.vendor, sealed.person):
                    raise _unknown(saved_view)
                taken = await session.fetchval(_NAMED, *mine, hashed)
                if taken in (None, saved_view):
                    at = await session.fetchval(_REPLACE, *mine, saved_view, hashed, sealed.box)
                    if at is None:
                        raise _unknown(saved_view)
                    return SavedView(saved_view, old.page, name, parameters, in_utc(at))
        raise _exists(await self.get(owner, taken))

    async def delete(self, owner: Owner, saved_view: str) -> None:
        """Delete one of the owner's; raise `SavedViewUnknown`."""
        person = await self._persons.find(owner.vendor, lookup_of(owner.principal))
        with database_errors():
            if not await self._pool.fetchval(_DELETE, owner.vendor, person, owner.partner, saved_view):
                raise _unknown(saved_view)

    async def forget(self, vendor: str, person: str) -> None:
        """Delete all of an erased person's. Their key is gone, so nobody could read them."""
        with database_errors():
            await self._pool.execute(_FORGET, vendor, person)

    async def _read(self, owner: Owner, page: Page | None, saved_view: str | None) -> list[SavedView]:
        person = await self._persons.find(owner.vendor, lookup_of(owner.principal))
        with database_errors():
            rows = await self._pool.fetch(_READ, owner.vendor, person, owner.partner, page, saved_view)
        boxes = {row["saved_view"]: Sealed(person=person or "", box=row["box"]) for row in rows}
        texts = await self._persons.unseal(owner.vendor, boxes.values())
        opened = ((row, texts[boxes[row["saved_view"]]]) for row in rows)
        return [_view(row, text) for row, text in opened if text is not None]

    async def _sealed(self, owner: Owner, name: str, parameters: Parameters) -> Sealed:
        text = orjson.dumps({"name": name, "parameters": parameters}).decode()
        return (await self._persons.seal(owner.vendor, lookup_of(owner.principal), {_TEXT: text}))[_TEXT]

    def _name_hash(self, owner: Owner, page: Page, name: str) -> bytes:
        # A keyed hash, as of an address: a copy of the table tells nobody which name it is.
        said = f"saved view {lookup_of(owner.principal)} {page} {folded(name)}"
        return self._persons.place_of(Personal(owner.vendor, said, {}))[1]


def _view(row: Any, text: str) -> SavedView:
    said = orjson.loads(text)
    return SavedView(row["saved_view"], row["page"], said["name"], said["parameters"], in_utc(row["saved_at"]))


def _unknown(saved_view: str) -> SavedViewUnknown:
    return SavedViewUnknown(f"you have no saved view {saved_view}; list yours to find its id")


def _exists(found: SavedView) -> SavedViewExists:
    return SavedViewExists(f"{found.saved_view} on {found.page} has this name; replace it, or choose another name")


def _erased() -> Unavailable:
    return Unavailable("the person is being erased; nothing was saved; try again")
