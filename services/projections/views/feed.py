"""The view `feed`: every entry as JSON for the vendor, and each partner's own entries with their own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from services.projections.views.audience import Owner, OwnerOf, own_subjects, readers_of, redacted
from services.projections.views.feed_rows import SEARCHED, FeedRow, FeedRows, PartnerFeedRow, VendorState
from services.projections.views.own_money import CREDIT, credited_by
from services.projections.views.versions import copy_rows
from shared.compression import compressed
from shared.events import opportunity as o
from shared.events import registration as r
from shared.events.codec import content_of
from shared.events.envelope import Entry
from shared.events.registry import LATER_VERSIONS


class Feed:
    """The view `feed`: it declares every type, so that it can promise to have no gap."""

    name = "feed"
    # It stores events in their newest version, so a release that changes one must rebuild it.
    version = 1 + LATER_VERSIONS
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
            f"SELECT t.vendor, t.subject, t.registration_id, t.partner, t.credited FROM {self._schema}.feed_subject t "
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
        partners |= {(row["vendor"], one) for row in owners for one in row["credited"]}
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

    def carry(self, rows: FeedRows, changes: FeedRows | None) -> FeedRows:
        if changes is None:
            return rows
        return FeedRows(rows.vendors | changes.vendors, rows.owners | changes.owners, rows.counts | changes.counts)

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
                # unnest takes no lists of different lengths, and no partner's id has a comma
                "SELECT vendor, subject, registration, partner, string_to_array(credited, ',') "
                "FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) "
                "AS k (vendor, subject, registration, partner, credited) ON CONFLICT (vendor, subject) DO UPDATE "
                "SET registration_id = excluded.registration_id, partner = excluded.partner, "
                "credited = excluded.credited",
                *zip(*((*one[:4], ",".join(one.credited)) for one in changes.owners.values()), strict=True),
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
    """Return the subjects of the entry whose owners decide who reads it."""
    # Not `getattr`: what an event does not have, pydantic looks for in many places.
    fields = entry.event.__dict__
    named = set(entry.subjects)
    for name in ("registration", "previous"):
        if (found := fields.get(name)) is not None:
            named.add(f"registration:{found}")
    return {one for one in named if one.startswith(("registration:", "opportunity:"))}


def _partners(entry: Entry) -> list[str]:
    """Return the partners that the entry names."""
    return [one.removeprefix("partner:") for one in entry.subjects if one.startswith("partner:")]


class _Folding:
    """Folds one batch: reads what was loaded, collects what changed."""

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

        readers = readers_of(entry.event, owner_of, self._credited(entry))
        cause, audience = (before.cause, before.audience) if before else ("", [])
        if entry.event.own:
            cause, audience = entry.cause, readers
        for partner in readers:
            # A cause that is another partner's fact would reveal that fact's id.
            caused = cause == entry.cause and partner in audience
            self._show(entry, partner, caused, owner_of)
        self.changed.vendors[entry.vendor] = VendorState(entry.vendor, known_by, cause, audience)
        self._learn(entry, released=True)

    def _show(self, entry: Entry, partner: str, caused: bool, owner_of: OwnerOf) -> None:
        """Add the entry to the partner's feed."""
        key = (entry.vendor, partner)
        n = self.changed.counts.get(key, self._before.counts.get(key, 0)) + 1
        self.changed.counts[key] = n
        subjects = own_subjects(entry.event, entry.subjects, partner, owner_of)
        own = orjson.dumps(redacted(entry.event, partner, owner_of))
        self.changed.partner_feed.append(
            PartnerFeedRow(
                entry.vendor, partner, n, entry.seq, caused,
                None if len(subjects) == len(entry.subjects) else subjects,
                *(_kept(entry, own) if own != content_of(entry) or entry.event.type in SEARCHED else (None, None)),
            )
        )  # fmt: skip

    def _credited(self, entry: Entry) -> Sequence[str]:
        """Return the partners that have credit on the deal of a credit entry so far."""
        event: Any = entry.event
        if type(event) not in CREDIT:
            return ()
        owner = self._owner(entry.vendor, f"opportunity:{event.opportunity}")
        return owner.credited if owner else ()

    def _vendor(self, vendor: str) -> VendorState | None:
        return self.changed.vendors.get(vendor) or self._before.vendors.get(vendor)

    def _owner(self, vendor: str, subject: str) -> Owner | None:
        key = (vendor, subject)
        return self.changed.owners.get(key) or self._before.owners.get(key)

    def _learn(self, entry: Entry, *, released: bool) -> None:
        """Update owners; a link counts for its own entry, an unlink only after it."""
        event: Any = entry.event
        kind = type(event)
        if kind is r.RegistrationSubmitted:
            self._own(entry.vendor, f"registration:{event.registration}", event.registration, event.partner)
        elif kind is o.OpportunityLinked:
            owner = self._owner(entry.vendor, f"registration:{event.registration}")
            partner = owner.partner if owner else None
            self._own(entry.vendor, f"opportunity:{event.opportunity}", event.registration, partner)
        elif kind is o.OpportunityUnlinked and released:
            self._own(entry.vendor, f"opportunity:{event.opportunity}", None, None)
        elif kind in CREDIT and released:
            self._credit(entry.vendor, f"opportunity:{event.opportunity}", event)

    def _own(self, vendor: str, subject: str, registration: str | None, partner: str | None) -> None:
        before = self._owner(vendor, subject)
        self._keep(Owner(vendor, subject, registration, partner, before.credited if before else []))

    def _credit(self, vendor: str, subject: str, event: Any) -> None:
        before = self._owner(vendor, subject) or Owner(vendor, subject, None, None, [])
        self._keep(before._replace(credited=credited_by(event, before.credited)))

    def _keep(self, owner: Owner) -> None:
        if self._owner(owner.vendor, owner.subject) != owner:
            self.changed.owners[owner.vendor, owner.subject] = owner


def _row(entry: Entry, known_by: datetime) -> FeedRow:
    event = entry.event
    return FeedRow(
        entry.vendor, entry.seq, event.type, event.version, event.kind == "decision", entry.clock,
        entry.known_at, known_by, entry.cause, entry.principal, list(entry.subjects), *_kept(entry, content_of(entry)),
    )  # fmt: skip


def _kept(entry: Entry, content: bytes) -> tuple[str | None, bytes | None]:
    """The content as it is kept: as JSON where queries look into it, else compressed."""
    return (content.decode(), None) if entry.event.type in SEARCHED else (None, compressed(content))
