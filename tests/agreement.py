"""What the views say, held in memory against the decider's documents: as `dealreg verify` does over the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dealreg.tools.agreement import parted
from services.attribution import held
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.domain.documents.money import Case, Credit, Reward
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.registration import Registration
from services.projections import shown
from services.projections.views import CASES, CONFLICTS, CREDITS, MATCHES, OPPORTUNITIES, PAYOUTS, PIPELINE, REWARDS
from services.projections.views.payouts import PayoutRows
from services.projections.views.pipeline import PipelineRows
from services.projections.views.versions import Versions
from services.registration.directory.view import DirectoryView, Rows
from shared.events.envelope import Entry
from shared.events.target import marked
from shared.projection.shown import Flat

Said = dict[str, dict[str, Flat]]
"""By table and id."""


def said_by_views(entries: Sequence[Entry]) -> Said:
    """What each view shows after these entries of one vendor."""

    def declared(view: Any) -> list[Entry]:
        return [one for one in entries if one.event.type in view.declares]

    def rows(view: Any) -> list[Any]:
        return list(view.fold(Versions({}), declared(view)).current.values())

    pipeline = PIPELINE.fold(PipelineRows(Versions({}), {}), declared(PIPELINE))
    payouts = PAYOUTS.fold(PayoutRows(Versions({}), Versions({})), declared(PAYOUTS))
    directory = DirectoryView().fold(Rows(), declared(DirectoryView()))
    return {
        "registration": dict(map(shown.registration_of, pipeline.registrations.current.values())),
        "pipeline_opportunity": dict(map(shown.linked_of, pipeline.opportunities.values())),
        "opportunity": dict(map(shown.opportunity_of, rows(OPPORTUNITIES))),
        "credit": credits_of(rows(CREDITS)),
        "reward": dict(map(shown.reward_of, rows(REWARDS))),
        "case": dict(map(shown.case_of, rows(CASES))),
        "conflict": {
            row.registration_id: {"conflict": row.conflict_id} for row in rows(CONFLICTS) if row.state == "open"
        },
        "match": {row.match_id: {"state": "open"} for row in rows(MATCHES) if row.state == "open"},
        "suspension": {
            row.partner: {"suspended": True} for row in payouts.standings.current.values() if row.suspended
        },
        "partner": {
            row.partner: {
                "name": row.name, "partner_type": row.partner_type, "tier": row.tier, "segments": row.segments,
                "targets": {name: marked(one) for name, one in row.targets.items()},
                "suspended": row.status == "suspended",
            }
            for row in directory.partners.values()
        },
    }  # fmt: skip


def credits_of(rows: Iterable[Any]) -> dict[str, Flat]:
    found: dict[str, Flat] = {}
    for row in sorted(rows, key=lambda one: (one.opportunity_id, one.line)):
        flat = found.setdefault(row.opportunity_id, {
            "number": row.number, "registration": row.registration_id, "case": row.won_case,
            "currency": row.currency, "value_minor": row.value_minor, "effective_at": row.effective_at, "shares": [],
        })  # fmt: skip
        flat["shares"].append((row.role, row.partner, row.portion, row.amount_minor))
    return found


def said_by_decider(documents: Mapping[Key, Document | None]) -> Said:
    """What the decider holds of the same things."""
    said: Said = {name: {} for name in (
        "registration", "pipeline_opportunity", "opportunity", "credit", "reward", "case", "conflict", "match",
        "suspension", "partner",
    )}  # fmt: skip
    for key, one in documents.items():
        match one:
            case Registration():
                said["registration"][key[1]] = held.registration_of(one)
                if one.conflict is not None:
                    said["conflict"][key[1]] = {"conflict": one.conflict}
                said["match"] |= {match: {"state": "open"} for match in held.asked_by(key[1], one)}
            case Opportunity():
                said["opportunity"][key[1]] = held.opportunity_of(one)
                said["pipeline_opportunity"][key[1]] = held.opportunity_of(one)
            case Credit():
                if (flat := held.credit_of(one)) is not None:
                    said["credit"][key[1]] = flat
            case Reward():
                said["reward"][key[1]] = held.reward_of(one)
            case Case():
                said["case"][key[1]] = held.case_of(one)
            case Partner():
                said["partner"][key[1]] = held.partner_of(one)
                if one.suspended:
                    said["suspension"][key[1]] = {"suspended": True}
    return said


def disagreements(documents: Mapping[Key, Document | None], entries: Sequence[Entry]) -> list[str]:
    """Where the views, folded from these entries, say otherwise than the documents."""
    wanted, there = said_by_decider(documents), said_by_views(entries)
    return [
        f"{table} {id_}, {column}: decider {expected}, view {seen}"
        for table in sorted(there)
        for id_ in sorted(wanted[table].keys() | there[table].keys())
        for column, expected, seen in parted(wanted[table].get(id_), there[table].get(id_))
    ]
