"""The vendor's own house: its document, its partners' standing, its programs."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from pydantic import ValidationError

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.name_index import NORMALISER
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers.claims import recheck
from services.attribution.domain.handlers.rewards import release
from shared.events.partner import (
    PartnerCertified,
    PartnerChanged,
    PartnerEnrolled,
    PartnerReinstated,
    PartnerScored,
    PartnerSuspended,
)
from shared.events.program import ProgramPublished, ProgramTookEffect, ProgramWithdrawn
from shared.events.vendor import DeciderUpgraded, VendorConfigured, VendorCreated, VendorWentLive
from shared.policy.publication import Refusal, configuring, publishing, told_of
from shared.policy.references import SECTIONS, Kind, Known, Named, known_names, told
from shared.policy.schema import Policy


def create(working_set: WorkingSet, event: VendorCreated) -> None:
    """The vendor exists and this release decides for it."""
    evolve(working_set, event)
    upgrade(working_set, working_set.release)


def upgrade(working_set: WorkingSet, release: str) -> None:
    """Decisions from here on are this release's."""
    evolve(working_set, DeciderUpgraded(release=release, normaliser=NORMALISER))


def configure(working_set: WorkingSet, event: VendorConfigured) -> None:
    """The document is replaced, unless a published policy rests on something it no longer has."""
    working_set.require("program", working_set.vendor.programs)
    programs = map(working_set.program, working_set.vendor.programs)
    versions = ((program, version.number) for program in programs for version in program.versions)
    policies = ((program.id, number, working_set.policy_version(program, number)) for program, number in versions)
    _refuse(configuring(policies, _known_of(working_set.vendor.configured(event.document))))
    evolve(working_set, event)


def _known_of(vendor: Vendor) -> Known:
    return known_names(vendor.document, retired_lines=(line for _, line in vendor.retired))


def _refuse(found: Iterable[Refusal]) -> None:
    """Raise `FactRejected` with everything that speaks against the fact, if anything does."""
    refused = [FactRejected(one.code, status=one.status, field=one.field, **one.params) for one in found]
    if refused:
        refused[0].others = tuple(refused[1:])
        raise refused[0]


def go_live(working_set: WorkingSet, event: VendorWentLive) -> None:
    """The import is over for good."""
    if working_set.vendor.mode == "live":
        raise FactRejected("vendor.live", status=409, reason="already")
    if working_set.vendor.mode == "sandbox":
        raise FactRejected("vendor.sandbox", status=409)
    evolve(working_set, event)


def enroll(working_set: WorkingSet, event: PartnerEnrolled) -> None:
    """The partner is enrolled and active."""
    if working_set.find_partner(event.partner) is not None:
        raise FactRejected("partner.exists", status=409, field="partner", partner=event.partner)
    _known(working_set, event)
    evolve(working_set, event)


def _known(working_set: WorkingSet, event: PartnerEnrolled | PartnerChanged) -> None:
    territories: list[tuple[Kind, str | None]] = [("territory", one) for one in event.territories or ()]
    _known_names(working_set, ("tier", event.tier), ("partner_type", event.partner_type), *territories)


def _known_names(working_set: WorkingSet, *names: tuple[Kind, str | None]) -> None:
    known = _known_of(working_set.vendor)
    missing = [Named(kind, kind, name) for kind, name in names if name is not None and name not in known[kind]]
    fields = {"territory": "territories"}
    _refuse(
        Refusal(SECTIONS[one.kind].code, fields.get(one.kind, one.kind), told_of(told(one, known))) for one in missing
    )


def change(working_set: WorkingSet, event: PartnerChanged) -> None:
    """The partner's given fields are replaced."""
    _enrolled(working_set, event.partner)
    _known(working_set, event)
    evolve(working_set, event)


def attest(working_set: WorkingSet, event: PartnerScored | PartnerCertified) -> None:
    """The partner has the score or the certification that the vendor document knows by that name."""
    _enrolled(working_set, event.partner)
    if isinstance(event, PartnerScored):
        _known_names(working_set, ("score", event.score))
    else:
        _known_names(working_set, ("certification", event.certification))
    evolve(working_set, event)


def _enrolled(working_set: WorkingSet, id_: str) -> bool:
    partner = working_set.find_partner(id_)
    if partner is None:
        raise FactRejected("partner.unknown", status=404, field="partner", partner=id_)
    return partner.suspended


def suspend(working_set: WorkingSet, event: PartnerSuspended) -> None:
    """The partner registers nothing more; its protections keep rivals out as before."""
    if _enrolled(working_set, event.partner):
        raise FactRejected("partner.suspended", status=409, reason="already")
    evolve(working_set, event)


def reinstate(working_set: WorkingSet, event: PartnerReinstated) -> None:
    """The partner is active again: rewards whose hold was over are payable, claims whose turn came are judged."""
    if not _enrolled(working_set, event.partner):
        raise FactRejected("partner.active", status=409)
    evolve(working_set, event)
    partner = working_set.partner(event.partner)
    for id_ in partner.withheld:
        release(working_set, id_)
    for id_ in partner.paused:
        recheck(working_set, id_, moved=False, promoted=True)


def publish(working_set: WorkingSet, event: ProgramPublished) -> None:
    """The version is on file and takes effect at once or at its day."""
    try:
        policy = Policy.model_validate_json(orjson.dumps(event.policy))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(("policy", *map(str, first["loc"])))
        raise FactRejected("policy.invalid", field=path, kind=first["type"]) from error
    if (policy.program, policy.version) != (event.program, event.number):
        raise FactRejected("policy.invalid", field="policy.program", kind="other_program")
    program = working_set.find_program(event.program)
    newest = program.newest if program is not None else 0
    known = _known_of(working_set.vendor)
    calendars = working_set.vendor.document.calendars
    _refuse(publishing(policy, newest=newest, known=known, calendars=calendars, clock=working_set.clock))
    evolve(working_set, event)
    if policy.effective_from == "immediately":
        take_effect(working_set, event.program, event.number)


def withdraw(working_set: WorkingSet, event: ProgramWithdrawn) -> None:
    """The program takes no new registrations; those on file go on under the versions that they pinned."""
    program = working_set.find_program(event.program)
    if program is None:
        raise FactRejected("program.unknown", status=404, field="program", program=event.program)
    if program.withdrawn is not None:
        raise FactRejected("program.withdrawn", status=409, field="program", program=event.program, reason="already")
    evolve(working_set, event)


def take_effect(working_set: WorkingSet, program: str, number: int) -> None:
    """Complete submissions pin this version from here on; the tier and version pinned before stay."""
    evolve(working_set, ProgramTookEffect(program=program, number=number, policy=f"{program}/{number}"))


def fall_due(working_set: WorkingSet, id_: str) -> None:
    """The versions whose day has come take effect, in order of their number."""
    program = working_set.program(id_)
    for version in sorted(program.versions, key=lambda one: one.number):
        if version.effective_at is not None and version.effective_at <= working_set.clock:
            take_effect(working_set, id_, version.number)
