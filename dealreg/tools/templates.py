"""A template or preset copied into a new folder, to begin a program with."""

from __future__ import annotations

from pathlib import Path

from dealreg.tools.files import refused
from shared.program_templates.folder import folder_of, renamed


def copy(source: str, folder: Path, program: str) -> list[Path]:
    """Write a template's or preset's files into a new folder under the program's name.

    Raises `FileRefused` if the folder exists.
    """
    found = folder_of(source)
    assert found is not None
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise refused(folder, "exists already; name a new folder") from error
    written = []
    for file in sorted(found.glob("*.yaml")):
        (folder / file.name).write_text(renamed(file.read_text(encoding="utf-8"), source, program), encoding="utf-8")
        written.append(folder / file.name)
    return written
