"""Programs: a policy version is published by a person and takes effect at a moment in the log."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from shared.events.base import Decision, Event, Id, Short, subject


class ProgramPublished(Event):
    """A policy version was published, validated and immutable. It takes effect at its `effective_from`."""

    type: ClassVar[str] = "program.published"

    program: Id
    number: Annotated[int, Field(ge=1, le=1_000_000)]
    policy: dict[str, Any]
    """The policy document as `shared.policy` writes it, with a schema of its own."""

    def subjects(self) -> tuple[str, ...]:
        return subject("program", self.program)


class ProgramWithdrawn(Event):
    """A program takes no new registrations until a later version is in force; those on file go on."""

    type: ClassVar[str] = "program.withdrawn"

    program: Id
    reason: Short | None = None

    def subjects(self) -> tuple[str, ...]:
        return subject("program", self.program)


class ProgramTookEffect(Decision):
    """From this entry on, complete submissions are decided by this policy version."""

    type: ClassVar[str] = "program.took_effect"

    program: Id
    number: int

    def subjects(self) -> tuple[str, ...]:
        return subject("program", self.program)
