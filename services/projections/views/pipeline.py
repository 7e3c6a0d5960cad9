"""The pipeline: every registration, a version a fact, with its state, its protection and what its deals came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.projections.views.claim import (
    PipelineRow,
    Waiting,
    claim_of,
    first_row,
    waiting_of,
    with_claim,
    with_evidence,
    with_waiting,
)
from services.projections.views.versions import Key, VersionedTable, Versions, carried, fact_number, replaced
from services.projections.views.won import Linked, counted, followed
from shared.errors import Corrupt, known
from shared.events import held as h
from shared.events import opportunity as o
from shared.events import protection as p
from shared.events import registration as r
from shared.events.amendment import amended, overlaid
from shared.events.base import Event
from shared.events.envelope import Entry
from shared.events.lifecycle import after
from shared.events.opportunity_state import MESSAGES
from shared.projection.port import Touched


@dataclass(slots=True)
class PipelineRows:
    """What a batch may change: current registrations, and the opportunities that count for them."""

    registrations: Versions[PipelineRow]
    opportunities: dict[Key, Linked]


SPARE = (
    "further_customers", "missing", "open_fields", "behind", "lookalikes", "verified", "refuted", "won_currencies",
    "won_minor",
)  # fmt: skip
"""Of the row's lists, those that are empty in most rows."""

Change = Callable[[PipelineRow, Any, Entry], PipelineRow]
_SETTLED: dict[str, Any] = {
    "behind": [], "lookalikes": [], "missing": [], "open_fields": [], "confirm_by": None,
    "contest_until": None,
}  # fmt: skip
"""What no longer holds once the review has ended."""

_NOT_ASKED: dict[str, Any] = {"extension_until": None, "extension_to": None}
"""What a request for an extension leaves once it is answered."""

_NOT_LOST: dict[str, Any] = {"loss_until": None, "objected": False}
"""What a reported loss leaves once it is lifted or has ended protection."""


def _completed(row: PipelineRow, event: r.RegistrationCompleted, entry: Entry) -> PipelineRow:
    policy = event.policy or f"{row.program}/{event.policy_number}"
    at = event.accepted_at or entry.clock
    return replaced(
        row, submitted_at=min(row.submitted_at, at), completed_at=at, policy=policy, tier=event.tier,
        products=list(event.products), missing=[],
    )  # fmt: skip


def _recognised(row: PipelineRow, event: r.RegistrationRecognised, entry: Entry) -> PipelineRow:
    return replaced(row, products=list(event.products), completed_at=event.accepted_at or entry.clock)


def _held(row: PipelineRow, event: r.RegistrationHeld, entry: Entry) -> PipelineRow:
    return replaced(
        row,
        completed_at=None if event.reason == "incomplete" else row.completed_at,
        missing=list(event.missing),
        open_fields=list(event.fields),
        behind=list(event.behind),
        lookalikes=list(event.lookalikes),
        confirm_by=event.until if event.reason == "confirmation" else None,
        contest_until=event.until if event.reason == "contest" else None,
        ended_at=None,
    )


def _approved(row: PipelineRow, event: r.RegistrationApproved, entry: Entry) -> PipelineRow:
    return replaced(
        row,
        protected_from=event.protected_from,
        protected_until=event.protected_until,
        promoted=event.promoted,
        extensions=0,
        ended_at=None,
        **_SETTLED,
    )


def _rejected(row: PipelineRow, event: r.RegistrationRejected, entry: Entry) -> PipelineRow:
    return replaced(row, original=event.original, ended_at=entry.clock, **_SETTLED)


def _withdrawn(row: PipelineRow, event: r.RegistrationWithdrawn, entry: Entry) -> PipelineRow:
    return row if row.protection else _ended(row, event, entry)


def _ended(row: PipelineRow, event: Event, entry: Entry) -> PipelineRow:
    return replaced(row, ended_at=entry.clock, **_NOT_ASKED, **_NOT_LOST, **_SETTLED)


def _amended(row: PipelineRow, event: r.RegistrationAmended, entry: Entry) -> PipelineRow:
    now = replaced(with_claim(row, amended(claim_of(row), event)), revision=row.revision + 1)
    waiting = waiting_of(row)
    if waiting is None:
        return now
    patch, fields = overlaid(waiting, event)
    return with_waiting(now, waiting.model_copy(update={"patch": patch, "fields": fields}))


def _amendment_held(row: PipelineRow, event: h.AmendmentHeld, entry: Entry) -> PipelineRow:
    at = event.accepted_at or entry.clock
    waiting = Waiting(patch=event.patch, fields=event.fields, products=event.products, at=at)
    return replaced(with_waiting(row, waiting), patches=row.patches + 1)


