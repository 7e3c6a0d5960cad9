"""Persons: what is left to say of one whose key was destroyed."""

from __future__ import annotations

from typing import ClassVar

from shared.events.base import Event, Id, subject


class PersonErased(Event):
    """The person's key is deleted: nobody can read what was sealed under it."""

    type: ClassVar[str] = "person.erased"

    person: Id

    def subjects(self) -> tuple[str, ...]:
        return subject("person", self.person)
