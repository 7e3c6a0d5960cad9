from __future__ import annotations

import hashlib
from typing import Any

from dealreg.parts import Ground
from shared.events.codec import canonical, decode_entry
from shared.log.port import partition_of


async def digests_verified(ground: Ground, vendor: str) -> dict[str, Any]:
    p = partition_of(vendor, ground.log.partitions)
    end = (await ground.log.end_offsets("journal"))[p]
    reader = await ground.log.reader("journal", p, 0)
    h = hashlib.sha256()
    seq = 0
    try:
        offset = 0
        while offset < end:
            for record in await reader.fetch(2000, 1000):
                offset = record.offset + 1
                e = decode_entry(record)
                if e.vendor == vendor and e.seq > seq:
                    seq = e.seq
                    h.update(canonical(e) + b"\n")
    finally:
        await reader.close()
    return {"journal": h.hexdigest(), "views": {}}
