"""`dealreg schemas`: print a schema by its name, or compare the released event schemas with the code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dealreg.tools.api_document import api_document
from services.registration.api.schemas import SCHEMAS as SERVED
from shared.events.catalogue import SCHEMAS, asyncapi, meaning, rendered, schemas
from shared.events.registry import EVENTS
from shared.policy.problems import similar
from shared.release import RELEASE
from shared.values.written import written_json

ENDING = ".json"

Name = Annotated[
    str | None,
    typer.Argument(
        help="Print this schema: policy, vendor, registration, or an event such as registration.approved, "
        "with .v1 a version of it.",
        show_default=False,
    ),
]
Listed = Annotated[bool, typer.Option("--list", help="Print the names of all schemas.")]
Write = Annotated[bool, typer.Option("--write", help="Write schemas of new event versions and changed descriptions.")]
OpenApi = Annotated[
    Path | None, typer.Option("--openapi", help="Also write the OpenAPI document of all services to this file.")
]
AsyncApi = Annotated[Path | None, typer.Option("--asyncapi", help="Also write the AsyncAPI 3 document to this file.")]


def schemas_command(
    name: Name = None,
    listed: Listed = False,
    write: Write = False,
    asyncapi_file: AsyncApi = None,
    openapi_file: OpenApi = None,
) -> None:
    """Print the JSON Schema of that name, without a server. Without one: check that those of events are unchanged."""
    if name is None and not listed:
        _check(asyncapi_file, openapi_file, write=write)
        return
    if write or asyncapi_file is not None or openapi_file is not None or (name is not None and listed):
        raise typer.BadParameter("a name, --list, and the options that write files go each without the others")
    print("\n".join(names()) if name is None else schema_text(name).rstrip("\n"))


def names() -> list[str]:
    """Return every name that `schema_text` knows: what the service serves, events, and each version of them."""
    versions = sorted(file.name.removesuffix(ENDING) for file in SCHEMAS.glob(f"*{ENDING}"))
    return [*SERVED, *sorted(EVENTS), *versions]


def schema_text(name: str) -> str:
    """Return the schema as JSON; of an event's type that of its newest version. Raises `typer.BadParameter`."""
    name = name.removesuffix(ENDING)
    if name in SERVED:
        return written_json(SERVED[name](), indented=True).decode()
    if name in EVENTS:
        name = f"{name}.v{EVENTS[name].version}"
    known = names()
    if name not in known:
        meant = similar(name, known)
        hint = f"did you mean {meant}? " if meant else ""
        raise typer.BadParameter(f"there is no schema {name!r}; {hint}`dealreg schemas --list` prints all names")
    return (SCHEMAS / f"{name}{ENDING}").read_text(encoding="utf-8")


def _check(asyncapi_file: Path | None, openapi_file: Path | None, *, write: bool) -> None:
    """Compare with the released schemas; exit code 1 where one differs."""
    changed = []
    for name, content in schemas().items():
        file = SCHEMAS / name
        same = file.exists() and meaning(file.read_bytes()) == meaning(content)
        if write and (same or not file.exists()) and (not file.exists() or file.read_bytes() != content):
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
            typer.echo(f"wrote {name}")
        elif not same:
            changed.append(name)
    if asyncapi_file is not None:
        asyncapi_file.write_bytes(rendered(asyncapi(RELEASE)))
    if openapi_file is not None:
        openapi_file.write_bytes(rendered(api_document()))
    for name in changed:
        typer.echo(f"{name} differs from the code: give the event a new version and an upcaster", err=True)
    if changed:
        raise typer.Exit(1)
    typer.echo(f"{len(schemas())} schemas agree with the code")


def register(app: typer.Typer) -> None:
    """Add `dealreg schemas`."""
    app.command("schemas")(schemas_command)
