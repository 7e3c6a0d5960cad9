"""The benchmark's comparison of two commits, and the page that its figures go to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench.__main__ import without
from tests.bench.comparing import differences
from tests.bench.page import PAGE, arithmetic, replaced, table


def run(*rounds: float, name: str = "decided") -> dict[str, Any]:
    return {"logs": {"postgres": {name: {"unit": "facts/s", "rounds": list(rounds), "value": rounds[0]}}}}


@pytest.mark.parametrize(
    "here, verdict",
    [((131.0, 128.0, 140.0), "differs"), ((99.0, 118.0, 131.0), "within the noise")],
)
def test_a_figure_differs_where_no_run_of_one_is_among_those_of_the_other(
    here: tuple[float, ...], verdict: str
) -> None:
    _, line = differences([run(100.0), run(110.0), run(120.0)], [run(one) for one in here])
    assert line.endswith(verdict)
    assert "110 (100–120)" in line
    assert f"{sorted(here)[1] / 110:.2f}" in line


def test_figures_that_one_commit_lacks_are_named() -> None:
    lines = list(differences([run(1.0), run(2.0, name="old")], [run(1.0), run(2.0, name="new")]))
    assert lines[-2:] == ["only base: postgres old", "only here: postgres new"]


def test_what_is_measured_is_told_to_both_commits() -> None:
    given = ["--base", "abc", "--quick", "--only", "decide", "--times=2", "--json", "x.json", "--log", "kafka"]
    assert without(given, "--base", "--times", "--json") == ["--quick", "--only", "decide", "--log", "kafka"]


def test_the_page_takes_the_figures_and_what_follows_from_them() -> None:
    figures = {
        "accepted": {"value": 2_000.0, "unit": "posts/s", "rounds": [1_900.0, 2_100.0], "reached": None},
        "decided, many customers": {
            "value": 1_000.0, "unit": "facts/s", "rounds": [1_000.0], "least": 2_000, "most": None, "reached": False,
        },
        "tables, all": {"value": 20_000.0, "unit": "B/registration", "rounds": [20_000.0]},
    }  # fmt: skip
    told = "".join(table({"processors": 2, "system": "Linux"}, {"postgres": figures}))
    assert "| accepted | 2,000 posts/s | 1,900–2,100 |  |  |" in told
    assert "| decided, many customers | 1,000 facts/s |  | ≥ 2,000 **missed** |  |" in told
    worked = "".join(arithmetic({"postgres": figures}))
    assert "10,000 × 50 = 500,000" in worked
    assert "0.2 × 500,000 × 1.64 ÷ 3,600 s = 46/s" in worked
    assert "500,000 × 20,000 B | 10.0 GB a day | 2.5 TB a year" in worked
    text = PAGE.read_text()
    assert worked in replaced(text, "ten thousand vendors", worked)
