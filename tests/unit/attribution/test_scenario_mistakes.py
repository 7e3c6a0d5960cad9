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


NOTHING = (
    ({"registration.withdrawn": "ghost"}, "refused: registration.unknown"),
    ({"registration.submitted": {"registration": "a", "partner": "Ghost"}}, "refused: partner.unknown"),
    ({"registration.submitted": {"registration": "a", "partner": "A", "program": "ghost"}}, "refused: program.unknown"),
    ({"registration.submitted": {"registration": "a", "partner": "A", "products": ["G"]}}, "refused: product.unknown"),
    (
        {"registration.submitted": {"registration": "a", "customer": "ghost"}},
        "no customer is called ghost; given: nile",
    ),
    ({"ghost.submitted": {}}, "no fact is called ghost.submitted"),
    ({"then": {"states": {"ghost": "protected"}}}, "expected ghost: protected, found only nothing"),
)


@pytest.mark.parametrize(("step", "said"), NOTHING, ids=[said for _, said in NOTHING])
def test_what_does_not_exist_is_told_once_with_its_place(step: dict[str, Any], said: str) -> None:
    nile = {"legal_name": "Nile Trading", "tax_id": "204-829-305"}
    content = {
        "topic": "t", "partners": ["A"], "customers": {"nile": nile}, "deal": {"customer": "nile", "products": ["X"]},
        "scenarios": [{"name": "one", "when": [step]}],
    }  # fmt: skip
    try:
        [scenario] = read_scenarios("one.yaml", orjson.dumps(content), lambda _: b"").scenarios
        [failure] = run(scenario).failures
    except ScenarioInvalid as refused:
        failure = refused.detail
    assert failure.startswith("one.yaml, line 1, column ")
    assert said in failure


def test_a_file_of_ten_megabytes_is_refused_by_its_size() -> None:
    with pytest.raises(ScenarioInvalid, match="10,000,000 bytes"):
        read_scenarios("one.yaml", b"a" * 10_000_000, lambda _: b"")


@pytest.mark.parametrize("calendar", ["{opens: 5}", "4", "{holidays: [x]}", "[a]"])
def test_a_calendar_that_is_none_is_refused_at_its_place(calendar: str) -> None:
    content = f"topic: a\nvendor: {{calendars: {{D: {calendar}}}}}\npolicy: {{calendar: D}}\nscenarios: [{{name: a}}]\n"
    [scenario] = read_scenarios("one.yaml", content.encode(), lambda name: b"").scenarios
    with pytest.raises(ScenarioInvalid, match=r"one\.yaml, line 2, column \d+: vendor\.calendars\.D"):
        run(scenario)
