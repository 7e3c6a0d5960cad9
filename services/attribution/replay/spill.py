"""What a fold remembers: documents in memory up to a limit, the rest in a file without a name.

SQLite removes the name of such a file when it opens it, so that not even a killed process leaves anything behind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.attribution.documents import from_json, to_json
from services.attribution.domain.documents.keys import THE_VENDOR, Key, Kind
from services.attribution.domain.documents.kinds import Document
from shared.errors import Unavailable

CACHED_DOCUMENTS = 60_000
"""Documents in memory, about 4 kB each; above this all are written out. Two folds run beside each other."""
_CACHE_KIB = 65_536
_TABLES = """
CREATE TABLE document (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE handled (fact TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE step (subject TEXT, told TEXT);
CREATE TABLE refused (place INTEGER PRIMARY KEY, told TEXT);
CREATE TABLE line (
  kind TEXT, subject TEXT, partner TEXT, name TEXT, currency TEXT, minor INTEGER, earned TEXT, registration TEXT
);
"""
_WRITE = {
    "handled": "INSERT OR IGNORE INTO handled VALUES (?)",
    "step": "INSERT INTO step VALUES (?, ?)",
    "refused": "INSERT OR REPLACE INTO refused VALUES (?, ?)",
    "line": "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
}


class NoRoom(Unavailable):
    """The folder for temporary files has no room for what a replay sets aside."""

    code = "replay.no_room"


class Spill:
    """Tables of one fold, private and without a name."""

    def __init__(self) -> None:
        self._tables = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
            self._tables.execute(f"PRAGMA {pragma}")
        self._tables.executescript(_TABLES)
        self._tables.execute("BEGIN")  # never committed: nothing is to last

    def ask(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """The rows of a query."""
        return self._guarded(self._tables.execute, statement, values)  # type: ignore[no-any-return]

    def add(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a table; raises `NoRoom`."""
        self._guarded(self._tables.executemany, _WRITE[table], rows)

    def first(self, fact: str) -> bool:
        """Whether the fact is handled for the first time; from now on it was."""
        return bool(self._guarded(self._tables.execute, _WRITE["handled"], (fact,)).rowcount)

    def read(self, kind: Kind, id_: str) -> Document | None:
        """The document that was set aside."""
        row = next(self.ask("SELECT body FROM document WHERE kind = ? AND id = ?", (kind, id_)), None)
        return None if row is None else from_json(kind, row[0])

    def keep(self, documents: Iterable[tuple[Kind, str, Document]]) -> None:
        """Set documents aside."""
        rows = ((kind, id_, to_json(kind, one)) for kind, id_, one in documents)
        self._guarded(self._tables.executemany, "INSERT OR REPLACE INTO document VALUES (?, ?, ?)", rows)

    def every(self, kind: Kind) -> Iterator[Document]:
        """Every document of the kind that was set aside, by id."""
        for (body,) in self.ask("SELECT body FROM document WHERE kind = ? ORDER BY id", (kind,)):
            yield from_json(kind, body)

    def close(self) -> None:
        self._tables.close()

    def _guarded(self, call: Any, *given: Any) -> Any:
        try:
            return call(*given)
        except sqlite3.OperationalError as error:
            raise NoRoom(f"a replay cannot set aside what it remembers ({error}); point TMPDIR to more room") from error


class Documents(dict[Key, Document | None]):
    """All documents there are: what is neither here nor set aside does not exist."""

    def __init__(self, spill: Spill, cached: int = CACHED_DOCUMENTS) -> None:
        super().__init__()
        self._spill, self._cached = spill, cached
        self._dirty: set[Key] = set()
        self._any = False

    def __missing__(self, key: Key) -> Document | None:
        if not self._any:
            return None
        found = self[key] = self._spill.read(*key)
        return found

    def __contains__(self, key: object) -> bool:
        return True

    def changed(self, keys: Iterable[Key]) -> None:
        """Note what is to be written before it leaves memory."""
        self._dirty.update(keys)

    def trim(self) -> None:
        """Empty the memory, if it holds more than its limit."""
        if len(self) > self._cached:
            self.set_aside()

    def write(self, kind: Kind | None = None) -> None:
        """Write out what changed, of one kind or of all; it stays in memory."""
        some = [key for key in self._dirty if kind is None or key[0] == kind]
        found = ((*key, self[key]) for key in some)
        self._spill.keep((kind, id_, one) for kind, id_, one in found if one is not None)
        self._dirty.difference_update(some)

    def set_aside(self) -> None:
        """Write out what changed and empty the memory; the vendor stays."""
        self.write()
        vendor = self[THE_VENDOR]
        self.clear()
        self._any = True
        self[THE_VENDOR] = vendor
