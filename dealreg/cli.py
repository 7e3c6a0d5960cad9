"""The `dealreg` command. Each group of sub-commands has a module of its own, and is loaded when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from dealreg.commands.errors import guarded
from dealreg.runtime.loading import loading, settled

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


MODULES = {
    "dealreg.commands.run": ("run",),
    "dealreg.demo.command": ("demo",),
    "dealreg.commands.services": ("serve", "work"),
    "dealreg.commands.install": ("settings", "setup", "migrate"),
    "dealreg.commands.vendors": ("vendor", "credential", "connection", "persons"),
    "dealreg.commands.sandbox": ("sandbox",),
    "dealreg.commands.partners": ("partner",),
    "dealreg.commands.webhooks": ("webhook",),
    "dealreg.commands.schemas": ("schemas",),
    "dealreg.commands.verify": ("verify",),
    "dealreg.commands.projections": ("projections",),
    "dealreg.commands.rebuild_views": ("projections",),
    "dealreg.commands.attribution": ("attribution",),
    "dealreg.commands.facts": ("facts",),
    "dealreg.commands.files": ("import",),
    "dealreg.commands.explain": ("explain",),
    "dealreg.commands.audit": ("audit",),
    "dealreg.commands.console": ("console",),
    "dealreg.commands.mcp": ("mcp",),
    "dealreg.commands.providers": ("provider", "identity"),
    "dealreg.commands.crm": ("crm",),
    "dealreg.commands.matching": ("match",),
    "dealreg.commands.policy": ("policy",),
}
"""Of each module the commands that it registers, in the order in which they are listed."""


def application(arguments: Sequence[str] = ()) -> typer.Typer:
    """Return the command that answers these arguments: with the group that they name alone, with all where none."""
    app = typer.Typer(
        help=HELP,
        rich_markup_mode="rich",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_everywhere)
    named = next((one for one in arguments if not one.startswith("-")), None)
    asked = [module for module, commands in MODULES.items() if named in commands]
    for module in asked or MODULES:
        import_module(module).register(app)
    return app


def _everywhere(
    debug: Annotated[bool, typer.Option("--debug", help="Print a traceback if the command fails.")] = False,
) -> None:
    _debugging.append(debug)


_debugging: list[bool] = []
"""The value of `--debug`, once typer has read it."""


def main() -> None:
    """Run the command; an error becomes a message on standard error and a documented exit code."""
    arguments = sys.argv[1:]
    sys.exit(guarded(lambda: _loaded(arguments)(), arguments, debug=lambda: any(_debugging)))


def _loaded(arguments: Sequence[str]) -> typer.Typer:
    with loading():
        app = application(arguments)
    settled()
    return app


if __name__ == "__main__":
    main()
