"""The `dealreg` command: each group of sub-commands lives in its own module and is named here once."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dealreg.commands import (
    attribution,
    explain,
    facts,
    install,
    matching,
    policy,
    projections,
    rebuild_views,
    run,
    schemas,
    services,
    vendors,
    verify,
)
from dealreg.commands.errors import guarded
from dealreg.demo import command as demo

HELP = """\
Register partner deals, decide conflicts between them by written rules, and show who earned what and why.

[bold]Start here[/bold]

  dealreg run --demo   everything on one port, with a sample pipeline
  dealreg demo         import that pipeline, decide it, print JSON
  dealreg settings     every setting, its value and its reason

Settings are environment variables that begin with DEALREG_. Without any, an embedded PostgreSQL
keeps everything in the folder .dealreg; with DEALREG_LOG=kafka an embedded Kafka has the log.

[bold]Exit codes[/bold]

  0    done, and every check held
  1    a check failed, what was named is not there, a server could not be reached, or a mistake of ours
  2    wrong usage, a wrong setting, or a file that cannot be used; the message names it, with line and column
  130  ended by Ctrl-C
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
install.register(app)
vendors.register(app)
schemas.register(app)
verify.register(app)
projections.register(app)
rebuild_views.register(app)
attribution.register(app)
facts.register(app)
explain.register(app)
matching.register(app)
policy.register(app)


@app.callback()
def _everywhere(
    debug: Annotated[bool, typer.Option("--debug", help="Print a traceback where a command fails.")] = False,
) -> None:
    _debugging.append(debug)


_debugging: list[bool] = []
"""What the option before the sub-command said, once it was read."""


def main() -> None:
    """Run the command; an error becomes a message on standard error and a documented exit code."""
    sys.exit(guarded(app, sys.argv[1:], debug=lambda: any(_debugging)))


if __name__ == "__main__":
    main()
