"""The feed: every entry as JSON for the vendor, and for each partner its own entries under numbers of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from services.projections.views.audience import Owner, own_subjects, reader_of, redacted
from services.projections.views.versions import copy_rows
from shared.events import opportunity as o
from shared.events import registration as r
from shared.events.envelope import Entry
from shared.events.vendor import FactRefused


class FeedRow(NamedTuple):
    """One entry for the vendor; `known_by` is the largest `known_at` so far, so an instant names one last entry."""

    vendor: str
    seq: int
    type: str
    version: int
    decision: bool
    clock: datetime
    known_at: datetime
    known_by: datetime
    cause: str
    principal: str | None
    subjects: list[str]
    data: str


class PartnerFeedRow(NamedTuple):
    """One entry for one partner: its own number, since gaps in the vendor's would tell of rivals."""

    vendor: str
    partner: str
    n: int
    seq: int
    type: str
    version: int
    decision: bool
    clock: datetime
    cause: str | None
    subjects: list[str]
    data: str


class VendorState(NamedTuple):
    """What the feed remembers of a vendor: the running `known_by`, and the last fact with the partner that read it."""

    vendor: str
    known_by: datetime
    cause: str
    audience: list[str]


@dataclass(slots=True)
class FeedRows:
    """State that a batch needs, and after the fold the state that changed and the rows to insert."""

    vendors: dict[str, VendorState] = field(default_factory=dict)
    owners: dict[tuple[str, str], Owner] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    feed: list[FeedRow] = field(default_factory=list)
    partner_feed: list[PartnerFeedRow] = field(default_factory=list)


