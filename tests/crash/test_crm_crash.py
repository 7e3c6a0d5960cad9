"""A process that reads a CRM dies at every step outside itself; each deal is told once, and none is lost."""

from __future__ import annotations

from services.registration.crm.parts import Crm, build_crm
from services.registration.crm.store import Store
from services.registration.crm.worker import CrmWorker
from shared.events.opportunity import OpportunityCreated
from shared.persons import MasterKey
from tests.crash.crashing import Crashed, CrashingPool, Fuse, passing_points
from tests.hubspot import event
from tests.integration.crm.conftest import Place, edge, fake, log, place, pool, server, settings

__all__ = ["edge", "fake", "log", "place", "pool", "server", "settings"]

TALKING = {"dealstage": "talking", "amount": "10", "deal_currency_code": "EUR"}
POINTS = (
    "crm.before_delivery", "crm.after_delivery", "crm.after_claim", "crm.after_record", "crm.after_append",
    "crm.after_done",
)  # fmt: skip


def dying(place: Place, fuse: Fuse) -> tuple[Crm, CrmWorker]:
    """A process of its own over the same database, which dies where the fuse blows."""
    one = place.edge.app.state.edge
    master = MasterKey(place.edge.settings.master_key_bytes())
    made = build_crm(
        place.edge.settings, place.edge.pool, master, one.intake, one.submissions, one.crm.erasure, one.erasures
    )
    store = Store(CrashingPool(place.edge.pool, fuse))  # type: ignore[arg-type]
    worker = CrmWorker(
        store, made.configurations, made.client, made.bodies, made.erasure, one.erasures, one.intake, one.submissions
    )
    return made, worker


async def pass_once(place: Place, deal: str, fuse: Fuse) -> None:
    """Deliver a change and read it, until the fuse blows."""
    made, worker = dying(place, fuse)
    try:
        with passing_points(fuse):
            assert (await place.deliver(event(deal))).status_code == 200
            await worker.step(place.connection)
    finally:
        await made.client.close()


async def test_each_step_may_be_the_last_one(place: Place) -> None:
    place.fake.put("deals", "1", **TALKING)
    whole = Fuse()
    await pass_once(place, "1", whole)
    assert whole.steps > 2 * len(POINTS)
    died = set()
    for number in range(whole.steps):
        deal = str(number + 2)
        place.fake.put("deals", deal, **TALKING)
        fuse = Fuse(number)
        try:
            await pass_once(place, deal, fuse)
        except Crashed as crashed:
            died.add(str(crashed))
        # HubSpot sends again what was not answered; the lease of a dead worker ends.
        if fuse.blown in ("at crm.before_delivery", "at crm.after_delivery"):
            await place.deliver(event(deal))
        await place.edge.pool.execute("UPDATE crm.task SET leased_until = clock_timestamp()")
        await place.read()
    assert {f"at {one}" for one in POINTS} <= died
    facts = [fact for fact in await place.edge.facts() if isinstance(fact.event, OpportunityCreated)]
    by_deal = {fact.event.external_id: fact.id for fact in facts if isinstance(fact.event, OpportunityCreated)}
    assert sorted(by_deal, key=int) == [str(number + 1) for number in range(whole.steps + 1)]
    assert len({fact.id for fact in facts}) == len(by_deal)
    assert (await place.waiting())["tasks"] == 0
