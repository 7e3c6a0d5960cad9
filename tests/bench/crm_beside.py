"""The HubSpot that telling is measured against: a process of its own, with so many deals."""

from __future__ import annotations

import asyncio
import sys

from tests.hubspot import hubspot


async def serve(deals: int) -> None:
    """Say the address, and answer until standard input ends."""
    async with hubspot() as fake:
        for number in range(1, deals + 1):
            fake.put(
                "deals", str(number), dealname=f"Deal {number}", dealstage="talking", pipeline="default",
                amount=f"{1_000 + number}.00", deal_currency_code="EUR", closedate="2027-03-31T00:00:00Z",
                partner="nordlicht",
            )  # fmt: skip
            fake.put("companies", str(number), name=f"Company {number} GmbH", domain=f"company-{number}.example")
            fake.associate(str(number), "companies", str(number))
        print(fake.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
