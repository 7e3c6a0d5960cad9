"""Starts processes of a source tree by forking, so that what all of them import is imported once.

It runs with the tree on its PYTHONPATH. A line that it reads asks for a process; it tells the number that the process
has, and later how it ended. At the end of its input it ends what still runs.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
import traceback
from typing import Any

from dealreg.cli import application, main

INPUT, OUTPUT, ERRORS = 0, 1, 2
CHUNK_BYTES = 65_536
EVERYTHING = application()


def serve() -> None:
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
    signal.set_wakeup_fd(waker)
    running: set[int] = set()
    asked = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(INPUT, selectors.EVENT_READ)
        waiting.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                chunk = os.read(key.fd, CHUNK_BYTES)
                if key.fd == woken:
                    _tell_ended(running)
                elif not chunk:
                    _end(running)
                    return
                else:
                    *lines, asked = (asked + chunk).split(b"\n")
                    for line in lines:
                        running.add(_started(json.loads(line)))


def _started(asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(_process(asked))
    _tell("started", pid)
    return pid


def _process(asked: dict[str, Any]) -> int:
    """The new process does what was asked, as if it had been started by itself; its exit code."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    flags = os.O_WRONLY | os.O_CREAT
    for stream, path, how in (
        (INPUT, os.devnull, os.O_RDONLY),
        (OUTPUT, asked["output"], flags),
        (ERRORS, asked["errors"], flags),
    ):
        opened = os.open(path, how, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
    os.chdir(asked["folder"])
    os.environ.update(asked["variables"])
    try:
        code = _run(asked["commands"], asked["end"])
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _run(commands: list[list[str]], end: str) -> int:
    """One command as the installed script runs it, or several in turn, each followed by `end`, until one fails."""
    if len(commands) == 1:
        sys.argv = ["dealreg", *commands[0]]
        try:
            main()
        except SystemExit as told:
            return told.code if isinstance(told.code, int) else 0
        return 0
    for command in commands:
        if code := EVERYTHING(command, standalone_mode=False):
            return int(code)
        print(end, end="", flush=True)
    return 0


def _tell_ended(running: set[int]) -> None:
    for pid in list(running):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            running.discard(pid)
            _tell("ended", pid, os.waitstatus_to_exitcode(status))


def _end(running: set[int]) -> None:
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _tell(*words: object) -> None:
    print(*words, flush=True)


if __name__ == "__main__":
    serve()