def _amendment_taken(row: PipelineRow, event: h.AmendmentTaken, entry: Entry) -> PipelineRow:
    waiting = known(waiting_of(row), f"held amendment of {row.registration_id!r}")
    now = with_claim(row, amended(claim_of(row), waiting))
    return replaced(
        now, products=list(event.products), completed_at=waiting.at, revision=row.revision + row.patches, patches=0,
        amendment=None,
    )  # fmt: skip


def _amendment_refused(row: PipelineRow, event: h.AmendmentRefused, entry: Entry) -> PipelineRow:
    return with_waiting(row, None)


def _evidence(row: PipelineRow, event: r.EvidenceAdded, entry: Entry) -> PipelineRow:
    return replaced(with_evidence(row, event), revision=row.revision + 1)


def _verified(row: PipelineRow, event: r.EvidenceVerified, entry: Entry) -> PipelineRow:
    refuted = [one for one in row.refuted if one != event.evidence]
    return replaced(row, verified=sorted({*row.verified, event.evidence}), refuted=refuted)


def _refuted(row: PipelineRow, event: r.EvidenceRefuted, entry: Entry) -> PipelineRow:
    verified = [one for one in row.verified if one != event.evidence]
    return replaced(row, verified=verified, refuted=sorted({*row.refuted, event.evidence}))


def _extension_held(row: PipelineRow, event: p.ExtensionHeld, entry: Entry) -> PipelineRow:
    return replaced(row, extension_until=event.until, extension_to=event.extension_to)


def _extension_refused(row: PipelineRow, event: p.ExtensionRefused, entry: Entry) -> PipelineRow:
    return replaced(row, **_NOT_ASKED)


def _extended(row: PipelineRow, event: p.ProtectionExtended, entry: Entry) -> PipelineRow:
    until = event.protected_until
    return replaced(row, protected_until=until, extensions=event.extensions, ended_at=None, **_NOT_ASKED)


def _loss_held(row: PipelineRow, event: p.LossHeld, entry: Entry) -> PipelineRow:
    return replaced(row, loss_until=event.until)


def _objected(row: PipelineRow, event: r.ObjectionRaised, entry: Entry) -> PipelineRow:
    return replaced(row, objected=True)


def _loss_lifted(row: PipelineRow, event: p.LossLifted, entry: Entry) -> PipelineRow:
    return replaced(row, **_NOT_LOST)


def _resumed(row: PipelineRow, event: p.ProtectionResumed, entry: Entry) -> PipelineRow:
    return replaced(row, ended_at=None)


CHANGES: dict[type[Event], Change] = {
    r.RegistrationCompleted: _completed,
    r.RegistrationRecognised: _recognised,
    r.RegistrationHeld: _held,
    r.RegistrationApproved: _approved,
    r.RegistrationRejected: _rejected,
    r.RegistrationClosed: _ended,
    r.RegistrationWithdrawn: _withdrawn,
    r.RegistrationAmended: _amended,
    h.AmendmentHeld: _amendment_held,
    h.AmendmentTaken: _amendment_taken,
    h.AmendmentRefused: _amendment_refused,
    r.EvidenceAdded: _evidence,
    r.EvidenceVerified: _verified,
    r.EvidenceRefuted: _refuted,
    r.ObjectionRaised: _objected,
    p.LossHeld: _loss_held,
    p.LossLifted: _loss_lifted,
    p.ExtensionHeld: _extension_held,
    p.ExtensionRefused: _extension_refused,
    p.ProtectionExtended: _extended,
    p.ProtectionExpired: _ended,
    p.ProtectionConverted: _ended,
    p.ProtectionLost: _ended,
    p.ProtectionReleased: _ended,
    p.ProtectionRevoked: _ended,
    p.ProtectionResumed: _resumed,
}
"""Each entry of a registration's life, and what it changes beside the life itself."""
OPPORTUNITIES: frozenset[type[Event]] = frozenset((*MESSAGES, o.OpportunityLinked, o.OpportunityUnlinked))
"""Asked by an event's own class: to ask a model of pydantic's whether it is of eight others takes microseconds."""


DECLARED: tuple[type[Event], ...] = (r.RegistrationSubmitted, *CHANGES, *OPPORTUNITIES)


