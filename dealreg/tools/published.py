"""Policies and vendor documents by name: a file, or what a vendor has published."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import orjson

from dealreg.runtime.place import working
from dealreg.tools.policy_files import document_in
from services.registration.directory.reading import Directory, in_force
from services.registration.intake.operator import assert_vendor
from shared.database import open_pool
from shared.errors import Invalid
from shared.events.vendor import VendorDocument
from shared.policy.schema import Policy

DOCUMENT = "document"
"""The word for the vendor document, among names of published versions."""
_PUBLISHED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._:-]{0,79})(?:/([1-9][0-9]{0,6}))?")


class NotPublished(Invalid):
    """The vendor has published nothing of that name."""

    code = "policy.not_published"


def find(named: str, vendor: str | None) -> Policy | VendorDocument:
    """Return the file of that path, else what the vendor published: `program`, `program/version` or `document`."""
    if Path(named).is_file():
        return document_in(Path(named))
    match = _PUBLISHED.fullmatch(named)
    if match is None or vendor is None:
        raise NotPublished(f"{named}: no such file; to read what is published, write program/version and --vendor ID")
    return asyncio.run(_published(vendor, match[1], int(match[2]) if match[2] else None))


async def _published(vendor: str, name: str, number: int | None) -> Policy | VendorDocument:
    async with working(vendor=vendor, schema=True) as settings:
        assert settings.database_url is not None
        pool = await open_pool(settings.database_url.get_secret_value(), settings, name="dealreg cli", max_size=2)
        try:
            await assert_vendor(pool, vendor)
            directory = Directory(pool)
            if name == DOCUMENT and number is None:
                return VendorDocument.model_validate_json(orjson.dumps(await directory.document(vendor)))
            return _version((await directory.programs(vendor, name)).get(name, []), name, number)
        finally:
            await pool.close()


def _version(versions: list[dict[str, Any]], name: str, number: int | None) -> Policy:
    found = in_force(versions) if number is None else next((v for v in versions if v["number"] == number), None)
    if found is None:
        there = ", ".join(f"{name}/{version['number']}" for version in versions) or "no version of it"
        what = "in force" if number is None else "of that number"
        raise NotPublished(f"program {name} has no version {what}; published: {there}")
    return Policy.model_validate_json(orjson.dumps(found["policy"]))
