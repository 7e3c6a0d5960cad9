"""Read what deliveries hinted at, and tell the log: in steps each of which may be the last one of its process.

A task stays until its end is written. Read again, the same deal is the same message under the same key, so it has one
effect; and a worker that lost its lease writes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from services.registration.crm.bodies import Bodies, SealedBody
from services.registration.crm.client import CrmAway, HubSpot
from services.registration.crm.configured import Configurations, Configured
from services.registration.crm.erasing import BodyErasure
from services.registration.crm.fetching import Fetched, fetch
from services.registration.crm.notices import Hint, contact, deal, id_of, is_deal
from services.registration.crm.record import Record
from services.registration.crm.store import BATCH, Finished, Known, Store, Task, ToldNow, Unusable
from services.registration.crm.telling import Telling, outcome, prepare, refusal
from services.registration.intake.acceptance import Accepted
from services.registration.intake.erasure import Erasures
from services.registration.intake.intake import Intake
from services.registration.intake.submission import Submissions
from shared.crash_points import crash_point
from shared.errors import DealregError, FieldProblem
from shared.observability import get_logger
from shared.values.written import rfc3339

POLL_SECONDS = 0.5
"""A process that received nothing itself looks so often for what others left."""
EARLY_SECONDS = 30.0
"""How long a deal waits that was changed in the future, by the CRM's clock."""

_log = get_logger(__name__)


@dataclass(slots=True)
class _Result:
    told: list[ToldNow] = field(default_factory=list)
    unusable: list[Unusable] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    done: list[Task] = field(default_factory=list)


