"""The `dealreg` command: each group of sub-commands lives in its own module and is named here once."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from dealreg import (
    attribution,
    explain,
    facts,
    ground,
    matching,
    projections,
    rebuilding,
    run,
    schemas,
    services,
    vendors,
    verify,
)
from dealreg.demo import command as demo
from shared.errors import DealregError, Invalid, Misconfigured

EXIT_FAILED = 1
EXIT_USAGE = 2

HELP = """\
Register partner deals, decide conflicts between them by written rules, and show who earned what and why.

[bold]Start here[/bold]

  dealreg run --demo   everything on one port, with a sample pipeline
  dealreg demo         import that pipeline, decide it, print JSON
  dealreg settings     every setting, its value and its reason

Settings are environment variables that begin with DEALREG_. Without any, an embedded PostgreSQL
keeps everything in the folder .dealreg; with DEALREG_LOG=kafka an embedded Kafka has the log.

[bold]Exit codes[/bold]

  0   done, and every check held
  1   a check failed, what was named is not there, or a server could not be reached
  2   wrong usage or a wrong setting; the message names it
"""

app = typer.Typer(
    help=HELP,
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# One line a group.
run.register(app)
demo.register(app)
services.register(app)
ground.register(app)
vendors.register(app)
schemas.register(app)
verify.register(app)
projections.register(app)
rebuilding.register(app)
attribution.register(app)
facts.register(app)
explain.register(app)
matching.register(app)


def main() -> None:
    """Runs the command; our own errors become one line on standard error and a documented exit code."""
    try:
        app()
    except DealregError as error:
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {_escaped(error.detail)}", soft_wrap=True)
        for problem in error.problems:
            print(f"  {problem.field or '(whole)'}: {problem.message} [{problem.code}]", file=sys.stderr)
        sys.exit(EXIT_USAGE if isinstance(error, Misconfigured | Invalid) else EXIT_FAILED)


def _escaped(text: str) -> str:
    return text.replace("[", r"\[")


if __name__ == "__main__":
    main()
