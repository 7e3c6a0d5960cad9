"""Templates of programs: a policy, its vendor document and its scenarios, copied to begin with."""

from __future__ import annotations

from pathlib import Path

import dealreg
from dealreg.tools.files import refused

TEMPLATES = Path(dealreg.__file__).parents[1] / "programs" / "templates"
"""Beside the packages, in a clone and in an installed wheel alike."""


def names() -> tuple[str, ...]:
    """The templates there are."""
    return tuple(sorted(one.name for one in TEMPLATES.iterdir() if one.is_dir()))


def copy(template: str, folder: Path, program: str) -> list[Path]:
    """Write the template's files into a new folder under the program's name; raise `FileRefused` if it exists."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise refused(folder, "exists already; name a new folder") from error
    written = []
    for file in sorted((TEMPLATES / template).glob("*.yaml")):
        text = file.read_text(encoding="utf-8").replace(f"program: {template}\n", f"program: {program}\n")
        (folder / file.name).write_text(text, encoding="utf-8")
        written.append(folder / file.name)
    return written
