"""The next release is one as the rules ask for: its changed event has its upcaster, its schema and its golden files."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

SUITE = """
from tests.contract import test_event_schemas as schemas, test_upcasters as upcasters
from shared.events.registry import EVENTS
withdrawn = EVENTS["registration.withdrawn"]
assert withdrawn.version == 2
upcasters.test_an_upcaster_gives_what_it_gave_when_it_was_released()
upcasters.test_an_entry_of_an_older_version_is_read_as_the_newest()
upcasters.test_every_version_of_every_event_has_its_golden_file()
upcasters.test_each_later_version_is_counted_for_those_who_keep_events_as_json()
schemas.test_no_schema_stands_without_its_event()
schemas.test_a_released_schema_is_as_it_was_released(withdrawn)
schemas.test_what_an_older_release_wrote_is_read_as_it_was_meant(withdrawn)
schemas.test_writing_an_event_again_gives_the_golden_bytes(withdrawn)
"""


async def test_the_contract_of_events_holds_for_the_next_release(next_tree: Path) -> None:
    # Its own copy of the suite, and of every golden file that was released before.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SUITE, cwd=next_tree, env={**os.environ, "PYTHONPATH": str(next_tree)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
