"""Erasing a person: the key is deleted first, then the journal says so, once, whatever broke in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.registration.intake.acceptance import Accepted
from services.registration.intake.intake import Intake
from services.registration.intake.kinds import MessageKind
from services.registration.intake.messages.message import Context, Message, Seals
from services.registration.intake.submission import Sent, Submissions
from shared.crash_points import crash_point
from shared.credentials import operator
from shared.events.base import Event
from shared.events.person import PersonErased
from shared.http.wire.fields import Identity
from shared.persons import Persons

TELL_AGAIN_DAYS = 7
"""An erasure whose telling broke off is told by the next edge that runs within so many days."""


class ErasePerson(Message):
    """A person's key was deleted."""

    person: Identity

    def event(self, context: Context, sealed: Seals) -> Event:
        return PersonErased(person=self.person)


# No kind of the bulk intake: the fact follows from a deleted key, and nobody may tell it of one that still opens.
_ERASE = MessageKind("person.erase", "vendor:admin", ErasePerson)


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure came to; `person` is None where nobody was found."""

    person: str | None
    erased: bool
    """Whether this very request deleted the key; False where it was gone already."""
    told: Accepted | None = None


class Erasures:
    """Deletes persons' keys and tells the journal, by the command line and over HTTP alike."""

    def __init__(self, persons: Persons, intake: Intake, submissions: Submissions) -> None:
        self._persons = persons
        self._intake = intake
        self._submissions = submissions

    async def erase_by(self, vendor: str, lookup: str) -> Erased:
        """The person that an e-mail address or a registration leads to is erased, if there is one."""
        found = await self._persons.find(vendor, lookup)
        return Erased(None, False) if found is None else await self.erase(vendor, found)

    async def erase(self, vendor: str, person: str) -> Erased:
        """The person of this id is erased; repeating it changes nothing and has the same answer in the journal."""
        erased = await self._persons.erase(vendor, person)
        if not erased and not await self._persons.is_erased(vendor, person):
            return Erased(None, False)
        crash_point("erasure.after_key")
        return Erased(person, erased, await self._tell(vendor, person))

    async def tell_again(self) -> None:
        """The journal says of every person erased of late that it was, also where a process died before telling."""
        for vendor, person in await self._persons.erased_within(timedelta(days=TELL_AGAIN_DAYS)):
            await self._tell(vendor, person)

    async def _tell(self, vendor: str, person: str) -> Accepted:
        # One principal and key for each person, so that whoever tells it, it is one fact.
        sent = Sent(_ERASE, {"person": person}, f"{_ERASE.name} {person}")
        return await self._intake.accept(self._submissions.prepare(sent, operator(vendor)))
