"""Templates and presets of programs: a policy, its vendor document and its scenarios, copied to begin with."""

from __future__ import annotations

from pathlib import Path

import dealreg
from dealreg.tools.files import refused

PROGRAMS = Path(dealreg.__file__).parents[1] / "programs"
"""Beside the packages, in a clone and in an installed wheel alike."""
TEMPLATES = PROGRAMS / "templates"
PRESETS = PROGRAMS / "presets"


def names() -> tuple[str, ...]:
    """The templates there are."""
    return _folders(TEMPLATES)


def presets() -> tuple[str, ...]:
    """The presets there are: programs modelled on public material."""
    return _folders(PRESETS)


def copy(source: str, folder: Path, program: str) -> list[Path]:
    """Write a template's or preset's files into a new folder under the program's name.

    Raises `FileRefused` if the folder exists.
    """
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise refused(folder, "exists already; name a new folder") from error
    found = TEMPLATES if source in names() else PRESETS
    written = []
    for file in sorted((found / source).glob("*.yaml")):
        text = file.read_text(encoding="utf-8").replace(f"program: {source}\n", f"program: {program}\n")
        (folder / file.name).write_text(text, encoding="utf-8")
        written.append(folder / file.name)
    return written


def _folders(parent: Path) -> tuple[str, ...]:
    return tuple(sorted(one.name for one in parent.iterdir() if one.is_dir()))
