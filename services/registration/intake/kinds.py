"""The kinds of messages: name in bulk, scope, body, and the target that the path names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.registration.intake.messages.channel import (
    CertifyPartner,
    ChangePartner,
    ConfigureVendor,
    EnrollPartner,
    GoLive,
    MoveClock,
    PublishProgram,
    PublishRates,
    ReinstatePartner,
    ScorePartner,
    SuspendPartner,
    WithdrawProgram,
)
from services.registration.intake.messages.customer import (
    AnswerMatch,
    MergeCustomers,
    RevokeMatch,
    SplitCustomers,
)
from services.registration.intake.messages.message import Message
from services.registration.intake.messages.opportunity import OpportunityMessage
from services.registration.intake.messages.registration import (
    AddEvidence,
    AmendRegistration,
    ConfirmRegistration,
    RaiseObjection,
    RequestExtension,
    SubmitRegistration,
    WithdrawRegistration,
)
from services.registration.intake.messages.review import (
    ArmTimer,
    DecideLink,
    DecideMatch,
    DecideReview,
    JudgeEvidence,
    ResolveCase,
)
from services.registration.intake.messages.target import DropTarget, SetTarget
from shared.credentials import Scope

Target = Literal["registration", "partner", "opportunity", "connection", "case", "match", "program"]


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message. In bulk its body also has the field `target`, which HTTP has in the path."""

    name: str
    scope: Scope
    body: type[Message]
    target: Target | None = None
    revision: bool = False
    """True if it needs a revision: `If-Match`, or `expected_revision` in bulk."""


SUBMIT = MessageKind("registration.submit", "registrations:write", SubmitRegistration)
AMEND = MessageKind("registration.amend", "registrations:write", AmendRegistration, "registration", revision=True)
WITHDRAW = MessageKind("registration.withdraw", "registrations:write", WithdrawRegistration, "registration")
EVIDENCE = MessageKind("evidence.add", "registrations:write", AddEvidence, "registration")
EXTENSION = MessageKind("extension.request", "registrations:write", RequestExtension, "registration")
OBJECTION = MessageKind("objection.raise", "registrations:write", RaiseObjection, "registration")
CONFIRM = MessageKind("registration.confirm", "registrations:write", ConfirmRegistration, "registration")
REVIEW = MessageKind("review.decide", "reviews:write", DecideReview, "registration")
MATCH = MessageKind("match.decide", "reviews:write", DecideMatch, "registration")
ANSWER = MessageKind("match.answer", "reviews:write", AnswerMatch, "match")
REVOKE = MessageKind("match.revoke", "reviews:write", RevokeMatch, "match")
MERGE = MessageKind("customer.merge", "reviews:write", MergeCustomers)
SPLIT = MessageKind("customer.split", "reviews:write", SplitCustomers)
JUDGE = MessageKind("evidence.judge", "reviews:write", JudgeEvidence, "registration")
RESOLVE = MessageKind("case.resolve", "reviews:write", ResolveCase, "case")
ARM = MessageKind("timer.arm", "reviews:write", ArmTimer)
OPPORTUNITY = MessageKind("opportunity", "opportunities:write", OpportunityMessage, "connection")
LINK = MessageKind("link.decide", "opportunities:write", DecideLink, "opportunity")
ENROLL = MessageKind("partner.enroll", "partners:admin", EnrollPartner)
CHANGE = MessageKind("partner.change", "partners:admin", ChangePartner, "partner")
SCORE = MessageKind("partner.score", "partners:admin", ScorePartner, "partner")
CERTIFY = MessageKind("partner.certify", "partners:admin", CertifyPartner, "partner")
SET_TARGET = MessageKind("target.set", "partners:admin", SetTarget, "partner")
DROP_TARGET = MessageKind("target.drop", "partners:admin", DropTarget, "partner")
SUSPEND = MessageKind("partner.suspend", "partners:admin", SuspendPartner, "partner")
REINSTATE = MessageKind("partner.reinstate", "partners:admin", ReinstatePartner, "partner")
PUBLISH = MessageKind("program.publish", "program:admin", PublishProgram)
WITHDRAW_PROGRAM = MessageKind("program.withdraw", "program:admin", WithdrawProgram, "program")
RATES = MessageKind("rates.publish", "vendor:admin", PublishRates)
CONFIGURE = MessageKind("vendor.configure", "vendor:admin", ConfigureVendor)
GO_LIVE = MessageKind("vendor.go_live", "vendor:admin", GoLive)
MOVE_CLOCK = MessageKind("clock.move", "vendor:admin", MoveClock)

KINDS: dict[str, MessageKind] = {
    kind.name: kind
    for kind in (
        SUBMIT, AMEND, WITHDRAW, EVIDENCE, EXTENSION, OBJECTION, CONFIRM, REVIEW, MATCH, ANSWER, REVOKE, MERGE, SPLIT,
        JUDGE, RESOLVE, ARM, OPPORTUNITY, LINK, ENROLL, CHANGE, SCORE, CERTIFY, SET_TARGET, DROP_TARGET, SUSPEND,
        REINSTATE, PUBLISH, WITHDRAW_PROGRAM, RATES, CONFIGURE, GO_LIVE, MOVE_CLOCK,
    )
}  # fmt: skip
"""Kinds by their name in bulk rows."""
