"""Random histories under random faults keep every guarantee; a run is repeated byte for byte from its seed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation.breaks import BREAKS
from tests.simulation.plan import drawn_plan
from tests.simulation.shrink import shrunk
from tests.simulation.simulation import run

SEEDS, CHUNK = 200, 20
"""`make simulate` takes more; these run with every change."""
FAILED_ONCE = {
    6: "a deadline that a fact made due, and that its transaction had no room for, fired under the next fact",
    115: "the edge that marked a webhook last moved its time back, and the later delivery was taken again",
}
"""Seeds that found something in the product, with what it was; breaks with faults of their own stand for the others."""
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_guarantee_holds_whatever_goes_wrong(first: int) -> None:
    failures = {seed: failure for seed in range(first, first + CHUNK) if (failure := run(drawn_plan(seed)).failure)}
    assert failures == {}


@pytest.mark.parametrize("seed", [17, 22])
def test_a_vendor_whose_creation_was_cut_short_is_created_to_the_end(seed: int) -> None:
    # Only the database is restored, to before the vendor; of its first fact the journal has the first entry alone.
    assert run(BREAKS["part_taken_for_whole"].plan(seed)).failure is None


@pytest.mark.parametrize("seed", FAILED_ONCE)
def test_a_seed_that_failed_once_holds(seed: int) -> None:
    assert run(replace(drawn_plan(seed), faulty=0, views=1)).failure is None


def test_the_same_seed_gives_the_same_run_in_another_process_with_other_hashes() -> None:
    def digest(hash_seed: str) -> str:
        command = [sys.executable, "-m", "tests.simulation", "--from", "30", "--seeds", "8", "--jobs", "1"]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.rpartition("digest of all runs ")[2]

    assert digest("1") == digest("2") != ""


def test_a_run_says_what_happened_and_two_seeds_differ() -> None:
    run_of_3, again, run_of_4 = (run(drawn_plan(seed), traced=True) for seed in (3, 3, 4))
    assert run_of_3 == again
    assert run_of_3.digest != run_of_4.digest
    assert any("commit" in line for line in run_of_3.lines)


def test_a_failure_is_shrunk_to_what_it_needs() -> None:
    broken = BREAKS["marked_before_append"]
    plan = replace(drawn_plan(broken.first), faulty=0, views=1)
    with broken.patched():
        small, moves, faults, outcome = shrunk(plan)
        assert outcome.failure is not None
        assert run(small).failure == outcome.failure
    assert len(moves) + len(faults) < (len(plan.moves) + len(plan.faults)) / 2
    assert 1 <= len(faults) <= 2, "an append that fails, and a client that asks again"
    assert run(small).failure is None
