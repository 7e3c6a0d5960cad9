"""A short soak: every kind of process is killed under load, the server crashes, and all holds (G1 to G5)."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.soak.plan import Plan
from tests.soak.site import KINDS
from tests.soak.soak import soaked

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]
SHORT = Plan(
    seconds=20,
    rate=40,
    seed=9,
    copies=1,
    fault_seconds=2.5,
    least_faults=6,
    kills=1,
    freezes=1,
    lease_seconds=3,
    drain_seconds=60,
    sample_seconds=1,
)


async def test_nothing_is_lost_doubled_or_left_behind_while_every_process_is_killed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Not pytest's folder: another session closes that one's parent to the server's account.
    with tempfile.TemporaryDirectory(prefix="dealreg-", ignore_cleanup_errors=True) as folder:
        summary = await soaked(SHORT, Path(folder), print)
    assert summary["failures"] == [], capsys.readouterr().out
    assert summary["faults"].keys() >= {f"kill {kind}" for kind in KINDS} | {"crash postgres"}
    assert summary["journal"]["conflicts"] > 0
    assert summary["journal"]["won"] > 0
    assert summary["registrations"] > SHORT.seconds
