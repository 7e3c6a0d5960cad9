"""`dealreg import`: registrations and opportunities of a CSV file, shown before anything is taken."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from dealreg.commands.vendors import Ground, Json, Vendor, ground, running_intake, say, stated
from dealreg.tools.progress import OnProgress, shown
from services.registration.api.files import report
from services.registration.directory.reading import Directory
from services.registration.files.catalogue import catalogue_of
from services.registration.files.declared import Days, Decimals, Declared, Encoding, Separator, Table
from services.registration.files.fields import KINDS, FileKind
from services.registration.files.reading import read_file
from services.registration.intake.intake import Intake
from services.registration.intake.submission import Submissions
from shared.credentials import operator
from shared.settings import Settings
from shared.values import parse_identifier
from shared.values.written import written_json

MAX_ROWS = 100_000
"""Rows of one file. All of them are validated before the first is taken."""
MAX_BYTES = 200_000_000

imports = typer.Typer(no_args_is_help=True, help="Take registrations or opportunities from a CSV file.")

File = Annotated[Path, typer.Argument(help="The CSV file, with a header line.", exists=True, dir_okay=False)]
EncodingOption = Annotated[Encoding | None, typer.Option(help="Found: UTF-8 and UTF-16. Declare any other.")]
SeparatorOption = Annotated[Separator | None, typer.Option(help="Default: found in the header line.")]
DecimalOption = Annotated[Decimals | None, typer.Option(help="What stands before the decimals of amounts.")]
DatesOption = Annotated[Days | None, typer.Option(help="Order of dates such as 03/04/2026.")]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option("--column", help="header=field for a header that is no field; header= leaves it out. Repeatable."),
]
ValueOption = Annotated[
    list[str] | None, typer.Option("--value", help="field=value, the same for every row. Repeatable.")
]
Check = Annotated[bool, typer.Option("--check", help="Only show how the file is read. Takes nothing.")]


def register(app: typer.Typer) -> None:
    app.add_typer(imports, name="import")


@imports.command("registrations")
def registrations(
    vendor: Vendor,
    file: File,
    check: Check = False,
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    dates: DatesOption = None,
    column: ColumnOption = None,
    value: ValueOption = None,
    as_json: Json = False,
) -> None:
    """Submit a registration for each row. The same row is never taken twice."""
    declared = Declared(encoding, separator, decimal, dates, tuple(column or ()), tuple(value or ()))
    _run("registrations", vendor, file, declared, None, check=check, as_json=as_json)


@imports.command("opportunities")
def opportunities(
    vendor: Vendor,
    file: File,
    connection: Annotated[str, typer.Option(help="Id of the CRM connection.", show_default=False)],
    check: Check = False,
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    dates: DatesOption = None,
    column: ColumnOption = None,
    value: ValueOption = None,
    as_json: Json = False,
) -> None:
    """Send a message about an opportunity for each row. The same row is never taken twice."""
    declared = Declared(encoding, separator, decimal, dates, tuple(column or ()), tuple(value or ()))
    named = stated(parse_identifier, connection, "--connection")
    _run("opportunities", vendor, file, declared, named, check=check, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Parts:
    settings: Settings
    submissions: Submissions
    intake: Intake


def _run(
    kind: FileKind,
    vendor: str,
    file: Path,
    declared: Declared,
    connection: str | None,
    *,
    check: bool,
    as_json: bool,
) -> None:
    if file.stat().st_size > MAX_BYTES:
        raise typer.BadParameter(f"{file} is over {MAX_BYTES} bytes; split it")
    table = read_file(file.read_bytes(), kind, declared, MAX_ROWS)
    with shown(quiet=not sys.stderr.isatty()) as progress:
        content = asyncio.run(_reported(kind, vendor, table, connection, progress, check=check))
    say(content, as_json, _words(content, check=check))
    if content["unusable"] or content["usable"] != content["rows"]:
        raise typer.Exit(1)


async def _reported(
    kind: FileKind, vendor: str, table: Table, connection: str | None, progress: OnProgress, *, check: bool
) -> dict[str, Any]:
    async with ground(vendor) as runtime, running_intake(runtime) as intake:
        by = replace(operator(vendor), scopes=frozenset({KINDS[kind].scope, "import"}))
        asked = check and kind == "registrations"
        known = await catalogue_of(Directory(runtime.pool), vendor) if asked else None
        parts = _parts(runtime, intake)
        return await report(parts, by, kind, table, connection, check=check, known=known, progress=progress)


def _parts(runtime: Ground, intake: Intake) -> _Parts:
    return _Parts(runtime.settings, Submissions(runtime.master_key), intake)


def _words(content: dict[str, Any], *, check: bool) -> str:
    read = content["read_as"]
    lines = [f"encoding {read['encoding']}, separator {read['separator']}"]
    for one in read["columns"]:
        how = " ".join(f", {name} {one[name]}" for name in ("decimal", "dates") if one[name])
        lines.append(f"  {one['column']} -> {one['field'] or '(left out)'}{how}")
    if check:
        lines += [f"line {one['line']}: {written_json(one['body']).decode()}" for one in content["items"]]
    lines += [
        f"line {one['line']}, {one['column'] or 'the row'}: {one['message']} [{one['code']}]"
        for one in content["unusable"]
    ]
    taken = "nothing was taken" if check else f"{content['taken']} taken"
    return "\n".join([*lines, f"{content['rows']} rows, {content['usable']} usable; {taken}"])
