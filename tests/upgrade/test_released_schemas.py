"""Every release can be upgraded from: its schema with data is migrated, and goes on; a held lock spoils nothing."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from dealreg.parts import VIEWS
from dealreg.refolded import DeciderDocuments
from dealreg.stack import Stack, stack
from services.projections.verify import verify
from shared.database import migrate
from shared.errors import Misconfigured
from shared.projection.rebuild import Rebuild
from shared.projection.stored import current_of
from shared.release import RELEASE, RELEASED
from tests.conftest import database_named, execute
from tests.e2e.channel import Channel
from tests.upgrade.release_dump import MAX_BYTES, RELEASES, restore, settings_for, told_of
from tests.upgrade.site import Release, site
from tests.upgrade.story import IMPORTED, LAST_DAY, LIVE, told

LOCK_SECONDS = 5.0


def test_every_release_is_kept_with_its_schema_and_data() -> None:
    assert RELEASED[-1] == RELEASE, f"name {RELEASE} in RELEASED of shared/release.py"
    files = {file.name for file in RELEASES.iterdir()}
    assert files == {f"{one}{ending}" for one in RELEASED for ending in (".sql.xz", ".json")}, (
        "run `python -m tests.upgrade.release_dump`"
    )
    assert max(file.stat().st_size for file in RELEASES.iterdir()) <= MAX_BYTES


@pytest.mark.parametrize("release", RELEASED)
async def test_a_database_of_the_release_is_migrated_and_goes_on(
    release: str, postgres_url: str, server_folder: Path
) -> None:
    name = f"dealreg_{uuid4().hex[:16]}"
    await execute(postgres_url, f"CREATE DATABASE {name}")
    url = database_named(postgres_url, name)
    await restore(release, url)
    await migrate(url)
    async with stack(settings_for(url, server_folder)) as running:
        await _views_are_this_releases(running)
        # What readers were told by that release they are told by this one, sealed names too.
        assert told_of(release).items() <= (await told(running)).items()
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
    on = running.ground
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
