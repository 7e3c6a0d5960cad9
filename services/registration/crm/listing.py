"""What cannot be used yet and what waits, for people; and the same asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.registration.crm import hubspot
from services.registration.crm.bodies import Bodies
from services.registration.crm.configured import Configurations
from services.registration.crm.notices import Hint, deal
from services.registration.crm.store import Store, Unusable, reasons_of
from shared.database import database_errors
from shared.values.written import in_utc

_PAGE = """
SELECT subject, body_id, reasons, found_at FROM crm.unusable
WHERE connection = $1 AND ($2::text IS NULL OR subject > $2) ORDER BY subject LIMIT $3
"""
_WAITING = """
SELECT (SELECT count(*) FROM crm.task WHERE connection = $1) AS tasks,
    (SELECT min(due_at) FROM crm.task WHERE connection = $1) AS oldest,
    p.until, p.code, p.detail, p.failures
FROM (SELECT) AS one LEFT JOIN crm.pause p ON p.connection = $1
"""
_TOLD = """
SELECT deal FROM crm.deal WHERE connection = $1 AND told > 0 AND merged_into IS NULL AND deal > $2
ORDER BY deal LIMIT $3
"""
REPLAY_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """Subjects that wait to be read, and why the CRM is left alone, if it is."""

    tasks: int
    oldest: datetime | None
    until: datetime | None
    code: str | None
    detail: str | None
    failures: int


class Listing:
    """Lists and replays."""

    def __init__(self, store: Store, configurations: Configurations, bodies: Bodies) -> None:
        self._store = store
        self._configurations = configurations
        self._bodies = bodies

    async def unusable(self, connection: str, *, after: str | None, limit: int) -> list[Unusable]:
        """Return what cannot be used, by subject (`deal:…`, or `body:…` of a whole delivery)."""
        with database_errors():
            rows = await self._store.pool.fetch(_PAGE, connection, after, limit)
        return [
            Unusable(row["subject"], reasons_of(row["reasons"]), in_utc(row["found_at"]), row["body_id"])
            for row in rows
        ]

    async def waiting(self, connection: str) -> Waiting:
        """Return how much waits."""
        with database_errors():
            row = await self._store.pool.fetchrow(_WAITING, connection)
        oldest, until = row["oldest"], row["until"]
        return Waiting(
            row["tasks"], oldest and in_utc(oldest), until and in_utc(until), row["code"], row["detail"],
            row["failures"] or 0,
        )  # fmt: skip

    async def replay(self, connection: str, subjects: Sequence[str]) -> int:
        """Ask for subjects again, under the settings of now; return how many deals are to be read."""
        asked: list[Hint] = []
        for subject in subjects:
            kind, _, id_ = subject.partition(":")
            asked += [Hint(subject)] if kind == "deal" else await self._again(connection, subject, id_)
        await self._store.ask(connection, list({one.subject: one for one in asked}.values()))
        return len(asked)

    async def replay_unusable(self, connection: str) -> int:
        """Ask for everything that is listed."""
        after, asked = None, 0
        while found := await self.unusable(connection, after=after, limit=REPLAY_ROWS):
            asked += await self.replay(connection, [one.subject for one in found])
            after = found[-1].subject
        return asked

    async def replay_told(self, connection: str) -> int:
        """Ask for every deal that was told, so that a corrected mapping appends what it makes of them."""
        after, asked = "", 0
        while True:
            with database_errors():
                rows = await self._store.pool.fetch(_TOLD, connection, after, REPLAY_ROWS)
            if not rows:
                return asked
            await self._store.ask(connection, [Hint(deal(row["deal"])) for row in rows])
            after, asked = rows[-1]["deal"], asked + len(rows)

    async def _again(self, connection: str, subject: str, id_: str) -> list[Hint]:
        """The hints of a delivery as it is read now; it stays listed with what is still wrong."""
        sealed = await self._store.body(connection, id_)
        if sealed is None:
            return []
        place = await self._configurations.get(connection)
        notices = hubspot.read(self._bodies.open(connection, id_, sealed), place.settings)
        await self._store.relist(connection, Unusable(subject, notices.problems, body=id_))
        return list(notices.hints)