class Feed:
    """The view `feed`: it declares every type, so that it can promise to have no gap."""

    name = "feed"
    version = 1
    declares: frozenset[str] | None = None

    def __init__(self, schema: str = "projections") -> None:
        self._schema = schema
        names = ("feed", "partner_feed", "feed_subject", "feed_partner", "feed_vendor")
        self.tables: tuple[str, ...] = tuple(f"{schema}.{name}" for name in names)

    def at(self, schema: str) -> Feed:
        return Feed(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> FeedRows:
        subjects = sorted({(entry.vendor, one) for entry in entries for one in _owned(entry)})
        owners = await connection.fetch(
            f"SELECT t.vendor, t.subject, t.registration_id, t.partner FROM {self._schema}.feed_subject t "
            "JOIN unnest($1::text[], $2::text[]) AS k (vendor, subject) USING (vendor, subject)",
            [vendor for vendor, _ in subjects],
            [one for _, one in subjects],
        )
        vendors = sorted({entry.vendor for entry in entries})
        states = await connection.fetch(
            f"SELECT vendor, known_by, cause, audience FROM {self._schema}.feed_vendor WHERE vendor = ANY ($1::text[])",
            vendors,
        )
        partners = {(row["vendor"], row["partner"]) for row in owners if row["partner"]}
        readers = sorted(partners | {(entry.vendor, one) for entry in entries for one in _partners(entry)})
        counts = await connection.fetch(
            f"SELECT t.vendor, t.partner, t.n FROM {self._schema}.feed_partner t "
            "JOIN unnest($1::text[], $2::text[]) AS k (vendor, partner) USING (vendor, partner)",
            [vendor for vendor, _ in readers],
            [one for _, one in readers],
        )
        return FeedRows(
            {row["vendor"]: VendorState(*row) for row in states},
            {(row["vendor"], row["subject"]): Owner(*row) for row in owners},
            {(row["vendor"], row["partner"]): row["n"] for row in counts},
        )

    def fold(self, rows: FeedRows, entries: Sequence[Entry]) -> FeedRows:
        folding = _Folding(rows)
        for entry in entries:
            folding.add(entry)
        return folding.changed

    async def write(self, connection: Any, changes: FeedRows) -> None:
        for name, row, values in (
            ("feed", FeedRow, changes.feed),
            ("partner_feed", PartnerFeedRow, changes.partner_feed),
        ):
            if values:
                await copy_rows(connection, self._schema, name, row._fields, values)
        if changes.owners:
            await connection.execute(
                f"INSERT INTO {self._schema}.feed_subject "
                "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) "
                "ON CONFLICT (vendor, subject) DO UPDATE "
                "SET registration_id = excluded.registration_id, partner = excluded.partner",
                *zip(*changes.owners.values(), strict=True),
            )
        if changes.counts:
            await connection.execute(
                f"INSERT INTO {self._schema}.feed_partner SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) "
                "ON CONFLICT (vendor, partner) DO UPDATE SET n = excluded.n",
                [vendor for vendor, _ in changes.counts],
                [partner for _, partner in changes.counts],
                list(changes.counts.values()),
            )
        for state in changes.vendors.values():
            await connection.execute(
                f"INSERT INTO {self._schema}.feed_vendor VALUES ($1, $2, $3, $4) ON CONFLICT (vendor) DO UPDATE "
                "SET known_by = excluded.known_by, cause = excluded.cause, audience = excluded.audience",
                *state,
            )


def _owned(entry: Entry) -> set[str]:
    """Subjects of the entry whose owner decides who reads it."""
    event: Any = entry.event
    named = set(entry.subjects)
    for noun, name in (("registration", "registration"), ("registration", "previous")):
        if (found := getattr(event, name, None)) is not None:
            named.add(f"{noun}:{found}")
    return {one for one in named if one.startswith(("registration:", "opportunity:"))}


def _partners(entry: Entry) -> list[str]:
    """Partners that the entry names itself."""
    return [one.removeprefix("partner:") for one in entry.subjects if one.startswith("partner:")]


class _Folding:
    """The fold of one batch: reads what was loaded, collects what changed."""

    def __init__(self, rows: FeedRows) -> None:
        self._before = rows
        self.changed = FeedRows()

    def add(self, entry: Entry) -> None:
        before = self._vendor(entry.vendor)
        known_by = max(before.known_by, entry.known_at) if before else entry.known_at
        self.changed.feed.append(_row(entry, known_by))
        self._learn(entry, released=False)

        def owner_of(subject: str) -> str | None:
            owner = self._owner(entry.vendor, subject)
            return owner.partner if owner else None

        partner = reader_of(entry.event, owner_of)
        cause, audience = (before.cause, before.audience) if before else ("", [])
        if entry.event.kind == "fact" or isinstance(entry.event, FactRefused):
            cause, audience = entry.cause, [partner] if partner else []
        if partner is not None:
            # A cause that is another's fact would give away that other's id.
            own_cause = entry.cause if cause == entry.cause and partner in audience else None
            key = (entry.vendor, partner)
            n = self.changed.counts.get(key, self._before.counts.get(key, 0)) + 1
            self.changed.counts[key] = n
            self.changed.partner_feed.append(
                PartnerFeedRow(
                    entry.vendor, partner, n, entry.seq, entry.event.type, entry.event.version,
                    entry.event.kind == "decision", entry.clock, own_cause,
                    own_subjects(entry.event, entry.subjects, partner, owner_of),
                    orjson.dumps(redacted(entry.event, partner, owner_of)).decode(),
                )
            )  # fmt: skip
        self.changed.vendors[entry.vendor] = VendorState(entry.vendor, known_by, cause, audience)
        self._learn(entry, released=True)

    def _vendor(self, vendor: str) -> VendorState | None:
        return self.changed.vendors.get(vendor) or self._before.vendors.get(vendor)

    def _owner(self, vendor: str, subject: str) -> Owner | None:
        key = (vendor, subject)
        return self.changed.owners.get(key) or self._before.owners.get(key)

    def _learn(self, entry: Entry, *, released: bool) -> None:
        """Who owns what from this entry on; a link counts for its own entry, an unlink only after it."""
        event = entry.event
        if isinstance(event, r.RegistrationSubmitted):
            self._own(entry.vendor, f"registration:{event.registration}", event.registration, event.partner)
        elif isinstance(event, o.OpportunityLinked):
            owner = self._owner(entry.vendor, f"registration:{event.registration}")
            partner = owner.partner if owner else None
            self._own(entry.vendor, f"opportunity:{event.opportunity}", event.registration, partner)
        elif isinstance(event, o.OpportunityUnlinked) and released:
            self._own(entry.vendor, f"opportunity:{event.opportunity}", None, None)

    def _own(self, vendor: str, subject: str, registration: str | None, partner: str | None) -> None:
        owner = Owner(vendor, subject, registration, partner)
        if self._owner(vendor, subject) != owner:
            self.changed.owners[vendor, subject] = owner


def _row(entry: Entry, known_by: datetime) -> FeedRow:
    event = entry.event
    data = event.__pydantic_serializer__.to_json(event, exclude_defaults=True).decode()
    return FeedRow(
        entry.vendor, entry.seq, event.type, event.version, event.kind == "decision", entry.clock,
        entry.known_at, known_by, entry.cause, entry.principal, list(entry.subjects), data,
    )  # fmt: skip
