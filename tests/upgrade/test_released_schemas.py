"""Every release can be upgraded from: its schema with data is migrated, and goes on; a held lock spoils nothing."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from dealreg.runtime.in_process import Stack, stack
from dealreg.runtime.views import VIEWS
from dealreg.tools.recompute_documents import DeciderDocuments
from services.projections.verify import verify
from shared.database import migrate
from shared.errors import Misconfigured
from shared.projection.rebuild import Rebuild
from shared.projection.versions import current_of
from shared.release import RELEASE, RELEASED
from tests.conftest import database_named, execute
from tests.e2e.channel import Channel
from tests.upgrade.release_dump import MAX_BYTES, RELEASES, files_of, kept, made, restore, settings_for
from tests.upgrade.site import Release, site
from tests.upgrade.story import IMPORTED, LAST_DAY, LIVE, told

LOCK_SECONDS = 5.0
WORKING_TREE = "working tree"


def test_every_release_is_kept_with_its_schema_and_data() -> None:
    assert ".dev" in RELEASE or RELEASED[-1] == RELEASE, f"name {RELEASE} in RELEASED of shared/release.py"
    files = set(RELEASES.iterdir()) if RELEASES.exists() else set()
    assert files == {file for one in RELEASED for file in files_of(one)}, "run `python -m tests.upgrade.release_dump`"
    assert all(file.stat().st_size <= MAX_BYTES for file in files)


@pytest.mark.parametrize("release", [*RELEASED, WORKING_TREE])
async def test_a_database_of_the_release_is_migrated_and_goes_on(
    release: str, postgres_url: str, server_folder: Path, tmp_path: Path
) -> None:
    dump = await made(tmp_path) if release is WORKING_TREE else kept(release)
    name = f"dealreg_{uuid4().hex[:16]}"
    await execute(postgres_url, f"CREATE DATABASE {name}")
    url = database_named(postgres_url, name)
    await restore(dump, url)
    await migrate(url)
    async with stack(settings_for(url, server_folder)) as running:
        await _views_are_this_releases(running)
        # What readers were told by that release they are told by this one, sealed names too.
        assert dump.told.items() <= (await told(running)).items()
        for vendor, day in ((IMPORTED, LAST_DAY), (LIVE, None)):
            channel = await Channel.open(running, vendor, day=day)
            claim = await channel.claim("b", customer={"legal_name": "Later Ltd", "country": "EG"})
            assert claim["state"] == "protected"
        await running.drained()
        beside = DeciderDocuments(joins_transaction=running.log.joins_transaction)
        report = await verify(running.pool, running.log, VIEWS, None, (beside,))
        assert report.holds, report.differences
    await execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _views_are_this_releases(running: Stack) -> None:
    """As an operator does who has read that the release changed them."""
    on = running.runtime
    for view in VIEWS:
        if (await current_of(on.pool, view)).shape != view.version:
            await Rebuild(on.pool, on.log, on.settings, view).run(keep=False)


async def test_a_migration_gives_up_at_a_lock_that_is_held_and_can_be_run_again(
    database: str, tmp_path: Path, next_: Release
) -> None:
    async with site(database, tmp_path, next_) as later:
        reader = await asyncpg.connect(database)
        # Somebody exports the pipeline, and takes their time.
        reading = reader.transaction()
        await reading.start()
        await reader.fetch("SELECT FROM projections.pipeline")
        began = time.monotonic()
        said = await later.fails("migrate")
        assert time.monotonic() - began >= LOCK_SECONDS
        assert [line for line in said.splitlines() if line.startswith("error:")] == said.splitlines()[-1:]
        assert (
            "the next migration waited 5 s for a lock that another transaction holds, and gave up; run it again" in said
        )
        await reading.rollback()
        assert "schema at 9001" in (await later.run("migrate"))[0]
        await reader.fetch("SELECT withdrawn_by FROM projections.pipeline")
        await reader.close()
    # The release before leaves that schema alone.
    with pytest.raises(Misconfigured, match="is at 9001, which a later release made"):
        await migrate(database)


@pytest.mark.parametrize("revision", ["0001", "0011"])
async def test_a_database_from_before_the_first_release_is_left_alone_with_the_remedy(
    revision: str, database: str
) -> None:
    await execute(database, f"UPDATE alembic_version SET version_num = '{revision}'")
    with pytest.raises(Misconfigured, match=r"was made before 0\.2\.0, .*: delete it"):
        await migrate(database)
