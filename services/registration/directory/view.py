"""The view `directory`: vendor, partners and programs, as the edge knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from shared.events.envelope import Entry
from shared.events.partner import (
    PartnerCertified,
    PartnerChanged,
    PartnerEnrolled,
    PartnerReinstated,
    PartnerScored,
    PartnerSuspended,
)
from shared.events.program import ProgramPublished, ProgramTookEffect, ProgramWithdrawn
from shared.events.standing import SUSPENDED, attested, profile
from shared.events.target import TargetDropped, TargetSet
from shared.events.vendor import VendorConfigured, VendorCreated, VendorWentLive
from shared.policy.references import retired_products


@dataclass(frozen=True, slots=True)
class VendorRow:
    """The vendor and its document."""

    vendor: str
    name: str
    mode: str
    document: dict[str, Any]
    retired: dict[str, str]
    """Products that the document no longer lists, with the lines that claims on them still belong to."""
    seq: int


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner and its current terms."""

    vendor: str
    partner: str
    name: str
    partner_type: str | None
    tier: str | None
    segments: dict[str, str]
    status: str
    seq: int
    scores: dict[str, str] = field(default_factory=dict)
    certifications: dict[str, str | None] = field(default_factory=dict)
    territories: Sequence[str] = ()
    targets: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """One policy version; `in_effect` is the entry at which it took effect, None before."""

    vendor: str
    program: str
    number: int
    policy: dict[str, Any]
    in_effect: int | None
    withdrawn: bool
    """Whether the program was withdrawn for new registrations after this version was published."""
    seq: int


@dataclass(slots=True)
class Rows:
    """Rows that a batch of entries may change, by key."""

    vendors: dict[str, VendorRow] = field(default_factory=dict)
    partners: dict[tuple[str, str], PartnerRow] = field(default_factory=dict)
    programs: dict[tuple[str, str, int], ProgramRow] = field(default_factory=dict)


_OF_TARGET = TargetSet | TargetDropped
_OF_PARTNER = (
    PartnerEnrolled
    | PartnerChanged
    | PartnerScored
    | PartnerCertified
    | PartnerSuspended
    | PartnerReinstated
    | _OF_TARGET
)
_JSON = ("segments", "territories", "scores", "certifications", "targets")
_EVENTS = (
    VendorCreated, VendorConfigured, VendorWentLive, PartnerEnrolled, PartnerChanged, PartnerScored, PartnerCertified,
    PartnerSuspended, PartnerReinstated, TargetSet, TargetDropped, ProgramPublished, ProgramTookEffect,
    ProgramWithdrawn,
)  # fmt: skip


