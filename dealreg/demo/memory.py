"""What the data folder remembers of the demo, so that a start after a kill goes on and does not begin anew."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

from shared.errors import Corrupt

FILE = "demo.json"
CLAIMANT = "demo:partner"
"""The principal of the partner's key: with the key of its request it makes the number of its registration."""


@dataclass(frozen=True, slots=True)
class Memory:
    """By how many weeks dates moved, the keys that were made, and how far the import came."""

    folder: Path
    weeks: int
    moved: bool
    """True where dates were moved to end now (`dealreg run --demo`), false for the file's own."""
    import_key: str
    vendor_key: str
    partner_key: str
    partner: str
    imported: bool = False

    def kept(self, *, imported: bool | None = None) -> Memory:
        """Written to the folder, whole or not at all, readable by its owner alone."""
        now = self if imported is None else replace(self, imported=imported)
        content = {name: value for name, value in asdict(now).items() if name != "folder"}
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f".{FILE}.partial"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.folder / FILE)
        return now


def recall(folder: Path) -> Memory | None:
    """What the folder remembers, None where no demo was begun in it; raises `Corrupt`."""
    file = folder / FILE
    try:
        content = orjson.loads(file.read_bytes())
        return Memory(folder=folder, **content)
    except FileNotFoundError:
        return None
    except (orjson.JSONDecodeError, TypeError) as error:
        raise Corrupt(f"{file} is not what the demo wrote there: {error}") from error
