"""The directory's view of vendor, partners and programs in flat form, for `dealreg verify` to compare."""

from __future__ import annotations

from typing import Any

import orjson

from services.registration.directory import VIEW
from shared.events.target import marked
from shared.events.vendor import VendorDocument
from shared.projection.shown import Flat, Shown, digest


def _vendor(record: Any) -> tuple[str, Flat]:
    document = VendorDocument.model_validate_json(record["document"])
    return "", {"mode": record["mode"], "document": digest(document.model_dump(mode="json"))}


def _partner(record: Any) -> tuple[str, Flat]:
    return record["partner"], {
        "name": record["name"], "partner_type": record["partner_type"], "tier": record["tier"],
        "segments": orjson.loads(record["segments"]), "territories": orjson.loads(record["territories"]),
        "scores": orjson.loads(record["scores"]),
        "certifications": orjson.loads(record["certifications"]),
        "targets": {name: marked(one) for name, one in orjson.loads(record["targets"]).items()},
        "suspended": record["status"] == "suspended",
    }  # fmt: skip


def _program(record: Any) -> tuple[str, Flat]:
    versions = orjson.loads(record["versions"])
    last = max(
        (one for one in versions if one["in_effect"] is not None), key=lambda one: one["in_effect"], default=None
    )
    return record["program"], {
        "versions": {one["number"]: digest(one["policy"]) for one in versions},
        "in_force": last["number"] if last else None,
        "withdrawn": (last or versions[-1])["withdrawn"],
    }


_PROGRAMS = """
SELECT vendor, program, json_agg(json_build_object('number', number, 'policy', policy, 'in_effect', in_effect,
                                                   'withdrawn', withdrawn)
                                 ORDER BY number)::text AS versions
FROM registration.directory_program GROUP BY vendor, program ORDER BY vendor, program
"""
SHOWN: tuple[Shown, ...] = (
    Shown("vendor", VIEW, "registration.directory_vendor",
          "SELECT vendor, mode, document FROM registration.directory_vendor ORDER BY vendor", _vendor),
    Shown("partner", VIEW, "registration.directory_partner",
          "SELECT vendor, partner, name, partner_type, tier, segments, territories, scores, certifications, targets, "
          "status FROM registration.directory_partner "
          "ORDER BY vendor, partner", _partner),
    Shown("program", VIEW, "registration.directory_program", _PROGRAMS, _program),
)  # fmt: skip
