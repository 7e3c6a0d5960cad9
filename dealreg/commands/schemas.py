"""`dealreg schemas`: compare the released event schemas with the code, or write new ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dealreg.tools.api_document import api_document
from shared.events.catalogue import SCHEMAS, asyncapi, meaning, rendered, schemas
from shared.release import RELEASE

Write = Annotated[bool, typer.Option("--write", help="Write schemas of new event versions and changed descriptions.")]
OpenApi = Annotated[
    Path | None, typer.Option("--openapi", help="Also write the OpenAPI document of all services to this file.")
]
AsyncApi = Annotated[Path | None, typer.Option("--asyncapi", help="Also write the AsyncAPI 3 document to this file.")]


def schemas_command(write: Write = False, asyncapi_file: AsyncApi = None, openapi_file: OpenApi = None) -> None:
    """Check that the released JSON Schema of every event version is unchanged."""
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
