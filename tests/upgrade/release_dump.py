"""`python -m tests.upgrade.release_dump`: keep this release's schema with data, as tests of later releases restore it.

Kept as statements, compressed, beside what readers were told: `tests/upgrade/releases/<release>.sql.xz` and `.json`.
Before the first release the tests dump the schema of the working tree when they run.
"""

from __future__ import annotations

import asyncio
import lzma
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from pydantic import SecretStr

from dealreg.embedded import EmbeddedPostgres
from dealreg.embedded.postgres import _programs
from dealreg.runtime.in_process import stack
from dealreg.runtime.process import run
from shared.database import migrate
from shared.release import RELEASE, RELEASED
from shared.settings import Settings
from tests.conftest import TEST_KEY
from tests.upgrade.story import told, told_to

RELEASES = Path(__file__).parent / "releases"
MAX_BYTES = 300_000
"""A clone pays for each release for ever."""
# What psql alone understands, and what an older server does not know.
_DROPPED = re.compile(r"^(\\(un)?restrict .*|SET transaction_timeout.*)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Dump:
    """A database as statements, and what its release told its readers."""

    statements: bytes
    told: Any


def kept(release: str) -> Dump:
    """The dump of a release that is out."""
    statements, told_by_it = files_of(release)
    return Dump(lzma.decompress(statements.read_bytes()), orjson.loads(told_by_it.read_bytes()))


def files_of(release: str) -> tuple[Path, Path]:
    """Where a release's statements and answers are kept."""
    return RELEASES / f"{release}.sql.xz", RELEASES / f"{release}.json"


def settings_for(url: str, folder: Path) -> Settings:
    """As the release was run, and as it is read again."""
    return Settings(data_dir=folder, master_key=TEST_KEY, port=0, database_url=SecretStr(url))


async def restore(dump: Dump, url: str) -> None:
    """Fill the empty database with the dump."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(dump.statements.decode())
    finally:
        await connection.close()


async def made(folder: Path) -> Dump:
    """The dump of the working tree, from a server of its own in the folder."""
    server = EmbeddedPostgres(folder)
    url = await server.start()
    try:
        await migrate(url)
        async with stack(settings_for(url, folder)) as running:
            await told_to(running)
            await running.drained()
            answers = await told(running)
        return Dump(await asyncio.to_thread(_dumped, url), answers)
    finally:
        await server.stop()


async def keep(folder: Path) -> None:
    """Write the files of this release."""
    dump = await made(folder)
    packed = lzma.compress(dump.statements, preset=9 | lzma.PRESET_EXTREME)
    assert len(packed) <= MAX_BYTES, f"{len(packed)} bytes; at most {MAX_BYTES} are kept"
    RELEASES.mkdir(exist_ok=True)
    statements, told_by_it = files_of(RELEASE)
    statements.write_bytes(packed)
    told_by_it.write_bytes(orjson.dumps(dump.told, option=orjson.OPT_INDENT_2) + b"\n")
    print(f"{statements}: {len(dump.statements)} bytes of statements, {len(packed)} compressed")


def _dumped(url: str) -> bytes:
    command = [_programs() / "pg_dump", "--inserts", "--rows-per-insert=200", "--no-owner", "--no-privileges", url]
    done = subprocess.run(command, capture_output=True, check=True)
    return _DROPPED.sub("", done.stdout.decode()).encode()


def main() -> None:
    if RELEASE not in RELEASED:
        sys.exit(f"error: {RELEASE} is not in RELEASED of shared/release.py")
    if files_of(RELEASE)[0].exists() and "--again" not in sys.argv[1:]:
        sys.exit(f"error: {RELEASE} is kept already; --again replaces it, before it is out")
    with tempfile.TemporaryDirectory(prefix="dealreg-dump-", ignore_cleanup_errors=True) as folder:
        run(keep(Path(folder)))


if __name__ == "__main__":
    main()
