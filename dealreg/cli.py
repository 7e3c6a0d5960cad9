"""The `dealreg` command. Each group of sub-commands has a module of its own, registered here."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dealreg.commands import (
    attribution,
    audit,
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

  dealreg run --demo   start everything on one port, with a sample pipeline
  dealreg demo         decide the sample pipeline, print the result as JSON
  dealreg settings     show every setting, its value and its reason

Settings are environment variables that begin with DEALREG_. By default
an embedded PostgreSQL stores everything in the folder .dealreg. With
DEALREG_LOG=kafka an embedded Kafka keeps the log.

[bold]Exit codes[/bold]

  0    success
  1    failure: a failed check, something not found, an internal error
  2    wrong usage, a wrong setting, or an unusable file
  130  interrupted by Ctrl-C
"""

app = typer.Typer(
    help=HELP,
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# One line per group.
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
audit.register(app)
matching.register(app)
policy.register(app)


@app.callback()
def _everywhere(
    debug: Annotated[bool, typer.Option("--debug", help="Print a traceback if the command fails.")] = False,
) -> None:
    _debugging.append(debug)


_debugging: list[bool] = []
"""The value of `--debug`, once typer has read it."""


def main() -> None:
    """Run the command; an error becomes a message on standard error and a documented exit code."""
    sys.exit(guarded(app, sys.argv[1:], debug=lambda: any(_debugging)))


if __name__ == "__main__":
    main()
