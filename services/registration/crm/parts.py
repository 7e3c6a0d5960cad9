"""The components that read a native CRM, wired once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import asyncpg

from services.registration.crm.bodies import Bodies
from services.registration.crm.client import HubSpot
from services.registration.crm.configured import Configurations
from services.registration.crm.erasing import ERASE_ROWS, BodyErasure
from services.registration.crm.listing import Listing
from services.registration.crm.reconciling import Reconciler
from services.registration.crm.store import Store
from services.registration.crm.worker import CrmWorker
from services.registration.intake.erasure import Erasures
from services.registration.intake.intake import Intake
from services.registration.intake.submission import Submissions
from shared.errors import DealregError
from shared.observability import get_logger
from shared.persons import MasterKey
from shared.settings import Settings

RECONCILE_EVERY_SECONDS = 60.0
"""How often a process asks whether a comparison is due; most are due once a day."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Crm:
    """Everything about native CRMs."""

    store: Store
    configurations: Configurations
    bodies: Bodies
    listing: Listing
    worker: CrmWorker
    reconciler: Reconciler
    client: HubSpot
    erasure: BodyErasure
    submissions: Submissions

    async def run(self) -> None:
        """Read and compare until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.worker.run(), name="crm-worker")
                group.create_task(self._reconcile(), name="crm-reconciler")
        finally:
            await self.client.close()

    async def forget(self) -> None:
        """Delete every body that is past its days."""
        while await self.erasure.by_age() == ERASE_ROWS:
            pass

    async def _reconcile(self) -> None:
        while True:
            try:
                for connection in await self.reconciler.due():
                    await self._one(connection)
            except DealregError as error:
                _log.warning("comparisons with CRMs wait", code=error.code, detail=error.detail)
            await asyncio.sleep(RECONCILE_EVERY_SECONDS)

    async def _one(self, connection: str) -> None:
        try:
            await self.reconciler.reconcile(connection)
            self.worker.wake()
        except DealregError as error:
            _log.warning("a CRM was not compared", connection=connection, code=error.code, detail=error.detail)


def build_crm(
    settings: Settings,
    pool: asyncpg.Pool,
    master_key: MasterKey,
    intake: Intake,
    submissions: Submissions,
    erasure: BodyErasure,
    erasures: Erasures,
) -> Crm:
    """Wire the components; nothing runs yet."""
    store, bodies, client = Store(pool), Bodies(master_key), HubSpot(settings.hubspot_url)
    configurations = Configurations(pool, master_key, settings.credential_cache_seconds)
    worker = CrmWorker(store, configurations, client, bodies, erasure, erasures, intake, submissions)
    listing = Listing(store, configurations, bodies)
    reconciler = Reconciler(store, configurations, client)
    return Crm(store, configurations, bodies, listing, worker, reconciler, client, erasure, submissions)
