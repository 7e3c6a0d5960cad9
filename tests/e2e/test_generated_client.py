"""A client that a kept generator makes of the published document does what a partner's system does."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.e2e.channel import Channel

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "openapi.json"
JOURNEY = ROOT / "tests" / "clients" / "journey.py"
HOME = ROOT / ".venv" / "clients"
PYTHON = HOME / ("Scripts" if sys.platform == "win32" else "bin") / "python"
BUT = {
    "submitBulk",
    "submitRegistrationFile",
    "sendOpportunityFile",
    "findRegistrationColumns",
    "findOpportunityColumns",
}
"""Newline-delimited JSON and CSV are no bodies that the generator knows."""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the generated package."""
    if not PYTHON.exists():
        told = "the generator of clients is not installed: make clients"
        (pytest.fail if os.environ.get("DEALREG_REQUIRE_SERVERS") else pytest.skip)(told)
    folder = tmp_path_factory.mktemp("client") / "made"
    command = [PYTHON, "-m", "openapi_python_client", "generate", "--path", DOCUMENT, "--output-path", folder]
    # The generator tidies what it made with ruff, which lies beside it.
    path = f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "PATH": path})
    return folder


def test_every_operation_but_bulk_and_files_is_generated_and_compiles(generated: Path) -> None:
    ids = {
        operation["operationId"]
        for methods in orjson.loads(DOCUMENT.read_bytes())["paths"].values()
        for operation in methods.values()
    }
    made = {_camel(file.stem) for file in (generated / "dealreg_client" / "api").glob("*/*.py")} - {"Init"}
    assert ids - made == BUT
    subprocess.run([PYTHON, "-W", "error", "-m", "compileall", "-q", generated], check=True)


def _camel(name: str) -> str:
    first, *rest = name.strip("_").split("_")
    return (first + "".join(map(str.capitalize, rest))) if name != "__init__" else "Init"


async def test_the_client_submits_waits_amends_reads_and_pages(generated: Path, live: Channel) -> None:
    await live.house("maven")
    seen = await _journey(generated, base_url=str(live.stack.client.base_url), key=live.key, partner="maven")
    assert len(set(seen["submitted"])) == 3
    assert seen["amended"] == 200
    assert seen["stale"] == [412, "revision.mismatch", "/problems/revision.mismatch"]
    assert (seen["site"], seen["revision"]) == ("Hamburg", 2)
    assert [len(page) for page in seen["pages"]] == [1, 1, 1]
    assert {one for page in seen["pages"] for one in page} == set(seen["submitted"])


async def _journey(generated: Path, **job: str) -> dict[str, Any]:
    child = await asyncio.create_subprocess_exec(
        PYTHON, JOURNEY, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(generated)},
    )  # fmt: skip
    answer, told = await child.communicate(orjson.dumps(job))
    assert child.returncode == 0, told.decode()
    found: dict[str, Any] = orjson.loads(answer)
    return found
