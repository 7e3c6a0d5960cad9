"""Scenario files that are named by path or by folder, read before any of them runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from dealreg.tools.files import refused
from services.attribution.scenarios.reading import ScenarioFile, read_scenarios
from shared.program_templates.header import HEADER

BESIDE = ("policy.yaml", "vendor.yaml", HEADER)
"""Files beside scenarios that are none themselves: what they name, and the header of a preset."""


def read_all(paths: Iterable[Path]) -> list[ScenarioFile]:
    """Read every file, and every `*.yaml` under a folder, in order of their names; raises with file and place."""
    return [_read(path) for named in paths for path in _files(named)]


def _files(named: Path) -> Iterator[Path]:
    if not named.is_dir():
        yield named
        return
    found = sorted(file for file in named.rglob("*.yaml") if file.name not in BESIDE)
    if not found:
        raise refused(named, "holds no *.yaml file; name a scenario file, or a folder with some")
    yield from found


def _read(path: Path) -> ScenarioFile:
    return read_scenarios(str(path), path.read_bytes(), partial(_beside, path.parent))


def _beside(folder: Path, name: str) -> bytes:
    return (folder / name).read_bytes()
