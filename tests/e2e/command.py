"""The `dealreg` command as a process of its own, with no settings but those a test names."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from dealreg.demo.export import DATA
from tests.conftest import TEST_KEY

DEMO_SECONDS = 900.0
END_SECONDS = 300.0


@dataclass(slots=True)
class Command:
    """One run of the command; its output so far is in two files."""

    process: Process
    output: Path
    errors: Path

    def children(self) -> dict[str, psutil.Process]:
        """The services that it supervises and that are alive, by name."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            # one that has just died is listed until the supervisor has taken its exit code
            with suppress(psutil.NoSuchProcess):
                words = child.cmdline()
                if "--lifeline" in words:
                    found[words[words.index("--lifeline") - 1]] = child
        return found

    async def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), END_SECONDS)

    def said(self) -> str:
        return self.output.read_text() + self.errors.read_text()


@asynccontextmanager
async def dealreg(folder: Path, *arguments: str, **variables: str) -> AsyncIterator[Command]:
    """The command runs in the folder; it is gone after the block."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEALREG_")}
    # The jars of the embedded Kafka are fetched once for this user, not once a test.
    kept |= {name: os.environ[name] for name in ("DEALREG_CACHE",) if name in os.environ}
    output, errors = folder / "output", folder / "errors"
    with output.open("wb") as out, errors.open("wb") as err:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dealreg.cli", *arguments,
            stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder, env={**kept, **variables},
        )  # fmt: skip
    command = Command(process, output, errors)
    try:
        yield command
    finally:
        if process.returncode is None:
            await command.end(signal.SIGTERM)


async def demo(folder: Path, *arguments: str, **variables: str) -> dict[str, Any]:
    """What `dealreg demo` printed on its last line; it must have ended well."""
    async with dealreg(folder, "demo", *arguments, **variables) as command:
        code = await asyncio.wait_for(command.process.wait(), DEMO_SECONDS)
        assert code == 0, command.said()
        printed: dict[str, Any] = json.loads(command.output.read_text().splitlines()[-1])
        return printed


def servers(database: str, kafka: str | None = None, prefix: str = "") -> dict[str, str]:
    """Variables that name servers which run already."""
    told = {"DEALREG_DATABASE_URL": database, "DEALREG_MASTER_KEY": TEST_KEY.get_secret_value()}
    if kafka is not None:
        told |= {
            "DEALREG_LOG": "kafka",
            "DEALREG_KAFKA_BOOTSTRAP": kafka,
            "DEALREG_KAFKA_TOPIC_PREFIX": prefix,
            "DEALREG_ALLOW_SINGLE_NODE": "true",
        }
    return told


def excerpt(folder: Path, lines: int) -> Path:
    """The export with the first lines of its pipeline alone."""
    shutil.copytree(DATA, folder)
    pipeline = folder / "sales_pipeline.csv"
    pipeline.write_bytes(b"".join(pipeline.read_bytes().splitlines(keepends=True)[: lines + 1]))
    return folder
