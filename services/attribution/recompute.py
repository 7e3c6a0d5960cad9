"""Recompute the decider's documents from the journal, into tables beside the live ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.attribution.documents import from_json, to_json
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document, due_of
from services.attribution.domain.documents.working_set import NeedsDocuments, WorkingSet
from services.attribution.lookup import named_by
from shared.events.envelope import Entry
from shared.events.vendor import DeciderUpgraded

CACHED_DOCUMENTS = 100_000
"""Documents cached between batches, about 1 kB each; above this all are dropped."""

_DOCUMENTS = """
SELECT vendor, kind, id, body FROM {schema}.document
JOIN unnest($1::text[], $2::text[], $3::text[]) AS wanted(vendor, kind, id) USING (vendor, kind, id)
"""
_WRITE = """
INSERT INTO {schema}.document (vendor, kind, id, due, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::json[])
ON CONFLICT (vendor, kind, id) DO UPDATE SET due = excluded.due, body = excluded.body
"""
_DIFFERENCE = """
SELECT coalesce(was.vendor, is_.vendor) AS vendor, coalesce(was.kind, is_.kind) AS kind, coalesce(was.id, is_.id) AS id,
       was.due AS was_due, is_.due AS is_due, was.body::text AS was_body, is_.body::text AS is_body
FROM {live}.document AS was FULL JOIN {anew}.document AS is_
  ON was.vendor = is_.vendor AND was.kind = is_.kind AND was.id = is_.id
WHERE (was.due IS DISTINCT FROM is_.due OR was.body::text IS DISTINCT FROM is_.body::text)
  AND NOT coalesce(was.vendor, is_.vendor) = ANY ($1::text[])
ORDER BY 1, 2, 3 LIMIT 1
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
        changed: dict[tuple[str, Key], Document] = {}
        for entry in entries:
            changes = await self._evolved(connection, entry)
            if self._noted is not None:
                self._noted(entry.vendor, entry.seq, changes)
            for key, document in changes.items():
                changed[entry.vendor, key] = document
                self._documents[entry.vendor][key] = document
        rows = [(vendor, *key, due_of(one), to_json(key[0], one)) for (vendor, key), one in changed.items()]
        if rows:
            await connection.execute(_WRITE.format(schema=self._schema), *map(list, zip(*rows, strict=True)))
        if sum(map(len, self._documents.values())) > CACHED_DOCUMENTS:
            self._documents.clear()

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
            self._documents[row["vendor"]][key] = from_json(key.kind, row["body"])


async def first_difference(connection: Any, anew: str, *, but: Sequence[str]) -> Any | None:
    """Return the first document, in key order, that differs from the live one; skip the vendors in `but`."""
    return await connection.fetchrow(_DIFFERENCE.format(live="attribution", anew=anew), list(but), timeout=86_400)