class CrmWorker:
    """Reads and tells, one batch of a connection at a time; a CRM that is away keeps no other one waiting."""

    def __init__(
        self,
        store: Store,
        configurations: Configurations,
        client: HubSpot,
        bodies: Bodies,
        erasure: BodyErasure,
        erasures: Erasures,
        intake: Intake,
        submissions: Submissions,
    ) -> None:
        self._store = store
        self._configurations = configurations
        self._client = client
        self._bodies = bodies
        self._erasure = erasure
        self._erasures = erasures
        self._intake = intake
        self._submissions = submissions
        self._asked = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """There is something to do."""
        self._asked.set()

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                await self._start_waiting()
                self._asked.clear()
                try:
                    await asyncio.wait_for(self._asked.wait(), POLL_SECONDS)
                except TimeoutError:
                    continue
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _start_waiting(self) -> None:
        try:
            waiting = await self._store.waiting()
        except DealregError as error:
            _log.warning("CRM deals wait for the database", code=error.code, detail=error.detail)
            return
        for connection in waiting:
            if connection not in self._running:
                task = asyncio.create_task(self._until_idle(connection), name=f"crm-{connection}")
                self._running[connection] = task
                task.add_done_callback(partial(self._ended, connection))

    def _ended(self, connection: str, _: asyncio.Task[None]) -> None:
        self._running.pop(connection, None)

    async def _until_idle(self, connection: str) -> None:
        try:
            while await self.step(connection) == BATCH:
                pass
        except DealregError as error:
            _log.warning("CRM deals wait", connection=connection, code=error.code, detail=error.detail)
        except Exception as error:
            _log.error("CRM worker broke off", connection=connection, exc_info=error)

    async def step(self, connection: str) -> int:
        """Read one batch; return how many tasks it had. Their leases end by themselves if this breaks off."""
        place = await self._configurations.get(connection)
        lease, tasks = await self._store.claim(connection)
        if not tasks:
            return 0
        crash_point("crm.after_claim")
        deals = [one for one in tasks if is_deal(one.subject)]
        contacts = [one for one in tasks if not is_deal(one.subject)]
        for task in contacts:
            await self._erase(place, id_of(task.subject))
        try:
            result = await self._read(place, deals)
        except CrmAway as away:
            _log.warning("CRM is left alone", connection=connection, code=away.code, detail=away.detail)
            await self._store.pause(connection, lease, away.code, away.detail, away.wait_seconds)
            return len(tasks)
        done = [*result.done, *contacts]
        await self._store.finish(connection, lease, Finished(done, result.told, result.unusable))
        if result.early:
            await self._store.release(connection, lease, result.early, EARLY_SECONDS)
        crash_point("crm.after_done")
        return len(tasks)

    async def _erase(self, place: Configured, id_: str) -> None:
        """Forget the contact: key and bodies first, then what leads there, so that a repetition finds the rest."""
        person = await self._erasure.person_of(place.vendor, place.connection, id_)
        if person is not None:
            await self._erasures.erase(place.vendor, person)
        await self._erasure.of_contact(place.connection, id_)

    async def _read(self, place: Configured, tasks: Sequence[Task]) -> _Result:
        result = _Result()
        if not tasks:
            return result
        known = await self._store.known(place.connection, [id_of(one.subject) for one in tasks])
        mine, others = _apart(tasks, known)
        await self._store.ask(place.connection, [hint for _, hint in others])
        result.done += [task for task, _ in others]
        ids = [id_of(one.subject) for one in mine]
        fetched = await fetch(self._client, place, ids) if ids else Fetched()
        await self._erasure.remember(place.vendor, place.connection, fetched.addresses)
        records: list[tuple[Task, Record]] = []
        for task in mine:
            record = await self._record(place, task, fetched, result)
            if record is not None:
                records.append((task, record))
        await self._tell(place, records, result)
        return result

    async def _record(self, place: Configured, task: Task, fetched: Fetched, result: _Result) -> Record | None:
        """The record of the task, if there is one to map; else what becomes of the task without."""
        id_ = id_of(task.subject)
        if id_ in fetched.became:
            await self._store.ask(place.connection, [Hint(deal(fetched.became[id_]), (id_,))])
            result.done.append(task)
        elif id_ in fetched.gone and task.deleted_at is not None:
            gone = {"id": id_, "properties": {}, "archivedAt": rfc3339(task.deleted_at)}
            return Record(gone, archived=True)
        elif id_ in fetched.gone:
            detail = "HubSpot has no such deal, neither live nor archived; check that the token is of this account"
            result.unusable.append(Unusable(task.subject, (FieldProblem("deal", "crm.deal_gone", detail),)))
            result.done.append(task)
        elif id_ in fetched.records:
            found = fetched.records[id_]
            return Record(found.deal, found.company, found.line_items, found.contacts, task.merged, found.archived)
        else:
            result.early.append(task.subject)
        return None

    async def _tell(self, place: Configured, records: Sequence[tuple[Task, Record]], result: _Result) -> None:
        if not records:
            return
        sealed = [self._sealed(place, record) for _, record in records]
        await self._store.keep(place.connection, sealed)
        crash_point("crm.after_record")
        known = await self._store.known(place.connection, [one for _, record in records for one in _named(record)])
        tellings = [
            prepare(place, record, body.reference, known, self._submissions)
            for (_, record), body in zip(records, sealed, strict=True)
        ]
        outcomes = await self._accept(tellings)
        crash_point("crm.after_append")
        for (task, _), body, telling, accepted in zip(records, sealed, tellings, outcomes, strict=True):
            if telling.early:
                result.early.append(task.subject)
                continue
            told, refused = ([], []) if telling.problems else outcome(telling, accepted)
            result.told += told
            if problems := [*telling.problems, *refused]:
                result.unusable.append(refusal(telling, problems, body.reference))
            result.done.append(task)

    async def _accept(self, tellings: Sequence[Telling]) -> list[list[Accepted | DealregError]]:
        """Accept everything in order; a deal of which a part is invalid is told nothing of."""
        outcomes: list[list[Accepted | DealregError]] = [[] for _ in tellings]
        flat = [
            (number, one)
            for number, telling in enumerate(tellings)
            if not telling.problems
            for one in telling.submissions
        ]
        for start in range(0, len(flat), self._intake.unit_max):
            part = flat[start : start + self._intake.unit_max]
            accepted = await self._intake.accept_in_order([one for _, one in part])
            for (number, _), found in zip(part, accepted, strict=True):
                outcomes[number].append(found)
        return outcomes

    def _sealed(self, place: Configured, record: Record) -> SealedBody:
        subjects = [*map(deal, _named(record)), *map(contact, record.contacts)]
        return self._bodies.seal(place.connection, record.content(), subjects)


def _named(record: Record) -> tuple[str, ...]:
    return (record.id, *record.merged)


def _apart(tasks: Iterable[Task], known: Mapping[str, Known]) -> tuple[list[Task], list[tuple[Task, Hint]]]:
    """The deals to read; and those that were merged into others, which are read in their place."""
    tasks = list(tasks)
    into = {one: id_of(task.subject) for task in tasks for one in task.merged}
    into |= {id_: one.merged_into for id_, one in known.items() if one.merged_into is not None}
    mine, others = [], []
    for task in tasks:
        id_ = id_of(task.subject)
        target = into.get(id_)
        if target is None or id_ in (target, into.get(target)):
            mine.append(task)
        else:
            others.append((task, Hint(deal(target), (id_,))))
    return mine, others