class DirectoryView:
    """A view as the projection port describes it."""

    name = "directory"
    version = 1
    declares: frozenset[str] | None = frozenset(event.type for event in _EVENTS)

    def __init__(self, schema: str = "registration") -> None:
        self._vendors = f"{schema}.directory_vendor"
        self._partners = f"{schema}.directory_partner"
        self._programs = f"{schema}.directory_program"
        self.tables: tuple[str, ...] = (self._vendors, self._partners, self._programs)

    def at(self, schema: str) -> DirectoryView:
        """The same view over tables in another schema, for a verification to recompute."""
        return DirectoryView(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> Rows:
        """Load the current rows of everything that the entries name."""
        vendors = sorted({entry.vendor for entry in entries})
        partners = sorted({(entry.vendor, entry.event.partner) for entry in entries if _names_partner(entry)})  # type: ignore[attr-defined]
        programs = sorted({(entry.vendor, entry.event.program) for entry in entries if _names_program(entry)})  # type: ignore[attr-defined]
        rows = Rows()
        for row in await connection.fetch(
            f"SELECT vendor, name, mode, document, retired, seq FROM {self._vendors} WHERE vendor = ANY ($1::text[])",
            vendors,
        ):
            rows.vendors[row["vendor"]] = VendorRow(
                **{**row, "document": orjson.loads(row["document"]), "retired": orjson.loads(row["retired"])}
            )
        for row in await connection.fetch(
            f"SELECT d.* FROM {self._partners} d "
            "JOIN unnest($1::text[], $2::text[]) AS wanted (vendor, partner) USING (vendor, partner)",
            [vendor for vendor, _ in partners],
            [partner for _, partner in partners],
        ):
            found = PartnerRow(**{**row, **{name: orjson.loads(row[name]) for name in _JSON}})
            rows.partners[found.vendor, found.partner] = found
        for row in await connection.fetch(
            f"SELECT d.* FROM {self._programs} d "
            "JOIN unnest($1::text[], $2::text[]) AS wanted (vendor, program) USING (vendor, program)",
            [vendor for vendor, _ in programs],
            [program for _, program in programs],
        ):
            version = ProgramRow(**{**row, "policy": orjson.loads(row["policy"])})
            rows.programs[version.vendor, version.program, version.number] = version
        return rows

    def fold(self, rows: Rows, entries: Sequence[Entry]) -> Rows:
        """Apply the entries and return the changed rows."""
        changed = Rows()
        for entry in entries:
            _fold_one(rows, changed, entry)
        return changed

    async def write(self, connection: Any, changes: Rows) -> None:
        """Write the changed rows over the old ones."""
        await _replace(
            connection,
            self._vendors,
            ("vendor", "name", "mode", "document", "retired", "seq"),
            ("text", "text", "text", "jsonb", "jsonb", "bigint"),
            1,
            list(changes.vendors.values()),
        )
        await _replace(
            connection,
            self._partners,
            ("vendor", "partner", "name", "partner_type", "tier", *_JSON, "status", "seq"),
            ("text", "text", "text", "text", "text", *("jsonb" for _ in _JSON), "text", "bigint"),
            2,
            list(changes.partners.values()),
        )
        await _replace(
            connection,
            self._programs,
            ("vendor", "program", "number", "policy", "in_effect", "withdrawn", "seq"),
            ("text", "text", "integer", "jsonb", "bigint", "boolean", "bigint"),
            3,
            list(changes.programs.values()),
        )


def _names_partner(entry: Entry) -> bool:
    return isinstance(entry.event, _OF_PARTNER)


def _names_program(entry: Entry) -> bool:
    return isinstance(entry.event, ProgramPublished | ProgramTookEffect | ProgramWithdrawn)


def _fold_one(rows: Rows, changed: Rows, entry: Entry) -> None:
    event = entry.event
    if isinstance(event, VendorCreated | VendorConfigured | VendorWentLive):
        vendor = _vendor(rows.vendors.get(entry.vendor), entry)
        rows.vendors[entry.vendor] = changed.vendors[entry.vendor] = vendor
    elif isinstance(event, _OF_PARTNER):
        key = entry.vendor, event.partner
        rows.partners[key] = changed.partners[key] = _partner(rows.partners.get(key), entry)
    elif isinstance(event, ProgramPublished):
        version = entry.vendor, event.program, event.number
        row = ProgramRow(*version, dict(event.policy), None, False, entry.seq)
        rows.programs[version] = changed.programs[version] = row
    elif isinstance(event, ProgramTookEffect):
        version = entry.vendor, event.program, event.number
        row = rows.programs[version]
        row = replace(row, in_effect=entry.seq, withdrawn=row.withdrawn and _is_withdrawn(rows, row), seq=entry.seq)
        rows.programs[version] = changed.programs[version] = row
    elif isinstance(event, ProgramWithdrawn):
        for version in [one for one in rows.programs if one[:2] == (entry.vendor, event.program)]:
            row = replace(rows.programs[version], withdrawn=True, seq=entry.seq)
            rows.programs[version] = changed.programs[version] = row


def _is_withdrawn(rows: Rows, row: ProgramRow) -> bool:
    """Whether the program was withdrawn and no later version has opened it again since."""
    versions = [one for key, one in rows.programs.items() if key[:2] == (row.vendor, row.program)]
    last = max(versions, key=lambda one: one.in_effect or 0)
    return last.in_effect is None or last.withdrawn


def _vendor(row: VendorRow | None, entry: Entry) -> VendorRow:
    event = entry.event
    if isinstance(event, VendorCreated):
        return VendorRow(entry.vendor, event.name, event.mode, {}, {}, entry.seq)
    if row is None:
        raise LookupError(f"{event.type} of a vendor that was never created")
    if isinstance(event, VendorConfigured):
        listed = row.retired | {one["product"]: one["line"] for one in row.document.get("products", [])}
        retired = retired_products(listed, event.document)
        return replace(row, document=event.document.model_dump(mode="json"), retired=retired, seq=entry.seq)
    return replace(row, mode="live", seq=entry.seq)


def _partner(row: PartnerRow | None, entry: Entry) -> PartnerRow:
    event = entry.event
    if isinstance(event, PartnerEnrolled):
        return PartnerRow(entry.vendor, event.partner, status="active", seq=entry.seq, **profile(event, {}))
    if row is None:
        raise LookupError(f"{event.type} of a partner that was never enrolled")
    if isinstance(event, PartnerChanged):
        known = {
            "name": row.name,
            "partner_type": row.partner_type,
            "tier": row.tier,
            "segments": row.segments,
            "territories": row.territories,
        }
        return replace(row, seq=entry.seq, **profile(event, known))
    if isinstance(event, PartnerScored | PartnerCertified):
        scores, certifications = attested(event, row.scores, row.certifications)
        return replace(row, seq=entry.seq, scores=scores, certifications=certifications)
    if isinstance(event, TargetSet | TargetDropped):
        targets = {name: one for name, one in row.targets.items() if name != event.name}
        if isinstance(event, TargetSet):
            targets[event.name] = event.stated()
        return replace(row, seq=entry.seq, targets=targets)
    return replace(row, status="suspended" if SUSPENDED[type(event)] else "active", seq=entry.seq)


async def _replace(
    connection: Any, table: str, columns: tuple[str, ...], types: tuple[str, ...], keys: int, rows: list[Any]
) -> None:
    if not rows:
        return
    names = ", ".join(columns)
    arrays = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(types, 1))
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns[keys:])
    await connection.execute(
        f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) "
        f"ON CONFLICT ({', '.join(columns[:keys])}) DO UPDATE SET {updates}",
        *([_plain(getattr(row, name)) for row in rows] for name in columns),
    )


def _plain(value: Any) -> Any:
    return (
        orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if isinstance(value, dict | list | tuple) else value
    )
