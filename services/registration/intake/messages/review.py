"""Messages of reviewers: reviews, matches, links, evidence, cases."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registration.intake.messages.message import Context, Message, Seals
from shared.events import case, opportunity, registration
from shared.events import timer as timers
from shared.events.base import Event
from shared.http.wire.fields import CodeWord, Identity, Line, Text
from shared.policy.required_fields import FIELDS


def _registration_field(name: str) -> str:
    if name not in FIELDS:
        raise PydanticCustomError(
            "field.choice", "is not a field of a registration; known: {known}", {"known": ", ".join(FIELDS)}
        )
    return name


class DecideReview(Message):
    """A reviewer's decision on a registration. Message and note are sealed."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "verdict": "action_required",
                "fields": ["customer.tax_id"],
                "message": "Which of the two firms?",
            }
        }
    )

    verdict: registration.ReviewVerdict
    code: CodeWord | None = Field(default=None, description="Reason code. Required to reject or revoke.")
    message: Text | None = Field(default=None, description="What the partner reads beside the verdict.")
    note: Text | None = Field(default=None, description="For the vendor alone.")
    fields: tuple[Annotated[str, AfterValidator(_registration_field)], ...] = Field(
        default=(),
        max_length=30,
        description="With `action_required`: the fields that the partner must send, changed or not, and no others.",
    )

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> DecideReview:
        if self.verdict in ("reject", "revoke") and self.code is None:
            raise PydanticCustomError("review.code_missing", "give a `code` with {verdict}", {"verdict": self.verdict})
        if (self.verdict == "action_required") != bool(self.fields):
            raise PydanticCustomError("review.fields", "give `fields` with action_required, and only then")
        return self

    def personal(self, context: Context) -> tuple[str, dict[str, str]] | None:
        texts = {"message": self.message, "note": self.note}
        given = {name: text for name, text in texts.items() if text is not None}
        return (context.target, given) if given else None

    def event(self, context: Context, sealed: Seals) -> Event:
        return registration.ReviewDecided(
            registration=context.target,
            verdict=self.verdict,
            code=self.code,
            message=sealed.get("message"),
            note=sealed.get("note"),
            fields=self.fields,
        )


class DecideMatch(Message):
    """A reviewer's decision: are the customers of two registrations the same company?"""

    model_config = ConfigDict(
        json_schema_extra={"example": {"other": "reg_5f0c2b6d8a1e4f7c9b3d2a1e0f4c6b8a", "same": True}}
    )

    other: Identity
    same: bool

    def event(self, context: Context, sealed: Seals) -> Event:
        return registration.CustomerMatchDecided(registration=context.target, other=self.other, same=self.same)


class DecideLink(Message):
    """A reviewer's decision: the registration that the opportunity belongs to, or null for none."""

    model_config = ConfigDict(json_schema_extra={"example": {"registration": "reg_5f0c2b6d8a1e4f7c9b3d2a1e0f4c6b8a"}})

    registration: Identity | None
    winner: Identity | None = None
    """The partner whose win it is; required where the CRM names another partner than the registration's."""

    def event(self, context: Context, sealed: Seals) -> Event:
        return opportunity.LinkDecided(opportunity=context.target, registration=self.registration, winner=self.winner)


class JudgeEvidence(Message):
    """A reviewer's verdict on a piece of evidence. The latest verdict counts."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"evidence": "ev_5f0c2b6d8a1e4f7c9b3d2a1e0f4c6b8a", "verdict": "verified"}}
    )

    evidence: Identity = Field(description="Id of the evidence, as the registration lists it.")
    verdict: Literal["verified", "refuted"]

    def event(self, context: Context, sealed: Seals) -> Event:
        said = registration.EvidenceVerified if self.verdict == "verified" else registration.EvidenceRefuted
        return said(registration=context.target, evidence=self.evidence)


class ResolveCase(Message):
    """A reviewer's decision on a case: release what it holds, or reverse it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"verdict": "release", "reason": "the holder found the deal and agreed to it"}}
    )

    verdict: Literal["release", "reverse"]
    reason: Line = Field(description="The reason, for later readers. It is not sealed, so name no person.")

    def event(self, context: Context, sealed: Seals) -> Event:
        return case.CaseResolved(case=context.target, verdict=self.verdict, reason=self.reason)


class ArmTimer(Message):
    """Arms a failed timer again, named as in `timer.failed`. A timer that is due fires at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"subject": "registration:reg_5f0c2b6d8a1e4f7c9b3d2a1e0f4c6b8a", "timer": "protection.end"}
        }
    )

    subject: timers.Timed
    timer: timers.Timer

    def event(self, context: Context, sealed: Seals) -> Event:
        return timers.TimerArmed(subject=self.subject, timer=self.timer)
