"""A rule that is broken is noticed: each of these mistakes fails within so many seeds, and the real code does not."""

from __future__ import annotations

import pytest

from tests.simulation.breaks import BREAKS
from tests.simulation.simulation import run

NEAR = 40
"""Seeds that are tried from the first one that is known to notice, so that small changes do no harm here."""


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_rule_is_noticed(name: str) -> None:
    broken = BREAKS[name]
    noticed = None
    for seed in range(broken.first, broken.first + NEAR):
        with broken.patched():
            noticed = run(broken.plan(seed)).failure
        if noticed is not None:
            # The same seed holds where nothing is broken.
            assert run(broken.plan(seed)).failure is None
            break
    assert noticed is not None, f"RULES {broken.rule}: {broken.says}: nobody noticed"


def test_at_least_ten_rules_are_broken() -> None:
    assert len({broken.rule for broken in BREAKS.values()}) >= 10
