"""Erase a person: delete the key first, then publish `person.erased`, once, even after a crash in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.registration.crm.erasing import BodyErasure
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
from shared.saved_views import SavedViews
from shared.saved_views.store import lookup_of

PUBLISH_WITHIN_DAYS = 7
"""An erasure that was not published is published by an edge that runs within so many days."""


class ErasePerson(Message):
    """A person's key was deleted."""

    person: Identity

    def event(self, context: Context, sealed: Seals) -> Event:
        return PersonErased(person=self.person)


# Not a bulk kind: the fact follows from a deleted key, and must not be sent while the key still opens texts.
_ERASE = MessageKind("person.erase", "vendor:admin", ErasePerson)


@dataclass(frozen=True, slots=True)
class Erased:
    """The result of an erasure; `person` is None if nobody was found."""

    person: str | None
    erased: bool
    """True if this request deleted the key; False if it was deleted before."""
    published: Accepted | None = None


class Erasures:
    """Deletes persons' keys and publishes the fact, for the command line and for HTTP."""

    def __init__(
        self,
        persons: Persons,
        bodies: BodyErasure,
        saved_views: SavedViews,
        intake: Intake,
        submissions: Submissions,
    ) -> None:
        self._persons = persons
        self._bodies = bodies
        self._saved_views = saved_views
        self._intake = intake
        self._submissions = submissions

    async def erase_by(self, vendor: str, lookup: str) -> Erased:
        """Erase the person that an e-mail address or a registration leads to, if there is one."""
        found = await self._persons.find(vendor, lookup)
        return Erased(None, False) if found is None else await self.erase(vendor, found)

    async def erase_principal(self, vendor: str, principal: str) -> Erased:
        """Erase what somebody who works here under this principal saved, if there is anything."""
        return await self.erase_by(vendor, lookup_of(principal))

    async def erase(self, vendor: str, person: str) -> Erased:
        """Erase the person with this id. Repeating it changes nothing and returns the same fact."""
        contacts = await self._bodies.of_person(vendor, person)
        erased = await self._persons.erase(vendor, person)
        await self._bodies.forget(contacts)
        if not erased and not await self._persons.is_erased(vendor, person):
            return Erased(None, False)
        crash_point("erasure.after_key")
        await self._saved_views.forget(vendor, person)
        return Erased(person, erased, await self._publish(vendor, person))

    async def publish_pending(self) -> None:
        """Publish `person.erased` for recently erased persons whose process died before publishing."""
        for vendor, person in await self._persons.erased_within(timedelta(days=PUBLISH_WITHIN_DAYS)):
            await self._saved_views.forget(vendor, person)
            await self._publish(vendor, person)

    async def _publish(self, vendor: str, person: str) -> Accepted:
        # One principal and key per person, so that it is one fact, whoever publishes it.
        sent = Sent(_ERASE, {"person": person}, f"{_ERASE.name} {person}")
        return await self._intake.accept(self._submissions.prepare(sent, operator(vendor)))
