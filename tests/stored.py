"""What stands in a stored value, compressed or not, for tests that look for something in every table."""

from __future__ import annotations

from typing import Any

from services.attribution.documents import text_of
from shared.compression import decompressed
from shared.errors import Corrupt


def both_forms(value: bytes) -> bytes:
    """The bytes themselves, and what they are if they are compressed content or headers with one filled in."""
    for stored in (value, value.partition(b"\0")[2]):
        try:
            return value + b"\n" + decompressed(stored)
        except Corrupt:
            continue
    return value


async def unpack_documents(connection: Any) -> None:
    """Every document as JSON, for tests that look into them or damage them by SQL; the decider reads both forms."""
    for row in await connection.fetch("SELECT vendor, kind, id, packed FROM attribution.document WHERE body IS NULL"):
        await connection.execute(
            "UPDATE attribution.document SET body = $4, packed = NULL WHERE vendor = $1 AND kind = $2 AND id = $3",
            row["vendor"],
            row["kind"],
            row["id"],
            text_of(row["packed"]),
        )
