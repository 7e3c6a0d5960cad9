"""Persons: one key each, which seals their texts. Deleting the key makes the texts unreadable."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

import asyncpg
from cryptography.exceptions import InvalidTag

from shared.database import database_errors
from shared.errors import Corrupt
from shared.events.sealed import Sealed
from shared.persons.draft import Draft, Personal, PersonKey, Place, context_of, new_key, opened, sealed
from shared.persons.master_key import NONCE_BYTES, MasterKey

FIND_ROUNDS = 4
"""A person erased between insert and read costs one more round; more rounds are not a race."""


class Persons:
    """Seals and unseals personal texts with AES-256-GCM; keys rest in PostgreSQL, wrapped by the master key."""

    def __init__(self, pool: asyncpg.Pool, master_key: MasterKey) -> None:
        self._pool = pool
        self._master = master_key
        self._lookup_key = master_key.derive("person lookup")

    async def seal(self, vendor: str, lookup: str, texts: Mapping[str, str]) -> dict[str, Sealed]:
        """Seal each text under the person's key, which is committed before this returns."""
        return (await self.seal_many([Personal(vendor, lookup, texts)]))[0]

    async def seal_many(self, asked: Sequence[Personal]) -> list[dict[str, Sealed]]:
        """Seal the texts of several persons, in order, in one round trip."""
        places = [self.place_of(one) for one in asked]
        keys = await self._keys(set(places))
        return [sealed(one.vendor, keys[place], one.texts) for one, place in zip(asked, places, strict=True)]

    def place_of(self, personal: Personal) -> Place:
        """Return whose key seals the texts."""
        return personal.vendor, self._hash(personal.vendor, personal.lookup)

    def draft(self, places: Sequence[Place]) -> Draft:
        """Return a new key for each of them; whoever stores them hears which persons have one already."""
        return Draft(self._master, places)

    async def unseal(self, vendor: str, boxes: Iterable[Sealed]) -> dict[Sealed, str | None]:
        """Unseal each text; None if its person was erased or is not this vendor's."""
        boxes = list(dict.fromkeys(boxes))
        if not boxes:
            return {}
        with database_errors():
            rows = await self._pool.fetch(
                "SELECT person_id, wrapped_key FROM registration.person "
                "WHERE vendor = $1 AND person_id = ANY($2::text[]) AND wrapped_key IS NOT NULL",
                vendor,
                list({one.person for one in boxes}),
            )
        keys = {row["person_id"]: self._opened(vendor, row) for row in rows}
        return {one: _opened_text(vendor, keys.get(one.person), one) for one in boxes}

    async def find(self, vendor: str, lookup: str) -> str | None:
        """Find the person by address or registration; None if there is none or it is erased."""
        with database_errors():
            found: str | None = await self._pool.fetchval(
                "SELECT person_id FROM registration.person WHERE vendor = $1 AND lookup_hash = $2",
                vendor,
                self._hash(vendor, lookup),
            )
        return found

    async def erase(self, vendor: str, person: str) -> bool:
        """Delete the person's key; return False if there was none."""
        with database_errors():
            done: str = await self._pool.execute(
                "UPDATE registration.person "
                "SET wrapped_key = NULL, lookup_hash = NULL, erased_at = clock_timestamp() "
                "WHERE vendor = $1 AND person_id = $2 AND erased_at IS NULL",
                vendor,
                person,
            )
        return done == "UPDATE 1"

    async def is_erased(self, vendor: str, person: str) -> bool:
        """Return whether the person existed and is erased."""
        with database_errors():
            found: bool | None = await self._pool.fetchval(
                "SELECT erased_at IS NOT NULL FROM registration.person WHERE vendor = $1 AND person_id = $2",
                vendor,
                person,
            )
        return bool(found)

    async def erased_within(self, age: timedelta) -> list[tuple[str, str]]:
        """Yield vendor and id of every person erased within that time, in order."""
        with database_errors():
            rows = await self._pool.fetch(
                "SELECT vendor, person_id FROM registration.person WHERE erased_at > clock_timestamp() - $1::interval "
                "ORDER BY erased_at, vendor, person_id",
                age,
            )
        return [(row["vendor"], row["person_id"]) for row in rows]

    def _hash(self, vendor: str, lookup: str) -> bytes:
        who = f"{vendor}\x1f{lookup.strip().casefold()}"
        return hmac.digest(self._lookup_key, who.encode(), sha256)

    async def _keys(self, wanted: set[Place]) -> dict[Place, PersonKey]:
        found: dict[Place, PersonKey] = {}
        for _ in range(FIND_ROUNDS):
            # The order of insertion is the same in every process, so that two of them never deadlock.
            missing = sorted(wanted - found.keys())
            if not missing:
                return found
            made = [new_key(self._master, vendor) for vendor, _ in missing]
            with database_errors():
                rows = await self._pool.fetch(
                    _FIND_OR_MAKE,
                    [vendor for vendor, _ in missing],
                    [hashed for _, hashed in missing],
                    [key.person for key in made],
                    [key.wrapped for key in made],
                )
            ours = {key.person: key for key in made}
            for row in rows:
                key = ours.get(row["person_id"]) or self._opened(row["vendor"], row)
                found[row["vendor"], row["lookup_hash"]] = key
        raise Corrupt("a person's key is deleted each time it is created")

    def _opened(self, vendor: str, row: Any) -> PersonKey:
        return opened(self._master, vendor, row["person_id"], row["wrapped_key"])


_FIND_OR_MAKE = """
WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::bytea[], $3::text[], $4::bytea[])
        AS w (vendor, lookup_hash, person_id, wrapped_key)
), made AS (
    INSERT INTO registration.person (vendor, lookup_hash, person_id, wrapped_key)
    SELECT w.vendor, w.lookup_hash, w.person_id, w.wrapped_key FROM wanted w
    WHERE NOT EXISTS (
        SELECT FROM registration.person p WHERE p.vendor = w.vendor AND p.lookup_hash = w.lookup_hash
    )
    ON CONFLICT (vendor, lookup_hash) DO NOTHING
    RETURNING vendor, lookup_hash, person_id, wrapped_key
)
SELECT vendor, lookup_hash, person_id, wrapped_key FROM made
UNION ALL
SELECT p.vendor, p.lookup_hash, p.person_id, p.wrapped_key
FROM wanted w JOIN registration.person p ON p.vendor = w.vendor AND p.lookup_hash = w.lookup_hash
"""


def _opened_text(vendor: str, key: PersonKey | None, sealed: Sealed) -> str | None:
    if key is None:
        return None
    box = base64.b64decode(sealed.box)
    try:
        opened = key.cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], context_of(vendor, sealed.person).encode())
    except InvalidTag as error:
        raise Corrupt(f"a sealed text of person {sealed.person} was altered") from error
    return opened.decode()
