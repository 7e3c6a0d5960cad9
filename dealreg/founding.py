"""How a vendor begins where no operator types: the same way as `dealreg vendor create`."""

from __future__ import annotations

from datetime import datetime

from dealreg.parts import Ground
from services.registration.intake.idempotency import Idempotency
from services.registration.intake.intake import Intake
from services.registration.intake.marking import Marking
from services.registration.intake.operator import create_vendor
from services.registration.intake.submission import Submissions
from shared.persons import MasterKey, Persons


async def found_vendor(ground: Ground, vendor: str, *, name: str, importing_from: datetime | None = None) -> None:
    """The vendor exists, once: live, or importing its history from that moment on; raises `VendorExists`."""
    master_key = MasterKey(ground.settings.master_key_bytes())
    idempotency = Idempotency(ground.pool, shares_log=ground.log.joins_transaction)
    persons = Persons(ground.pool, master_key)
    intake = Intake(idempotency, persons, ground.log, ground.settings, Marking(idempotency))
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
