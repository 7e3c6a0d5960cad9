"""Recompute the decider's documents from the journal, into tables beside the live ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.attribution.documents import body_of, columns_of, from_json, stored_body, text_of
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document, due_of
from services.attribution.domain.documents.working_set import NeedsDocuments, WorkingSet
from services.attribution.lookup import named_by, unread_name
from shared.compression import content_of
from shared.events.envelope import Entry
from shared.events.registration import RegistrationSubmitted
from shared.events.vendor import DeciderUpgraded

CACHED_DOCUMENTS = 100_000
"""Documents cached between batches, about 1 kB each; above this all are dropped."""

# The limit leaves the planner one index look-up a key. As a join, it read the whole table for each batch: nobody
# collects statistics of a temporary table, and a thousand look-ups seem dear beside it until it has grown.
_DOCUMENTS = """
SELECT wanted.*, found.* FROM unnest($1::text[], $2::text[], $3::text[]) AS wanted(vendor, kind, id),
    LATERAL (SELECT body, packed FROM {schema}.document d
             WHERE d.vendor = wanted.vendor AND d.kind = wanted.kind AND d.id = wanted.id LIMIT 1) AS found
"""
_WRITE = """
INSERT INTO {schema}.document (vendor, kind, id, due, body, packed)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::json[], $6::bytea[])
ON CONFLICT (vendor, kind, id) DO UPDATE SET due = excluded.due, body = excluded.body, packed = excluded.packed
"""
_DIFFERENCE = """
SELECT coalesce(was.vendor, is_.vendor) AS vendor, coalesce(was.kind, is_.kind) AS kind, coalesce(was.id, is_.id) AS id,
       was.due AS was_due, is_.due AS is_due, was.body::text AS was_body, is_.body::text AS is_body,
       was.packed AS was_packed, is_.packed AS is_packed
FROM {live}.document AS was FULL JOIN {anew}.document AS is_
  ON was.vendor = is_.vendor AND was.kind = is_.kind AND was.id = is_.id
WHERE (was.due, was.body::text, was.packed) IS DISTINCT FROM (is_.due, is_.body::text, is_.packed)
  AND NOT coalesce(was.vendor, is_.vendor) = ANY ($1::text[])
ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Documents:
    """The tables of the documents, live or beside."""

    tables: tuple[str, ...]


Noted = Callable[[str, int, Mapping[Key, Document]], None]
"""The documents that one entry of a vendor changed."""


class Recompute:
    """Folds entries in journal order and writes what they change to `schema`."""

    def __init__(self, schema: str, noted: Noted | None = None) -> None:
        self._schema = schema
        self._noted = noted
        self._documents: dict[str, dict[Key, Document | None]] = {}
        self.releases: dict[str, set[str]] = {}
        """Releases that decided each vendor's journal so far."""

    @property
    def mixed(self) -> list[str]:
        """Vendors decided by more than one release, whose earlier documents may have had another form."""
        return sorted(vendor for vendor, releases in self.releases.items() if len(releases) > 1)

    async def fold(self, connection: Any, entries: Sequence[Entry]) -> None:
        """Fold the entries and write the documents within the caller's transaction; raise `Corrupt`."""
        await self._load(connection, {(one.vendor, key) for one in entries for key in named_by(one.event)})
        await self._load(connection, self._unread_names(entries))
        changed: dict[tuple[str, Key], Document] = {}
        for entry in entries:
            changes = await self._evolved(connection, entry)
            if self._noted is not None:
                self._noted(entry.vendor, entry.seq, changes)
            for key, document in changes.items():
                changed[entry.vendor, key] = document
                self._documents[entry.vendor][key] = document
        rows = [
            (vendor, *key, due_of(one), *columns_of(body_of(key.kind, one))) for (vendor, key), one in changed.items()
        ]
        if rows:
            await connection.execute(_WRITE.format(schema=self._schema), *map(list, zip(*rows, strict=True)))
        if sum(map(len, self._documents.values())) > CACHED_DOCUMENTS:
            self._documents.clear()

    def _unread_names(self, entries: Sequence[Entry]) -> set[tuple[str, Key]]:
        """Name the spellings of new names: no entry names them, and one by one they are a round trip each."""
        return {
            (one.vendor, key)
            for one in entries
            if isinstance(one.event, RegistrationSubmitted)
            for key in unread_name(self._documents[one.vendor], one.event.customer)
        }

    async def _evolved(self, connection: Any, entry: Entry) -> dict[Key, Document]:
        if isinstance(entry.event, DeciderUpgraded):
            self.releases.setdefault(entry.vendor, set()).add(entry.event.release)
        known = self._documents.setdefault(entry.vendor, {})
        while True:
            working_set = WorkingSet(known, entry.seq - 1, entry.clock)
            try:
                evolve(working_set, entry.event)
                return working_set.changes
            except NeedsDocuments as missing:
                await self._load(connection, {(entry.vendor, key) for key in missing.keys})

    async def _load(self, connection: Any, wanted: Iterable[tuple[str, Key]]) -> None:
        absent = sorted((vendor, key) for vendor, key in wanted if key not in self._documents.setdefault(vendor, {}))
        if not absent:
            return
        for vendor, key in absent:
            self._documents[vendor][key] = None
        columns = zip(*((vendor, key[0], key[1]) for vendor, key in absent), strict=True)
        for row in await connection.fetch(_DOCUMENTS.format(schema=self._schema), *map(list, columns)):
            key = Key(row["kind"], row["id"])
            self._documents[row["vendor"]][key] = from_json(key.kind, text_of(stored_body(row)))


async def first_difference(connection: Any, anew: str, *, but: Sequence[str]) -> dict[str, Any] | None:
    """Return the first document, in key order, that differs from the live one; skip the vendors in `but`.

    Bytes alone may differ: another release's compressor may give others for the same content.
    """
    query = _DIFFERENCE.format(live="attribution", anew=anew)
    async for row in connection.cursor(query, list(but), timeout=86_400):
        found = {name: value for name, value in row.items() if not name.endswith("_packed")}
        for side in ("was", "is"):
            if (packed := row[f"{side}_packed"]) is not None:
                found[f"{side}_body"] = content_of(packed).decode(errors="replace")
        if (found["was_due"], found["was_body"]) != (found["is_due"], found["is_body"]):
            return found
    return None
