"""Make submissions of a fetched deal: only what the log was not told yet, each under a key that a repetition shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from services.registration.crm.configured import Configured
from services.registration.crm.mapping import Messages, Told, messages_of
from services.registration.crm.record import Record
from services.registration.crm.store import Known, ToldNow, Unusable
from services.registration.intake.acceptance import Accepted
from services.registration.intake.kinds import OPPORTUNITY
from services.registration.intake.submission import Sent, Submission, Submissions
from shared.credentials import Caller
from shared.errors import DealregError, FieldProblem, RequestInvalid
from shared.events.opportunity import SourceBody
from shared.http.wire.json_body import canonical
from shared.values import BadValue, parse_instant

EARLY = "time.future"
"""The CRM's clock is ahead of ours: the deal is read again a little later."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be told of one deal."""

    record: Record
    messages: Messages
    known: Known
    merged: Mapping[str, Known] = field(default_factory=dict)
    """What is known of the deals that end with it."""
    content: bytes | None = None
    submissions: tuple[Submission, ...] = ()
    bodies: tuple[Mapping[str, Any], ...] = ()
    problems: tuple[FieldProblem, ...] = ()

    @property
    def early(self) -> bool:
        """Whether waiting mends it."""
        return bool(self.problems) and all(one.code == EARLY for one in self.problems)


def prepare(
    place: Configured, record: Record, source: SourceBody, known: Mapping[str, Known], submissions: Submissions
) -> Telling:
    """Return what is to be told. Nothing is stored or sent by it."""
    own = known.get(record.id, Known(Told()))
    before = [id_ for id_, one in known.items() if one.merged_into == record.id]
    record = replace(record, merged=tuple(dict.fromkeys((*record.merged, *before))))
    messages = messages_of(record, place.settings, {id_: one.told for id_, one in known.items()})
    merged = {id_: known.get(id_, Known(Told())) for id_ in messages.merged}
    if messages.problems or not messages.bodies:
        return Telling(record, messages, own, problems=messages.problems)
    content = _content(record, messages)
    bodies = [one for one in messages.bodies if not (_is_main(record, one) and own.content == content)]
    caller = Caller(place.vendor, f"crm:{place.connection}", None, frozenset({OPPORTUNITY.scope}), place.connection)
    made: list[Submission] = []
    problems: list[FieldProblem] = []
    for body in bodies:
        text = canonical(body)
        key = f"{body['external_id']}/{own.count}/{_digest(text).hex()}"
        try:
            one = submissions.prepare(Sent(OPPORTUNITY, body, key, place.connection), caller)
        except RequestInvalid as error:
            problems += error.problems
        except DealregError as error:
            problems.append(FieldProblem("", error.code, error.detail))
        else:
            made.append(_from_body(one, source))
    return Telling(record, messages, own, merged, content, tuple(made), tuple(bodies), tuple(problems))


def _from_body(one: Submission, source: SourceBody) -> Submission:
    # Not part of the message: read again after a crash, the same deal is the same message from another body.
    event = one.event({}).model_copy(update={"source_body": source})
    return replace(one, event=lambda _: event)


def outcome(telling: Telling, outcomes: Sequence[Accepted | DealregError]) -> tuple[list[ToldNow], list[FieldProblem]]:
    """Return what the log has been told by now, and what it did not take."""
    record, messages, own = telling.record, telling.messages, telling.known
    taken = [(body, one) for body, one in zip(telling.bodies, outcomes, strict=True) if isinstance(one, Accepted)]
    refused = [FieldProblem("", one.code, one.detail) for one in outcomes if isinstance(one, DealregError)]
    facts = [one.fact for body, one in taken if _is_main(record, body)]
    told_main = bool(facts) or (telling.content is not None and own.content == telling.content)
    refunds = {str(body["refund"]) for body, _ in taken if body["event"] == "refunded"}
    revision = next((body["source_time"] for body in messages.bodies if _is_main(record, body)), None)
    now = [
        ToldNow(
            deal=record.id,
            state=messages.state if told_main else own.told.state,
            count=own.count + bool(taken),
            content=telling.content if told_main else own.content,
            registration=messages.registration if told_main else own.told.registration,
            revision=parse_instant(revision) if revision else _revision_of(record),
            refunds=sorted(own.told.refunds | refunds),
            fact=facts[0] if facts else None,
        )
    ]
    if not refused:
        now += [_merged(id_, one, record.id) for id_, one in telling.merged.items()]
    return now, refused


def _merged(id_: str, known: Known, into: str) -> ToldNow:
    told = known.told
    return ToldNow(
        id_, "lost", known.count, None, told.registration, None, sorted(told.refunds), None, merged_into=into
    )


def refusal(telling: Telling, problems: Sequence[FieldProblem], source: SourceBody) -> Unusable:
    """List the deal with everything that keeps it from being told."""
    return Unusable(f"deal:{telling.record.id}", problems, body=source.body)


def _is_main(record: Record, body: Mapping[str, Any]) -> bool:
    return bool(body["external_id"] == record.id and body["event"] != "refunded")


def _content(record: Record, messages: Messages) -> bytes:
    """What the deal says, without when and in which word: a change of something that is not mapped is none."""
    said = [{**body, "event": messages.state} for body in messages.bodies if _is_main(record, body)]
    for one in said:
        one.pop("source_time", None)
    return _digest(canonical(said))


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).digest()


def _revision_of(record: Record) -> datetime | None:
    try:
        return parse_instant(record.property("deal.hs_lastmodifieddate"))
    except BadValue:
        return None
