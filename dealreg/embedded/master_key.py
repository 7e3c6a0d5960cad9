"""The master key of a data folder: generated once, readable by its owner alone."""

from __future__ import annotations

import base64
import contextlib
import os
from pathlib import Path

from pydantic import SecretStr

from shared.settings import MASTER_KEY_BYTES

FILE = "master.key"


def folder_master_key(folder: Path) -> SecretStr:
    """Return the folder's key, base64url: the same at every call, even if two processes create it at once."""
    file = folder / FILE
    if not file.exists():
        draft = folder / f".{FILE}-{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as output:
            output.write(base64.urlsafe_b64encode(os.urandom(MASTER_KEY_BYTES)) + b"\n")
            output.flush()
            # Personal fields are sealed under it at once, so it must not be lost with the machine's power.
            os.fsync(output.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return SecretStr(file.read_text().strip())
