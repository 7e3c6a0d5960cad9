"""The folder of templates and presets: which there are, and the texts of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import shared
from shared.program_templates.header import Header, header_of

PROGRAMS = Path(shared.__file__).parents[1] / "programs"
"""Beside the packages, in a clone, in an installed wheel and in the image alike."""
TEMPLATES = PROGRAMS / "templates"
PRESETS = PROGRAMS / "presets"

Kind = Literal["template", "preset"]
_SCENARIO = re.compile(r"^- name:", re.MULTILINE)
_PENDING = re.compile(r"^  pending:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Template:
    """A program to begin with."""

    name: str
    kind: Kind
    about: str
    """What it is, in a sentence; of a preset the public program that it is modelled on."""
    header: Header | None
    """Of a preset: its sources, and what it assumes and cannot say."""
    policy: str
    vendor: str
    """A vendor document that has every name of the policy and of the scenarios."""
    scenarios: str
    """A scenario file that calls the other two `policy.yaml` and `vendor.yaml`."""

    @property
    def scenario_count(self) -> int:
        """Scenarios, with those that wait."""
        return len(_SCENARIO.findall(self.scenarios))

    @property
    def pending_count(self) -> int:
        """Scenarios that wait for what the policy language does not have yet."""
        return len(_PENDING.findall(self.scenarios))


def names() -> tuple[str, ...]:
    """The templates there are."""
    return _folders(TEMPLATES)


def presets() -> tuple[str, ...]:
    """The presets there are: programs modelled on public material."""
    return _folders(PRESETS)


def headers() -> dict[str, Header]:
    """The header of every preset, by its name."""
    return {name: header_of(PRESETS / name) for name in presets()}


def folder_of(name: str) -> Path | None:
    """The folder of the template or preset of this name, or None."""
    # By the list, so that a name from outside never becomes a path.
    if name in names():
        return TEMPLATES / name
    return PRESETS / name if name in presets() else None


def renamed(text: str, source: str, program: str) -> str:
    """A text of the template or preset `source` for a program of another name."""
    return text.replace(f"program: {source}\n", f"program: {program}\n")


@lru_cache(maxsize=1)
def every() -> dict[str, Template]:
    """Every template, then every preset, by its name: read from disk once in the life of a process."""
    found = [_read(TEMPLATES / name, "template") for name in names()]
    found += [_read(PRESETS / name, "preset") for name in presets()]
    return {one.name: one for one in found}


def _read(folder: Path, kind: Kind) -> Template:
    policy, vendor, scenarios = (
        (folder / f"{name}.yaml").read_text(encoding="utf-8") for name in ("policy", "vendor", "scenarios")
    )
    header = header_of(folder) if kind == "preset" else None
    about = header.modelled_on if header is not None else policy.partition("\n")[0].removeprefix("# ")
    return Template(folder.name, kind, about, header, policy, vendor, scenarios)


def _folders(parent: Path) -> tuple[str, ...]:
    return tuple(sorted(one.name for one in parent.iterdir() if one.is_dir()))
