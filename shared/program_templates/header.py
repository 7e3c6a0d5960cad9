"""The header of a preset: the public material it is modelled on, what is assumed, and what it cannot say yet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.policy.reading import decoded
from shared.policy.refused import PolicyRefused
from shared.policy.yaml_text import read_yaml

HEADER = "preset.yaml"
MAX_NODES = 500
"""Values and keys of a header: some forty."""

_Line = Annotated[str, Field(min_length=3, max_length=400)]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Source(_Said):
    """One piece of public material."""

    text: _Line
    """What it is."""
    grade: Literal["first-party", "first-party, in part", "third party"]
    """Who tells the rule: the vendor, the vendor in text of which only a part was read, or somebody else."""
    url: _Line | None = None


class Header(_Said):
    """What stands above a preset's policy."""

    modelled_on: _Line
    """The program, by its name in public."""
    year: Annotated[int, Field(ge=1990, le=2100)] | Literal["undated"]
    """When the material was current; a program changes, and a preset does not follow it."""
    sources: Annotated[tuple[Source, ...], Field(min_length=1, max_length=10)]
    rules: Annotated[tuple[_Line, ...], Field(min_length=1, max_length=20)]
    """What the material says, in our words."""
    assumed: Annotated[tuple[_Line, ...], Field(min_length=1, max_length=20)]
    """What it leaves open, and what the preset says there."""
    missing: dict[str, _Line] = Field(default={}, max_length=30)
    """Clauses, facts and fields that the policy language does not have yet, each with the rule that waits for it."""


def header_of(folder: Path) -> Header:
    """Read the header of a preset's folder; raises `PolicyRefused` with what is wrong with it."""
    file = folder / HEADER
    value = read_yaml(decoded(file.read_bytes()), MAX_NODES).value
    try:
        return Header.model_validate_json(orjson.dumps(value))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise PolicyRefused(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
