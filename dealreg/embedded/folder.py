"""The data folder: it belongs to one log for good, and the last process to leave a server stops it."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from shared.errors import Misconfigured, Unavailable
from shared.settings import variable

MARKER = "log"
GATE_POLL_SECONDS = 0.05
GATE_WAIT_SECONDS = 120.0


def claim_folder(folder: Path, log: str) -> Path:
    """Create the folder for this log and return its absolute path.

    Raises `Misconfigured` when it was made for the other log: its facts would not be found there.
    """
    try:
        return _claimed(folder.expanduser().resolve(), log)
    except (OSError, RuntimeError) as error:
        # RuntimeError: a home folder that nobody has, or links in a circle.
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise Misconfigured(
            f"the data folder {folder} cannot be used ({why}): name another in {variable('data_dir')}"
        ) from error


def _claimed(folder: Path, log: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    if marker.exists():
        owner = marker.read_text(errors="replace").strip()
        if owner != log:
            raise Misconfigured(
                f"the data folder {folder} belongs to the {owner} log, not to the {log} log: "
                f"use DEALREG_LOG={owner}, or another folder with DEALREG_DATA_DIR"
            )
    else:
        (folder / ".gitignore").write_text("*\n")
        marker.write_text(log + "\n")
    return folder


class Occupancy:
    """Counts the processes that use one server by locks the kernel drops when a process dies."""

    def __init__(self, folder: Path, server: str) -> None:
        self._gate = folder / f"{server}.gate"
        self._users = folder / f"{server}.users"
        self._held: int | None = None

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Exclude other processes from starting or stopping this server."""
        gate = os.open(self._gate, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            await self._through(gate)
            yield
        finally:
            os.close(gate)

    async def _through(self, gate: int) -> None:
        try:
            async with asyncio.timeout(GATE_WAIT_SECONDS):
                while not _lock(gate, fcntl.LOCK_EX):
                    await asyncio.sleep(GATE_POLL_SECONDS)
        except TimeoutError as error:
            raise Unavailable(
                f"another process has been starting or stopping a server for {GATE_WAIT_SECONDS:.0f} s "
                f"({self._gate}); try again, or end that process"
            ) from error

    def enter(self) -> None:
        """Register this process as a user; call within `alone`."""
        if self._held is None:
            self._held = os.open(self._users, os.O_RDWR | os.O_CREAT, 0o600)
            _lock(self._held, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Unregister this process; return whether it was the last user. Call within `alone`."""
        if self._held is None:
            return False
        last = _lock(self._held, fcntl.LOCK_EX)
        os.close(self._held)
        self._held = None
        return last


def _lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
