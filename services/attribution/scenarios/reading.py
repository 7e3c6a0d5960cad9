"""Reading a scenario file: its YAML becomes settings and steps, each mistake named by file, line, column and path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.attribution.scenarios.problems import ScenarioInvalid, Source
from shared.policy.reading import decoded
from shared.policy.refused import PolicyRefused
from shared.policy.yaml_text import read_yaml

MAX_FILE_BYTES = 262_144
"""A topic of thirty scenarios has some 20 kB."""
FIRST_DAY = "2026-01-01"
"""A Thursday: the start of a scenario that names none."""
MAX_FILE_NODES = 20_000
"""Values and keys of a file: some 1,500 steps; so many take 100 ms."""

Steps = Annotated[list[dict[str, Any]], Field(max_length=500)]
Load = Callable[[str], bytes]
"""The content of a file that is named relative to the scenario's own."""


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    start: str | int = FIRST_DAY
    policy: dict[str, Any] | str | None = None
    policies: list[dict[str, Any] | str] = []
    """Further programs beside the one of `policy`."""
    vendor: dict[str, Any] | str | None = None
    partners: list[str] | dict[str, dict[str, Any] | None] = []
    customers: dict[str, dict[str, Any]] = {}
    deal: dict[str, Any] = {}
    """What a registration or opportunity names where it does not say otherwise."""


class ScenarioText(_Text):
    """One scenario as it is written."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    pending: Annotated[str, Field(min_length=1)] | None = None
    given: Steps = []
    when: Steps = []
    then: dict[str, Any] = {}


class _FileText(_Text):
    topic: str
    scenarios: Annotated[list[ScenarioText], Field(min_length=1, max_length=200)]


@dataclass(frozen=True)
class Scenario:
    """One scenario: what it says itself, what its file says for all, and where each stands."""

    source: Source
    path: str
    text: ScenarioText
    shared: _FileText
    load: Load

    @property
    def name(self) -> str:
        """Its name, unique in its file."""
        return self.text.name

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.source.place(self.path).line


@dataclass(frozen=True)
class ScenarioFile:
    """The scenarios of one topic."""

    name: str
    topic: str
    scenarios: tuple[Scenario, ...]


def read_scenarios(name: str, content: bytes, load: Load) -> ScenarioFile:
    """Read the file called `name`; raises `ScenarioInvalid` with every problem."""
    if len(content) > MAX_FILE_BYTES:
        raise ScenarioInvalid(f"{name}: {len(content):,} bytes; split it by topic into files below {MAX_FILE_BYTES:,}")
    try:
        read = read_yaml(decoded(content), MAX_FILE_NODES)
    except PolicyRefused as refused:
        found = [replace(one, code="scenario.invalid", message=f"{name}, {one.message}") for one in refused.problems]
        raise ScenarioInvalid(f"{name}, {refused.detail}", found) from refused
    source = Source(name, read.places)
    if read.twice:
        path = read.twice[0].field
        raise source.refuses(path, "given twice; keep one")
    try:
        text = _FileText.model_validate_json(orjson.dumps(read.value))
    except ValidationError as error:
        raise _problems(source, error) from error
    names = [one.name for one in text.scenarios]
    for index, one in enumerate(names):
        if one in names[:index]:
            raise source.refuses(f"scenarios.{index}.name", f"{one!r} names two scenarios; give each a name of its own")
    scenarios = (Scenario(source, f"scenarios.{index}", one, text, load) for index, one in enumerate(text.scenarios))
    return ScenarioFile(name, text.topic, tuple(scenarios))


def _problems(source: Source, error: ValidationError) -> ScenarioInvalid:
    found = []
    for one in error.errors(include_url=False, include_input=False):
        path = ".".join(map(str, one["loc"]))
        message = "no such key" if one["type"] == "extra_forbidden" else one["msg"]
        found.append(source.problem("scenario.invalid", path, message))
    return ScenarioInvalid(found[0].message, found)
