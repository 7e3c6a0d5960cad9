"""Import the export through the public API. Repeating it changes nothing."""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx

from dealreg.demo import history
from dealreg.demo.export import Export, Left
from dealreg.demo.memory import CLAIMANT, Memory, recall
from dealreg.demo.sending import send
from dealreg.demo.shown import Shown
from dealreg.runtime.backlog import Backlog, drained
from dealreg.runtime.components import Runtime
from dealreg.runtime.vendor import found_vendor
from services.registration.intake.operator import VendorUnknown, assert_vendor
from shared.credentials import PARTNER_SCOPES, Credentials, Scope
from shared.credentials.caller import CredentialExpired, CredentialRevoked, CredentialUnknown
from shared.errors import Misconfigured, Unavailable
from shared.settings import variable

IMPORT_SCOPES: tuple[Scope, ...] = (
    "import", "registrations:write", "opportunities:write", "partners:admin", "program:admin", "vendor:admin",
)  # fmt: skip
VENDOR_SCOPES: tuple[Scope, ...] = (
    "registrations:write", "reviews:write", "opportunities:write", "partners:admin", "program:admin",
    "credentials:admin", "pipeline:read", "payouts:read", "events:read",
)  # fmt: skip
IMPORTER, OWNER = "demo:import", "demo:vendor"
"""Principals. Ids derive from them, so a recreated key must have the same one."""
KEYS: Mapping[str, tuple[Sequence[Scope], str]] = {
    "import_key": (IMPORT_SCOPES, IMPORTER),
    "vendor_key": (VENDOR_SCOPES, OWNER),
    "partner_key": (PARTNER_SCOPES, CLAIMANT),
}
"""Scopes and principal of each remembered key."""
DECIDE_SECONDS = 900.0
REPORT = "demo-report.csv"


@dataclass(frozen=True, slots=True)
class Seconds:
    """Seconds since the first row was sent until all rows were accepted, decided and in every view."""

    imported: float
    decided: float
    projected: float


async def begun(runtime: Runtime, folder: Path, export: Export, *, moved: bool) -> Memory:
    """Return the demo that was begun in this folder, or a new one; raise `Misconfigured`."""
    memory = recall(folder)
    if memory is not None:
        if memory.moved != moved:
            command = "dealreg run --demo" if memory.moved else "dealreg demo --keep"
            raise Misconfigured(
                f"{folder} holds the demo that {command} imported, with other dates: "
                f"name another folder in {variable('data_dir')}"
            )
        return await _with_keys_that_work(runtime, memory)
    if await _exists(runtime):
        raise Misconfigured(
            f"the database has a vendor {history.VENDOR!r}, but {folder} has no record of importing it: "
            f"name the folder in {variable('data_dir')}, or another database in {variable('database_url')}"
        )
    # Saved before the first row: an import that resumes after a kill must use the same dates.
    weeks = history.weeks_until(export, datetime.now(UTC)) if moved else 0
    partner = history.identifier(export.partners[0].name)
    keys = {name: await _key(runtime, name, partner) for name in KEYS}
    return _with(Memory(folder, weeks, moved, "", "", "", partner), keys).kept()


async def _with_keys_that_work(runtime: Runtime, memory: Memory) -> Memory:
    """Return the memory, with new keys for those that were revoked or rotated meanwhile."""
    credentials, ended = Credentials(runtime.pool, 0), []
    for name in KEYS:
        try:
            await credentials.authenticate(getattr(memory, name))
        except (CredentialUnknown, CredentialRevoked, CredentialExpired):
            ended.append(name)
    if not ended:
        return memory
    made = {name: await _key(runtime, name, memory.partner) for name in ended}
    return _with(memory, made).kept()


def _with(memory: Memory, keys: Mapping[str, str]) -> Memory:
    """Return the memory with these keys."""
    now = {name: getattr(memory, name) for name in KEYS} | dict(keys)
    return replace(memory, import_key=now["import_key"], vendor_key=now["vendor_key"], partner_key=now["partner_key"])


async def _key(runtime: Runtime, name: str, partner: str) -> str:
    scopes, principal = KEYS[name]
    _, key = await Credentials(runtime.pool, 0).create(
        history.VENDOR, scopes, principal=principal, partner=partner if principal == CLAIMANT else None, label="demo"
    )
    return str(key)


async def _exists(runtime: Runtime) -> bool:
    try:
        await assert_vendor(runtime.pool, history.VENDOR)
    except VendorUnknown:
        return False
    return True


async def imported(
    runtime: Runtime, client: httpx.AsyncClient, export: Export, memory: Memory, shown: Shown
) -> Seconds:
    """Import the export and wait until every fact is decided and in every view."""
    started = time.monotonic()
    if not memory.imported:
        began = history.begins_at(export, memory.weeks)
        await found_vendor(runtime, history.VENDOR, name=history.VENDOR_NAME, importing_from=began)
        rows = list(history.rows(export, memory.weeks))
        with shown.phase("importing", len(rows)) as accepted:
            await send(client, memory.import_key, rows, accepted)
    accepted_at = time.monotonic()
    await _drained(runtime, shown, "deciding", only_decided=True)
    decided_at = time.monotonic()
    await _drained(runtime, shown, "projecting", only_decided=False)
    return Seconds(accepted_at - started, decided_at - started, time.monotonic() - started)


async def _drained(runtime: Runtime, shown: Shown, name: str, *, only_decided: bool) -> None:
    most = 0
    done = 0
    with shown.phase(name, 0) as advanced:

        def on_progress(now: Backlog) -> None:
            nonlocal most, done
            left = now.facts if only_decided else max(now.entries.values())
            most = max(most, left)
            shown.expect(most)
            advanced(most - left - done)
            done = most - left

        await drained(runtime, seconds=DECIDE_SECONDS, only_decided=only_decided, on_progress=on_progress)


async def gone_live(runtime: Runtime, client: httpx.AsyncClient, memory: Memory) -> None:
    """Take the vendor live, so that its clock is now and `days_left` is real."""
    headers = {"Authorization": f"Bearer {memory.import_key}", "Idempotency-Key": "vendor.go_live"}
    answer = await client.post("/v1/vendor/go-live", headers=headers)
    if answer.status_code != 202:
        raise Unavailable(f"go-live failed with {answer.status_code}: {answer.text[:500]}")
    await drained(runtime, seconds=DECIDE_SECONDS)


def report(folder: Path, left: Sequence[Left]) -> Path:
    """Write the lines that could not be registered to a file, each with its reason."""
    file = folder / REPORT
    folder.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(["line", "opportunity_id", "reason"])
        writer.writerows([one.line, one.number, one.code] for one in left)
    return file
