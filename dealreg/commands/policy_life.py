"""`dealreg policy show | diff | new`: read a policy whole, compare two, and begin with a template or preset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dealreg.tools.published import find
from dealreg.tools.templates import copy
from shared.messages.documents import sentence, valued
from shared.policy.differences import differences
from shared.policy.stated import stated_in
from shared.program_templates.folder import names, presets
from shared.program_templates.header import HEADER, Header, header_of
from shared.values import BadValue, parse_identifier
from shared.values.written import written_json

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]
Vendor = Annotated[str | None, typer.Option(help="Id of the vendor, for what is published.", show_default=False)]
NAMED = "A file; or with --vendor what is published: PROGRAM/VERSION, PROGRAM (in force), or document."


def register(command: typer.Typer) -> None:
    """Add these commands to `dealreg policy`."""
    command.command("show")(show)
    command.command("diff")(diff)
    command.command("new")(new)


def show(
    file: Annotated[str | None, typer.Argument(help=NAMED, show_default=False)] = None,
    program: Annotated[str | None, typer.Option(help="The version of this program that is in force.")] = None,
    vendor: Vendor = None,
    as_json: Json = False,
) -> None:
    """Show every parameter of a policy or vendor document with its value, defaults filled in, and its meaning."""
    if (file is None) == (program is None):
        raise typer.BadParameter("name a file, or a program with --program and --vendor")
    found = find(program or file or "", vendor)
    if as_json:
        print(written_json(found.model_dump(mode="json"), indented=True).decode())
        return
    for one in stated_in(found):
        default = "" if one.given else " (default)"
        print(f"{one.path}: {valued(one.value)}{default}")
        if one.meaning:
            print(f"    {one.meaning}")


def diff(
    before: Annotated[str, typer.Argument(help=NAMED, show_default=False)],
    after: Annotated[str, typer.Argument(help="The same.", show_default=False)],
    vendor: Vendor = None,
    as_json: Json = False,
) -> None:
    """Say in sentences what the second policy or vendor document says otherwise than the first.

    Defaults are filled in on both sides, so writing one down is no difference. Exit code 1 where there is any.
    """
    one, other = find(before, vendor), find(after, vendor)
    if type(one) is not type(other):
        raise typer.BadParameter("compare two policies, or two vendor documents")
    found = differences(one, other)
    if as_json:
        told = [{**each._asdict(), "sentence": sentence(each)} for each in found]
        print(written_json({"differences": told}, indented=True).decode())
    else:
        print("\n".join(map(sentence, found)) if found else "They say the same.")
    raise typer.Exit(1 if found else 0)


def new(
    folder: Annotated[Path, typer.Argument(help="The folder to make; its name is the program's.")],
    source: Annotated[str, typer.Option("--from", help="The template or preset to begin with.", show_default=False)],
) -> None:
    """Begin a program with a template or preset: its policy, its vendor document, and scenarios that test it."""
    if source not in (*names(), *presets()):
        known = f"templates: {', '.join(names())}; presets: {', '.join(presets())}"
        raise typer.BadParameter(f"--from: no such template or preset; {known}")
    try:
        program = parse_identifier(folder.resolve().name)
    except BadValue as error:
        raise typer.BadParameter(f"the folder's name becomes the program's id: {error.detail}") from error
    for file in copy(source, folder, program):
        print(file)
    if source in presets():
        _tell_header(header_of(folder))
    print(f"next: dealreg policy test {folder}; dealreg vendor create ID --live --program {folder}")


def _tell_header(header: Header) -> None:
    print(f"modelled on {header.modelled_on} ({header.year}); {HEADER} says what is assumed")
    for clause, rule in header.missing.items():
        print(f"not applied yet: {clause}: {rule}")
