"""Partners: enrolled, changed, scored, certified, suspended, reinstated."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from shared.events.base import Day, Event, Id, Short, subject
from shared.values.fields import DecimalNumber

Territories = Annotated[tuple[Short, ...], Field(max_length=300)]


class _OfPartner(Event):
    partner: Id

    def subjects(self) -> tuple[str, ...]:
        return subject("partner", self.partner)


class PartnerEnrolled(_OfPartner):
    """A company became an active partner of the vendor."""

    type: ClassVar[str] = "partner.enrolled"

    name: Short
    partner_type: Short | None = None
    tier: Short | None = None
    segments: dict[Id, Short] = Field(default={}, max_length=50)
    territories: Territories = ()
    """Where it sells, by names of the vendor document's `territories`."""


class PartnerChanged(_OfPartner):
    """Given fields replace the old ones, absent fields stay; `segments` merge by name, and null removes one."""

    type: ClassVar[str] = "partner.changed"

    name: Short | None = None
    partner_type: Short | None = None
    tier: Short | None = None
    segments: dict[Id, Short | None] = Field(default={}, max_length=50)
    territories: Territories | None = None


class PartnerScored(_OfPartner):
    """The vendor's score of the partner, one name a fact; a later one of the name replaces it."""

    type: ClassVar[str] = "partner.scored"

    score: Short
    """A name of the vendor document's `scores`."""
    value: DecimalNumber


class PartnerCertified(_OfPartner):
    """The partner has the certification through its last day; told again, the newer word counts.

    A last day that is past takes the certification away.
    """

    type: ClassVar[str] = "partner.certified"

    certification: Short
    """A name of the vendor document's `certifications`."""
    valid_until: Day | None = None
    """The last day on which it counts; absent: it does not expire."""


class PartnerSuspended(_OfPartner):
    """The partner cannot register deals and is not paid until it is reinstated. Its protections continue."""

    type: ClassVar[str] = "partner.suspended"

    reason: Short


class PartnerReinstated(_OfPartner):
    """The suspension ended. Nothing that was earned is lost."""

    type: ClassVar[str] = "partner.reinstated"

    reason: Short | None = None
