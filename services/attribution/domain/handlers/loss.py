"""A reported loss: protection ends at once or after a period in which its holder may object."""

from __future__ import annotations

from typing import Literal

from services.attribution.domain.documents.calendar import after_period
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers.queue import leave_queue
from services.attribution.domain.handlers.review import calendar
from shared.errors import known
from shared.events.base import Finding
from shared.events.protection import LossHeld, LossLifted, ProtectionLost
from shared.events.registration import ObjectionRaised
from shared.values.written import rfc3339

ObjectionVerdict = Literal["uphold_objection", "dismiss_objection"]


def lose(working_set: WorkingSet, claim: Registration, opportunity: str) -> None:
    """End protection by the lost opportunity: at once, or after the period in which the holder may object."""
    policy = working_set.policy(claim)
    period = policy.conflict.on_lost
    if period == "none":
        _end(working_set, claim, opportunity)
    elif claim.loss is None:  # a further loss gives no further time
        until = after_period(working_set.clock, period, policy.zone, calendar(working_set, policy))
        asked = Finding(
            clause="conflict.on_lost", outcome="missing", code="conflict.on_lost", inputs={"until": rfc3339(until)}
        )
        held = LossHeld(
            registration=claim.id, opportunity=opportunity, until=until, findings=(asked,),
            policy=working_set.label(claim),
        )  # fmt: skip
        evolve(working_set, held)


def end(working_set: WorkingSet, id_: str) -> None:
    """End protection at the end of the period, since the holder did not object."""
    claim = working_set.registration(id_)
    silence = Finding(clause="conflict.on_lost", outcome="failed", code="conflict.on_lost.unopposed")
    _end(working_set, claim, known(claim.loss, "opportunity that was lost"), silence)


def object_to(working_set: WorkingSet, claim: Registration, event: ObjectionRaised) -> None:
    """Keep protection until a reviewer decides; refused where no loss waits for an objection."""
    if claim.objected:
        raise FactRejected("objection.pending", status=409)
    if claim.loss is None:
        raise FactRejected("objection.nothing_lost", status=409, state=claim.state)
    evolve(working_set, event)


def judge(working_set: WorkingSet, claim: Registration, verdict: ObjectionVerdict) -> None:
    """Carry out a reviewer's verdict on the objection: the loss is lifted, or ends protection now."""
    opportunity = known(claim.loss, "opportunity that was lost")
    upheld = verdict == "uphold_objection"
    said = Finding(clause="always.person", outcome="passed" if upheld else "failed", code=f"review.{verdict}")
    if upheld:
        lifted = LossLifted(
            registration=claim.id, opportunity=opportunity, code="objection_upheld", findings=(said,),
            policy=working_set.label(claim),
        )  # fmt: skip
        evolve(working_set, lifted)
    else:
        _end(working_set, claim, opportunity, said)


def _end(working_set: WorkingSet, claim: Registration, opportunity: str, *why: Finding) -> None:
    lost = ProtectionLost(registration=claim.id, opportunity=opportunity, findings=why, policy=working_set.label(claim))
    evolve(working_set, lost)
    leave_queue(working_set, claim.id, claim.conflict, "closed")
