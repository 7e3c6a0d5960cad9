"""Schemathesis over the same service: what it makes of the document is answered as the document says."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.fuzz.place import Place

pytestmark = pytest.mark.timeout(0)
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "2")
"""Of each operation, beside those that it makes of every constraint."""
PHASES = os.environ.get("FUZZ_PHASES", "examples,fuzzing")
"""`make fuzz` adds `coverage`: every constraint of the document at its edges, some minutes of them."""
SEED = os.environ.get("FUZZ_SEED", "1")
"""The same cases each time, unless another one is named."""
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


async def test_schemathesis_finds_nothing(place: Place, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("st")), "run", f"{place.client.base_url}/openapi.json",
        "--header", f"Authorization: Bearer {place.known.key}", "--checks", ",".join(CHECKS),
        "--request-timeout", "60", "--max-examples", EXAMPLES, "--phases", PHASES, "--seed", SEED,
        # One thread: Python 3.11 may take the depth of `ast.parse` in another for its own, and fail (gh-106905).
        "--workers", "1",
        # No serializer for lines of JSON: the sweep tries each field of each kind of row.
        "--exclude-path", "/v1/bulk",
        # None for CSV either: the sweep sends it, whole and broken.
        "--exclude-path", "/v1/files/registrations", "--exclude-path", "/v1/files/opportunities",
        "--exclude-path", "/v1/files/registrations/columns", "--exclude-path", "/v1/files/opportunities/columns",
        # It asks a CRM, and there is none: 503 is the right answer, which the sweep asserts.
        "--exclude-path", "/v1/crm/{connection}/reconciliation",
        "--generation-database", "none", "--suppress-health-check", "all", "--no-color", "--warnings", "off",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-20_000:]
