"""The Python client against a sandbox: the page's program as it stands, and answers that are lost."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from dealreg.runtime.in_process import Stack
from tests.e2e.channel import CUSTOMER, Channel
from tests.e2e.test_generated_client import DOCUMENT, PYTHON, ROOT
from tests.e2e.test_sandbox import command, new_sandbox

PAGE = (ROOT / "docs" / "client.md").read_text()
[PROGRAM] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
[SMALLEST] = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the client as `make client` builds it."""
    if not PYTHON.exists():
        told = "the generator of clients is not installed: make clients"
        (pytest.fail if os.environ.get("DEALREG_REQUIRE_SERVERS") else pytest.skip)(told)
    folder = tmp_path_factory.mktemp("library")
    package = folder / "dealreg_client"
    shutil.copytree(ROOT / "clients/python/dealreg_client", package, ignore=shutil.ignore_patterns("generated"))
    subprocess.run(
        [PYTHON, "-m", "openapi_python_client", "generate", "--path", DOCUMENT, "--meta", "none",
         "--output-path", package / "generated"],
        check=True, capture_output=True, env={**os.environ, "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    return folder


async def run(library: Path, *arguments: str, told: bytes = b"", **variables: str) -> tuple[int, str, str]:
    child = await asyncio.create_subprocess_exec(
        PYTHON, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(library), **variables},
    )  # fmt: skip
    said, complaint = await child.communicate(told)
    return child.returncode or 0, said.decode(), complaint.decode()


async def test_the_pages_program_runs_as_it_stands(library: Path, running: Stack, tmp_path: Path) -> None:
    vendor = f"hour-{uuid4().hex[:12]}"
    assert (await command(running, tmp_path, "policy", "new", "rules", "--from", "simple-reseller"))[0] == 0
    code, said = await command(running, tmp_path, "vendor", "create", vendor, "--sandbox", "--program", "rules")
    assert code == 0, said
    [key] = re.findall(r"dr_test_\S+", said)
    variables = {"URL": str(running.client.base_url), "KEY": key}
    code, said, complaint = await run(library, "-c", PROGRAM, **variables)
    assert code == 0, complaint
    first, refused, last = said.splitlines()
    assert re.fullmatch(r"reg_[0-9a-f]{32} protected", first), said
    assert refused == "request.invalid [('products', 'list.too_short')]"
    assert last.endswith(" expired")


async def test_lost_answers_have_one_effect(library: Path, running: Stack, tmp_path: Path) -> None:
    sandbox: Channel = await new_sandbox(running, tmp_path)
    message = {"program": "hunting", "partner": "a", "customer": CUSTOMER, "products": ["X"], "external_id": "Q-1"}
    job = {"url": str(running.client.base_url), "key": sandbox.key, "message": message}
    journey = str(ROOT / "tests/clients/lost_answers.py")
    code, said, complaint = await run(library, journey, told=orjson.dumps(job))
    assert code == 0, complaint
    seen = orjson.loads(said)
    assert seen["registration"] == seen["again"]
    assert (seen["sent"], seen["state"]) == (2, "protected")
    assert seen["reused"] == [422, "idempotency.key_reused", []]
    assert seen["invalid"] == [
        422, "request.invalid",
        [["customer", "field.missing"], ["partner", "field.missing"], ["products", "field.missing"],
         ["program", "field.missing"], ["vat", "field.unknown"]],
    ]  # fmt: skip
    assert seen["pending"] == f"/v1/registrations/{seen['registration']}"
    assert len((await sandbox.read("/v1/pipeline"))["items"]) == 1


async def test_the_open_message_is_published_and_the_smallest_is_taken(sandbox_of_a: tuple[Channel, str]) -> None:
    channel, key = sandbox_of_a
    found = await channel.stack.client.get("/v1/schemas/registration.json")
    assert (found.status_code, found.headers["content-type"]) == (200, "application/schema+json")
    assert found.json()["$id"] == "urn:dealreg:registration-message:1"
    message = {**orjson.loads(SMALLEST), "products": ["X"]}
    answer = await channel.send("POST", "/v1/registrations", message, as_=key)
    assert (answer.status_code, answer.json()["partner"]) == (200, "a")


@pytest.fixture
async def sandbox_of_a(running: Stack, tmp_path: Path) -> tuple[Channel, str]:
    sandbox = await new_sandbox(running, tmp_path)
    return sandbox, await sandbox.partner_key("a")
