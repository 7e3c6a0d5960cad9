"""A server process that outlives its starter: found again by pid and start time, never by name."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from shared.errors import Unavailable

LOG_TAIL_LINES = 12
KILL_WAIT_SECONDS = 10.0


@dataclass(slots=True)
class ServerProcess:
    """One running server; `born` distinguishes it from a later process with the same pid."""

    pid: int
    born: float
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def alive(self) -> bool:
        # A child has ended when its parent can wait for it, and only then: a process that was replaced before would
        # stay behind unwaited for, and may still hold its files.
        if self.child is not None:
            return self.child.poll() is None
        return birth_of(self.pid) == self.born

    async def end(self, how: signal.Signals, patience_seconds: float) -> None:
        """End the process: signal `how`, and SIGKILL after `patience_seconds`."""
        self._send(how)
        if not await self._gone_within(patience_seconds):
            self._send(signal.SIGKILL)
            if not await self._gone_within(KILL_WAIT_SECONDS):
                raise Unavailable(f"process {self.pid} did not end within {KILL_WAIT_SECONDS:.0f} s of SIGKILL")
        if self.child is not None:
            self.child.wait()

    def let_go(self) -> None:
        """Detach the process, without a warning at exit about a running child."""
        if self.child is not None and self.child.returncode is None:
            self.child.returncode = 0
            self.child = None

    def _send(self, how: signal.Signals) -> None:
        if self.alive:
            with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
                psutil.Process(self.pid).send_signal(how)

    async def _gone_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                while self.alive:
                    await asyncio.sleep(0.02)
        except TimeoutError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Account:
    """The account that a server runs as; without ids, our own."""

    uid: int | None = None
    gid: int | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """For `subprocess`: root's supplementary groups are dropped too."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}


OURSELVES = Account()


def spawn(command: Sequence[str | Path], log: Path, *, account: Account, cwd: Path) -> ServerProcess:
    """Start the command in a session of its own, so that a Ctrl-C does not reach it."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            start_new_session=True,
            **account.arguments,
        )
    return ServerProcess(child.pid, birth_of(child.pid) or 0.0, child)


def remember(process: ServerProcess, file: Path) -> None:
    """Store the process, so that a later start finds it even after we were killed."""
    file.write_text(json.dumps({"pid": process.pid, "born": process.born}))


def recall(file: Path) -> ServerProcess | None:
    """Return the stored process if it still runs."""
    try:
        kept = json.loads(file.read_text())
        process = ServerProcess(int(kept["pid"]), float(kept["born"]))
    except (FileNotFoundError, ValueError, KeyError):
        return None
    return process if process.alive else None


def tail(log: Path) -> str:
    """Return the last lines of a log, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
    except FileNotFoundError:
        return "(no log)"


def free_ports(count: int) -> list[int]:
    """Return free ports of the loopback interface; all are held until the last is found."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def is_free(port: int) -> bool:
    """Return whether a server could listen on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def birth_of(pid: int) -> float | None:
    """Return when the process started, which identifies it beside its pid; None if it has ended."""
    try:
        process = psutil.Process(pid)
        # A zombie has ended, and its parent has not waited for it yet; but the first thread of a killed process is a
        # zombie while others of its threads, which hold the files and ports, are still on their way out.
        ended = process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
        return None if ended else process.create_time()
    except psutil.NoSuchProcess:
        return None
