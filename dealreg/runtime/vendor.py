"""Create a vendor programmatically (demo, tests), as `dealreg vendor create` does."""

from __future__ import annotations

from datetime import datetime

from dealreg.runtime.components import Runtime
from services.registration.intake.entry import entry_into
from services.registration.intake.idempotency import Idempotency
from services.registration.intake.intake import Intake
from services.registration.intake.marking import Marking
from services.registration.intake.operator import create_vendor
from services.registration.intake.submission import Submissions
from shared.persons import MasterKey, Persons


async def found_vendor(runtime: Runtime, vendor: str, *, name: str, importing_from: datetime | None = None) -> None:
    """Create the vendor, once: live, or importing its history from that time on; raise `VendorExists`."""
    master_key = MasterKey(runtime.settings.master_key_bytes())
    entry = entry_into(runtime.log, runtime.pool, Persons(runtime.pool, master_key))
    intake = Intake(entry, runtime.log, runtime.settings, Marking(Idempotency(runtime.pool)))
    await intake.start()
    try:
        await create_vendor(
            intake,
            Submissions(master_key),
            vendor,
            name=name,
            mode="live" if importing_from is None else "importing",
            recorded_at=importing_from,
        )
    finally:
        await intake.stop()