class Pipeline:
    """The view `pipeline`."""

    name = "pipeline"
    version = 1
    declares: frozenset[str] | None = frozenset(one.type for one in DECLARED)

    def __init__(self, schema: str = "projections") -> None:
        self.registrations = VersionedTable(schema, "pipeline", PipelineRow, SPARE)
        self.opportunities = f"{schema}.pipeline_opportunity"
        self.tables: tuple[str, ...] = (self.registrations.qualified, self.opportunities)

    def at(self, schema: str) -> Pipeline:
        return Pipeline(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> PipelineRows:
        opportunities = await self._linked(connection, entries)
        wanted = {(one.vendor, one.registration_id) for one in opportunities.values() if one.registration_id}
        for entry in entries:
            fields = entry.event.__dict__  # pydantic looks long for an attribute that is not there
            for name in ("registration", "previous"):
                if (found := fields.get(name)) is not None:
                    wanted.add((entry.vendor, found))
        return PipelineRows(await self.registrations.load(connection, wanted), opportunities)

    async def _linked(self, connection: Any, entries: Sequence[Entry]) -> dict[Key, Linked]:
        keys = sorted({(e.vendor, e.event.opportunity) for e in entries if type(e.event) in OPPORTUNITIES})  # type: ignore[attr-defined]
        if not keys:
            return {}
        records = await connection.fetch(
            f"SELECT {', '.join(f't.{column}' for column in Linked._fields)} FROM {self.opportunities} t "
            "JOIN unnest($1::text[], $2::text[]) AS k (vendor, id) "
            "ON t.vendor = k.vendor AND t.opportunity_id = k.id",
            [vendor for vendor, _ in keys],
            [one for _, one in keys],
        )
        return {(record[0], record[1]): Linked(*record) for record in records}

    async def links(self, connection: Any, touched: Iterable[Touched]) -> Mapping[Touched, Sequence[str]]:
        """A message on an opportunity changes the registration that it is linked to."""
        named = [(vendor, one) for vendor, one in touched if one.startswith("opportunity:")]
        records = await connection.fetch(
            f"SELECT t.vendor, t.opportunity_id, t.registration_id FROM {self.opportunities} t "
            "JOIN unnest($1::text[], $2::text[]) AS k (vendor, id) "
            "ON t.vendor = k.vendor AND t.opportunity_id = k.id WHERE t.registration_id IS NOT NULL",
            [vendor for vendor, _ in named],
            [one.removeprefix("opportunity:") for _, one in named],
        )
        return {(record[0], f"opportunity:{record[1]}"): (f"registration:{record[2]}",) for record in records}

    def carry(self, rows: PipelineRows, changes: PipelineRows | None) -> PipelineRows:
        if changes is None:
            return rows
        return PipelineRows(
            carried(rows.registrations, changes.registrations), rows.opportunities | changes.opportunities
        )

    def fold(self, rows: PipelineRows, entries: Sequence[Entry]) -> PipelineRows:
        registrations = Versions(dict(rows.registrations.current))
        known = dict(rows.opportunities)
        changed: dict[Key, Linked] = {}
        for entry in entries:
            event = entry.event
            if type(event) in OPPORTUNITIES:
                key = (entry.vendor, event.opportunity)  # type: ignore[attr-defined]
                before = known.get(key)
                now = followed(before, entry.vendor, event)
                if now != before:
                    known[key] = changed[key] = now
                    _recount(registrations, entry, before, now)
            else:
                _live(registrations, entry)
        return PipelineRows(registrations, changed)

    async def write(self, connection: Any, changes: PipelineRows) -> None:
        await self.registrations.write(connection, changes.registrations)
        if changes.opportunities:
            columns = list(zip(*changes.opportunities.values(), strict=True))
            await connection.execute(
                f"INSERT INTO {self.opportunities} "
                f"SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], "
                "$7::timestamptz[], $8::bigint[]) "
                "ON CONFLICT (vendor, opportunity_id) DO UPDATE SET registration_id = excluded.registration_id, "
                "state = excluded.state, amount_minor = excluded.amount_minor, currency = excluded.currency, "
                "source_time = excluded.source_time, source_version = excluded.source_version",
                *columns,
            )


def _live(registrations: Versions[PipelineRow], entry: Entry) -> None:
    event: Any = entry.event
    before = registrations.get((entry.vendor, event.registration))
    if type(event) is r.RegistrationSubmitted:
        after(before.life if before else None, event)
        _put(registrations, first_row(entry, event), entry)
        return
    if before is None:
        raise Corrupt(f"{event.type} concerns {event.registration}, which was never submitted")
    life = after(before.life, event)
    row = CHANGES[type(event)](before, event, entry)
    _put(registrations, row if life == before.life else row.living(life), entry)


def _put(registrations: Versions[PipelineRow], row: PipelineRow, entry: Entry) -> None:
    # A claim that is submitted, completed and approved at once was never seen as a draft.
    registrations.put(row, entry.seq, fact_number(entry.cause))


def _recount(registrations: Versions[PipelineRow], entry: Entry, before: Linked | None, now: Linked) -> None:
    # Both sides are counted before any is put: an entry that moves nothing leaves no version.
    rows: dict[str, PipelineRow] = {}
    for opportunity, sign in ((before, -1), (now, 1)):
        if opportunity is None or opportunity.registration_id is None:
            continue
        owner = opportunity.registration_id
        row = rows.get(owner) or registrations.get((entry.vendor, owner))
        if row is None:
            raise Corrupt(f"{opportunity.opportunity_id} is linked to {owner}, which was never submitted")
        rows[owner] = counted(row, opportunity, sign)
    for row in rows.values():
        _put(registrations, row, entry)
