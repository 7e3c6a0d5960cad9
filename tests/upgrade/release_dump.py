"""`python -m tests.upgrade.release_dump`: this release's schema with data, as the tests of later releases restore it.

Kept as statements, compressed, beside what readers were told: `tests/upgrade/releases/<release>.sql.xz` and `.json`.
"""

from __future__ import annotations

import asyncio
import lzma
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from pydantic import SecretStr

from dealreg.process import run
from dealreg.stack import stack
from shared.database import migrate
from shared.release import RELEASE, RELEASED
from shared.servers import EmbeddedPostgres
from shared.servers.postgres import _programs
from shared.settings import Settings
from tests.conftest import TEST_KEY
from tests.upgrade.story import told, told_to

RELEASES = Path(__file__).parent / "releases"
MAX_BYTES = 300_000
"""A clone pays for each release for ever."""
# What psql alone understands, and what an older server does not know.
_DROPPED = re.compile(r"^(\\(un)?restrict .*|SET transaction_timeout.*)\n", re.MULTILINE)


def dump_of(release: str) -> Path:
    return RELEASES / f"{release}.sql.xz"


def told_of(release: str) -> Any:
    """What readers were told of it, by that release."""
    return orjson.loads((RELEASES / f"{release}.json").read_bytes())


def settings_for(url: str, folder: Path) -> Settings:
    """As the release was run, and as it is read again."""
    return Settings(data_dir=folder, master_key=TEST_KEY, port=0, database_url=SecretStr(url))


async def restore(release: str, url: str) -> None:
    """The empty database is one of that release."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(lzma.decompress(dump_of(release).read_bytes()).decode())
    finally:
        await connection.close()


async def make(folder: Path) -> None:
    """The files of this release are written."""
    server = EmbeddedPostgres(folder)
    url = await server.start()
    try:
        await migrate(url)
        async with stack(settings_for(url, folder)) as running:
            await told_to(running)
            await running.drained()
            answers = await told(running)
        dumped = await asyncio.to_thread(_dumped, url)
    finally:
        await server.stop()
    packed = lzma.compress(dumped, preset=9 | lzma.PRESET_EXTREME)
    assert len(packed) <= MAX_BYTES, f"{len(packed)} bytes; at most {MAX_BYTES} are kept"
    RELEASES.mkdir(exist_ok=True)
    dump_of(RELEASE).write_bytes(packed)
    (RELEASES / f"{RELEASE}.json").write_bytes(orjson.dumps(answers, option=orjson.OPT_INDENT_2) + b"\n")
    print(f"{dump_of(RELEASE)}: {len(dumped)} bytes of statements, {len(packed)} compressed")


def _dumped(url: str) -> bytes:
    command = [_programs() / "pg_dump", "--inserts", "--rows-per-insert=200", "--no-owner", "--no-privileges", url]
    done = subprocess.run(command, capture_output=True, check=True)
    return _DROPPED.sub("", done.stdout.decode()).encode()


def main() -> None:
    if RELEASE not in RELEASED:
        sys.exit(f"error: {RELEASE} is not in RELEASED of shared/release.py")
    if dump_of(RELEASE).exists() and "--again" not in sys.argv[1:]:
        sys.exit(f"error: {RELEASE} is kept already; --again replaces it, before it is out")
    with tempfile.TemporaryDirectory(prefix="dealreg-dump-", ignore_cleanup_errors=True) as folder:
        run(make(Path(folder)))


if __name__ == "__main__":
    main()
