"""Commands say where they work, begin no folder that nobody named, and ask where another dealreg runs elsewhere."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dealreg.embedded.folder import claim_folder
from dealreg.embedded.processes import birth_of
from dealreg.runtime.place import PlaceUnclear, assert_meant, live, place_of, registered, say_where
from shared.settings import Settings, load_settings
from tests.conftest import TEST_KEY
from tests.e2e.command import dealreg, servers

URL = "http://127.0.0.1:8080"


@pytest.fixture(autouse=True)
def _of_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEALREG_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def test_a_place_is_a_folder_or_a_database_and_never_a_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place_of(load_settings()) == f"data folder {tmp_path / '.dealreg'}"
    settings = load_settings(database_url="postgresql://me:hush@db:5433/deals?ssl=x", master_key=TEST_KEY)
    assert place_of(settings) == "database postgresql://me:***@db:5433/deals"
    strange = load_settings(database_url="postgresql://me:hu@sh@db/deals?password=hush", master_key=TEST_KEY)
    assert place_of(strange) == "database postgresql://me:***@db/deals"
    say_where(settings, "acme")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "database postgresql://me:***@db:5433/deals, vendor acme\n")


def test_a_folder_that_nobody_named_is_begun_by_commands_that_begin_things_alone(tmp_path: Path) -> None:
    with pytest.raises(PlaceUnclear, match=r"there is no data folder .*DEALREG_DATA_DIR"):
        assert_meant(load_settings())
    assert_meant(load_settings(), may_begin=True)
    assert_meant(load_settings(data_dir=tmp_path / "new"))
    claim_folder(tmp_path / ".dealreg", "postgres")
    assert_meant(load_settings())


def test_where_a_run_is_live_elsewhere_somebody_has_to_say_which_is_meant(tmp_path: Path) -> None:
    claim_folder(tmp_path / ".dealreg", "postgres")
    elsewhere = load_settings(data_dir=tmp_path / "elsewhere")
    with registered(elsewhere, URL):
        for may_begin in (False, True):
            with pytest.raises(PlaceUnclear) as refused:
                assert_meant(load_settings(), may_begin=may_begin)
            for word in (str(tmp_path / "elsewhere"), str(tmp_path / ".dealreg"), URL, str(os.getpid())):
                assert word in refused.value.detail
        assert_meant(elsewhere)
        assert_meant(load_settings(data_dir=tmp_path / ".dealreg"))
        with registered(load_settings(), URL):  # the same process again: its last word counts
            assert_meant(load_settings())
    assert live() == []
    assert_meant(load_settings())


@pytest.mark.parametrize(
    "left",
    ["{}", "", "not json", json.dumps({"pid": 2**22 + 1, "born": 1.0, "place": "x", "url": "y"}), "[]"],
)
def test_what_a_killed_run_left_behind_counts_for_nothing_and_goes(tmp_path: Path, left: str) -> None:
    folder = tmp_path / "cache" / "running"
    folder.mkdir(parents=True)
    file = folder / "1.json"
    file.write_text(left)
    assert live() == []
    assert not file.exists()


def test_a_process_that_was_given_the_pid_of_a_dead_run_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "running"
    folder.mkdir(parents=True)
    born = birth_of(os.getpid())
    assert born is not None
    entry = {"pid": os.getpid(), "born": born - 10, "place": "x", "url": "y"}
    (folder / "1.json").write_text(json.dumps(entry))
    assert live() == []


def test_where_no_run_can_be_remembered_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    with registered(Settings(), URL):
        assert live() == []


async def test_the_command_itself_says_so(database: str, tmp_path: Path) -> None:
    async with dealreg(tmp_path, "vendor", "create", "acme", "--live") as command:
        assert await command.process.wait() == 2
        assert f"there is no data folder {tmp_path / '.dealreg'}" in command.errors.read_text()
    assert not (tmp_path / ".dealreg").exists()
    async with dealreg(tmp_path, "vendor", "create", "acme", "--live", "--json", **servers(database)) as command:
        assert await command.process.wait() == 0
        assert json.loads(command.output.read_text())["vendor"] == "acme"
        assert ", vendor acme\n" in command.errors.read_text()
        assert command.errors.read_text().startswith("database postgresql://")
