"""What a command says when it fails: one message with its remedy and a documented exit code, never a traceback."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from rich.console import Console

from shared.errors import DealregError, Invalid, Misconfigured
from shared.http.problems import RequestInvalid
from shared.settings import ENV_PREFIX

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
"""What a shell expects of a command that SIGINT ended."""
MOST_PROBLEMS = 100
"""Problems of one input that are listed; more would tell no more."""

SUPERVISED = "--lifeline"
"""The option of a process that a supervisor started: nobody typed anything, so no input can be at fault."""
_OF_INPUT = (Misconfigured, Invalid, RequestInvalid)
"""Errors whose remedy is with whoever typed the command."""
_OF_FILES = frozenset({
    errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ELOOP,
    errno.ENAMETOOLONG, errno.EROFS,
})  # fmt: skip
"""What an operating system says of a file that was named wrongly."""


def guarded(command: Callable[[], object], arguments: Sequence[str], *, debug: Callable[[], bool]) -> int:
    """The exit code of the command; whatever it raises is said on standard error."""
    try:
        if (wrong := _not_text(arguments)) is not None:
            _say(wrong)
            return EXIT_USAGE
        command()
        return 0
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:
        code = _told(error, debug=debug())
        # The supervisor gives up where a child says that it can never run as it was told: by its settings alone.
        return EXIT_FAILED if SUPERVISED in arguments and not isinstance(_ours(error), Misconfigured) else code


def _told(error: Exception, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    ours = _ours(error)
    if ours is not None:
        _say(ours.detail)
        for problem in ours.problems[:MOST_PROBLEMS]:
            print(f"  {problem.field or '(whole)'}: {problem.message} [{problem.code}]", file=sys.stderr)
        return EXIT_USAGE if isinstance(ours, _OF_INPUT) else EXIT_FAILED
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has enough of it; what is buffered must not fail again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    if isinstance(error, OSError) and error.filename is not None:
        _say(f"cannot use {os.fsdecode(error.filename)!r}: {error.strerror}; name another")
        return EXIT_USAGE if error.errno in _OF_FILES else EXIT_FAILED
    _say(
        f"this is our mistake ({type(error).__name__}: {str(error)[:500]}); "
        "please report it with what `dealreg --debug …` prints for the same command"
    )
    return EXIT_FAILED


def _ours(error: BaseException) -> DealregError | None:
    """The error in our terms; of several that came together the first that is."""
    if isinstance(error, DealregError):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next((found for one in error.exceptions if (found := _ours(one)) is not None), None)
    return None


def _not_text(arguments: Sequence[str]) -> str | None:
    """What is wrong with bytes that the shell handed over and that are no UTF-8: they reach no server and no file."""
    for number, argument in enumerate(arguments, start=1):
        if not _is_text(argument):
            return f"argument {number} ({argument!r}) is no UTF-8; set a UTF-8 locale, or type it again"
    for name, value in os.environ.items():
        if name.startswith(ENV_PREFIX) and not _is_text(value):
            return f"{name} is no UTF-8; set it anew"
    return None


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _say(detail: str) -> None:
    console = Console(stderr=True, highlight=False)
    # Not as markup: what is told may hold brackets of its own.
    console.print("[red]error:[/red] ", end="")
    console.print(detail, soft_wrap=True, markup=False)
