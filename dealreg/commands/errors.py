"""Turn the failure of a command into one message with its remedy and a documented exit code, without a traceback."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from shared.errors import DealregError, Invalid, Misconfigured, RequestInvalid, Unavailable
from shared.settings import ENV_PREFIX

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_TRY_AGAIN = 75
"""`EX_TEMPFAIL` of sysexits.h: a script may run the same command again."""
EXIT_INTERRUPTED = 130
"""The exit code that a shell expects of a command that SIGINT ended."""
MOST_PROBLEMS = 100
"""At most so many problems of one input are listed; nobody reads more."""

SUPERVISED = "--lifeline"
"""The option of a process that a supervisor started. Nobody typed its command, so no input can be at fault."""
_OF_INPUT = (Misconfigured, Invalid, RequestInvalid)
"""Errors that the person who typed the command can correct."""
_OF_FILES = frozenset({
    errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ELOOP,
    errno.ENAMETOOLONG, errno.EROFS,
})  # fmt: skip
"""Errors of the operating system that mean a wrongly named file."""


def guarded(command: Callable[[], object], arguments: Sequence[str], *, debug: Callable[[], bool]) -> int:
    """Run the command and return its exit code; print what it raises on standard error."""
    try:
        if (wrong := _not_text(arguments)) is not None:
            _say(wrong)
            return EXIT_USAGE
        command()
        return 0
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:
        code = _report(error, debug=debug())
        # A supervisor stops restarting a child that exits with EXIT_USAGE, so only wrong settings may give that code.
        wrong_input = code == EXIT_USAGE and not isinstance(_ours(error), Misconfigured)
        return EXIT_FAILED if SUPERVISED in arguments and wrong_input else code


def _report(error: Exception, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    ours = _ours(error)
    if ours is not None:
        _say(ours.detail)
        for problem in ours.problems[:MOST_PROBLEMS]:
            print(f"  {problem.field or '(whole)'}: {problem.message} [{problem.code}]", file=sys.stderr)
        if isinstance(ours, Unavailable):
            return EXIT_TRY_AGAIN
        return EXIT_USAGE if isinstance(ours, _OF_INPUT) else EXIT_FAILED
    if isinstance(error, BrokenPipeError):
        # The reader closed the pipe (`| head`); flushing the buffer at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    if isinstance(error, OSError) and error.filename is not None:
        _say(f"cannot use {os.fsdecode(error.filename)!r}: {error.strerror}; name another file")
        return EXIT_USAGE if error.errno in _OF_FILES else EXIT_FAILED
    _say(
        f"internal error ({type(error).__name__}: {str(error)[:500]}); "
        "please report it with the output of `dealreg --debug …` for the same command"
    )
    return EXIT_FAILED


def _ours(error: BaseException) -> DealregError | None:
    """Return the first `DealregError` in the error or its group, or None."""
    if isinstance(error, DealregError):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next((found for one in error.exceptions if (found := _ours(one)) is not None), None)
    return None


def _not_text(arguments: Sequence[str]) -> str | None:
    """Return a message if an argument or a setting is not UTF-8: no server and no file would accept it."""
    for number, argument in enumerate(arguments, start=1):
        if not _is_text(argument):
            return f"argument {number} ({argument!r}) is not UTF-8; set a UTF-8 locale, or type it again"
    for name, value in os.environ.items():
        if name.startswith(ENV_PREFIX) and not _is_text(value):
            return f"{name} is not UTF-8; set it again"
    return None


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _say(detail: str) -> None:
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    # Not as markup: the message may contain brackets.
    console.print("[red]error:[/red] ", end="")
    console.print(detail, soft_wrap=True, markup=False)
