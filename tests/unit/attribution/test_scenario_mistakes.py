"""Whatever stands in the wrong place of a scenario file is named with its place, and never ends the runner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.attribution.scenarios.problems import ScenarioInvalid
from services.attribution.scenarios.reading import read_scenarios
from services.attribution.scenarios.running import run
from shared.policy.yaml_text import read_yaml

FOLDER = Path(__file__).parents[2] / "scenarios"
WRONG: tuple[Any, ...] = (
    None, True, -1, 10**15, 1.5, "", "x", "9999999999 days", "2026-13-01", "9999-12-31", "99 XXX", [], [5], [[]],
    {}, {"a": 5}, {"a": []}, {"like": 5},
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in members:
        yield from paths(one, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    if not path:
        return wrong
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], wrong)
    return copy


@pytest.mark.parametrize("name", ["suspension", "winning", "same-customer"])
def test_a_wrong_value_anywhere_is_refused_or_compared(name: str) -> None:
    text: Any = read_yaml((FOLDER / f"{name}.yaml").read_text()).value
    # One scenario is enough of each file: every other repeats its places.
    text = {**text, "scenarios": text["scenarios"][:1]}
    places = list(paths(text))
    for number, path in enumerate(places):
        for wrong in WRONG[number % 3 :: 3]:
            content = orjson.dumps(replaced(text, path, wrong))
            assert run_anyway(content) in (None, "one.yaml"), f"{'.'.join(map(str, path))} = {wrong!r}"


def run_anyway(content: bytes) -> str | None:
    """The file that the refusal names, None where all could be run; anything else that is raised fails the test."""
    try:
        for scenario in read_scenarios("one.yaml", content, lambda name: (FOLDER / name).read_bytes()).scenarios:
            run(scenario)
    except ScenarioInvalid as refused:
        return refused.detail[: len("one.yaml")]
    return None


def test_time_that_waits_beyond_the_calendar_is_refused() -> None:
    waits = [{"wait": "9999 days"}] * 400
    content = orjson.dumps({"topic": "far", "scenarios": [{"name": "one", "when": waits}]})
    assert run_anyway(content) == "one.yaml"
