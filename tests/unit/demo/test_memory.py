"""What the data folder remembers of the demo."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dealreg.demo.memory import FILE, Memory, recall
from shared.errors import Corrupt


def test_it_is_recalled_as_it_was_kept_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert recall(folder) is None
    memory = Memory(folder, 463, True, "dr_i", "dr_v", "dr_p", "anna-snelling").kept()
    assert recall(folder) == memory
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    memory.kept(imported=True)
    found = recall(folder)
    assert found is not None
    assert found.imported


def test_a_file_that_is_not_ours_stops_the_demo(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"weeks": 1}')
    with pytest.raises(Corrupt):
        recall(tmp_path)
