"""What the data folder stores about the demo, so that an interrupted import continues."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

from shared.errors import Corrupt

FILE = "demo.json"
CLAIMANT = "demo:partner"
"""The principal of the partner's key. With the idempotency key it determines the registration's id."""


@dataclass(frozen=True, slots=True)
class Memory:
    """How many weeks the dates moved, the keys, and the progress of the import."""

    folder: Path
    weeks: int
    moved: bool
    """True if the dates were moved up to today (`dealreg run --demo`)."""
    import_key: str
    vendor_key: str
    partner_key: str
    partner: str
    imported: bool = False

    def kept(self, *, imported: bool | None = None) -> Memory:
        """Write to the folder atomically, readable only by its owner."""
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
    """Read what the folder stores, or None if no demo was begun in it; raise `Corrupt`."""
    file = folder / FILE
    try:
        content = orjson.loads(file.read_bytes())
        return Memory(folder=folder, **content)
    except FileNotFoundError:
        return None
    except (orjson.JSONDecodeError, TypeError) as error:
        raise Corrupt(f"{file} is damaged: {error}") from error
