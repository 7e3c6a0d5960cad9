"""`dealreg mcp`: serve an assistant that reads and proposes; a person confirms each proposal at a terminal."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from dealreg.mcp.access import Access, access, address, checked_key, folder
from dealreg.mcp.confirming import about, carry_out
from dealreg.mcp.proposals import Shelf
from dealreg.mcp.texts import line, visible
from shared.errors import Invalid, Misconfigured
from shared.messages import language, languages
from shared.messages.catalogue import DEFAULT
from shared.values.written import written_json

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ProposalId = Annotated[str, typer.Argument(help="Id of the proposal (prp_…).", metavar="PROPOSAL")]
Tongue = Annotated[str, typer.Option("--language", help="The language of the sentence, such as ar.")]

HELP = """\
Serve an assistant that reads and proposes; a person confirms.

Without a sub-command it serves one assistant over standard input and output (Model Context Protocol): the assistant's
program starts it. DEALREG_MCP_URL is the address of the API, DEALREG_MCP_KEY a key that may read. Nothing here writes:
the assistant gets a proposal, and a person carries it out with dealreg mcp confirm and a key of their own.
"""
mcp = typer.Typer(invoke_without_command=True, help=HELP)


class NobodyThere(Invalid):
    """Nobody is at a terminal."""

    code = "mcp.nobody"


def register(app: typer.Typer) -> None:
    app.add_typer(mcp, name="mcp")


@mcp.callback()
def serve(context: typer.Context) -> None:
    if context.invoked_subcommand is not None:
        return
    granted = access()
    try:
        from dealreg.mcp.server import serve as serving
    except ModuleNotFoundError as error:
        raise Misconfigured("the package mcp is not installed; pip install 'dealreg[mcp]'") from error
    asyncio.run(serving(granted, Shelf(folder())))


@mcp.command("proposals")
def proposals(as_json: Json = False) -> None:
    """List proposals that can be confirmed."""
    found = Shelf(folder()).open(datetime.now(UTC))
    if as_json:
        typer.echo(written_json([one.document() for one in found], indented=True).decode())
        return
    for one in found:
        typer.echo(f"{one.id}  {one.act:10} {one.consequence()}")
    if not found:
        typer.echo("no proposal is open")


@mcp.command("discard")
def discard(proposal: ProposalId) -> None:
    """Discard a proposal, so that nobody confirms it."""
    shelf = Shelf(folder())
    shelf.discard(shelf.get(proposal, datetime.now(UTC)))
    typer.echo(f"{proposal} is discarded")


@mcp.command("confirm")
def confirm(proposal: ProposalId, language_: Tongue = DEFAULT) -> None:
    """Show a proposal, ask for your own key and for your word, and carry it out.

    It works at a terminal alone, and asks for the key each time: an assistant has none that may write.
    """
    if language_ not in languages():
        known = ", ".join(languages())
        raise typer.BadParameter(f"there is no {language_}; choose one of {known}", param_hint="--language")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NobodyThere("a person confirms a proposal at a terminal; nothing was changed")
    shelf, url = Shelf(folder()), address()
    one = shelf.get(proposal, datetime.now(UTC))
    if one.url != url:
        raise Invalid(f"{proposal} is for {line(one.url)}, and DEALREG_MCP_URL says {url}; nothing was changed")
    typer.echo(f"{one.consequence(language(language_))}\n")
    typer.echo(f"POST {one.url}{one.path}")
    # As JSON in ASCII: no letter of it looks like another, and none steers the terminal.
    typer.echo(json.dumps(one.body, indent=2, ensure_ascii=True))
    key = checked_key(typer.prompt("\nYour key", hide_input=True), "type")
    granted = Access(url, key)
    if now := asyncio.run(about(one, granted)):
        typer.echo("It is about: " + line(json.dumps(visible(now), ensure_ascii=False)))
    if typer.prompt("Type yes to do it", default="no") != "yes":
        typer.echo("nothing was changed; the proposal stays open")
        raise typer.Exit(1)
    answer = asyncio.run(carry_out(one, granted))
    shelf.settle(one, datetime.now(UTC), answer)
    typer.echo("done: " + line(json.dumps(visible(answer), ensure_ascii=False)))
