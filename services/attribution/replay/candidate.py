"""The candidate in its program's place: in force from an instant on, whatever else is published later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from services.attribution.domain.documents.calendar import takes_effect_at
from services.attribution.domain.documents.derived import replace
from services.attribution.domain.documents.keys import THE_VENDOR, Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.domain.documents.program import PolicyVersion, Program
from services.attribution.domain.documents.vendor import Vendor
from shared.errors import Invalid
from shared.events.base import Event
from shared.events.program import ProgramPublished
from shared.messages import Words
from shared.policy.publication import publishing
from shared.policy.references import known_names
from shared.policy.schema import Policy
from shared.values.written import rfc3339


class CandidateUnfit(Invalid):
    """The candidate cannot be in force over this history."""

    code = "replay.candidate_unfit"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A policy that was never published, and from when it is in force in place of the published versions."""

    policy: Policy
    since: datetime | None = None
    """None: wherever a version of its program was published, so for the whole history."""

    @property
    def program(self) -> str:
        return self.policy.program

    def in_place_of(self, event: ProgramPublished, clock: datetime, *, shift: int) -> ProgramPublished:
        """The publication with the candidate's rules; its number moves on where the candidate took one before it."""
        day = event.policy.get("effective_from", "immediately")
        effective = takes_effect_at({"effective_from": day, "time_zone": self.policy.time_zone})
        if shift or (effective is not None and effective < clock):
            day = "immediately"
        return self._published(event.number + shift, day)

    def published_after(self, newest: int) -> ProgramPublished:
        """The publication of the candidate as the next version, in force at once."""
        return self._published(newest + 1, "immediately")

    def _published(self, number: int, effective_from: Any) -> ProgramPublished:
        content = self.policy.model_dump(mode="json") | {"version": number, "effective_from": effective_from}
        return ProgramPublished.model_construct(program=self.program, number=number, policy=content)

    def takes_force(self, program: Program, vendor: Vendor, clock: datetime) -> dict[Key, Document]:
        """The documents once it is in force, above the versions so far; raises `CandidateUnfit`."""
        event = self.published_after(program.newest)
        known = known_names(vendor.document, retired_lines=(line for _, line in vendor.retired))
        for one in publishing(self.policy.model_copy(update={"effective_from": "immediately"}),
                              newest=0, known=known, calendars={}, clock=clock):  # fmt: skip
            raise unfit(clock, {"code": one.code, "field": one.field, "params": one.params})
        text = orjson.dumps(event.policy, option=orjson.OPT_SORT_KEYS).decode()
        versions = (*program.versions, PolicyVersion(event.number, text))
        groups = vendor.groups or self.policy.same_deal.customer == "group"
        now = replace(program, versions=versions, in_force=event.number)
        return {Key("program", program.id): now, THE_VENDOR: replace(vendor, groups=groups)}


def unfit(clock: datetime, refusal: dict[str, Any]) -> CandidateUnfit:
    """Why the candidate cannot be in force, in a sentence."""
    said = Words().refusal(refusal)
    return CandidateUnfit(f"the candidate cannot take force at {rfc3339(clock)}: {said}")


def stand_in(event: Event, candidate: Candidate | None) -> bool:
    """Whether the fact publishes a version of the candidate's program."""
    return candidate is not None and isinstance(event, ProgramPublished) and event.program == candidate.program
