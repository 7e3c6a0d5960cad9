"""The yardstick: an ordinary FastAPI endpoint that validates the same body and does nothing else, served alike."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import FastAPI
from pydantic import Field

from dealreg.runtime.process import run
from dealreg.runtime.server import listen, serving
from services.registration.intake.messages.registration import EvidenceItem, SubmitRegistration
from shared.http.wire.fields import ProductNames


class Body(SubmitRegistration):
    """The same fields and limits, of which FastAPI hands lists over that JSON's own reader makes tuples of."""

    products: Annotated[ProductNames, Field(strict=False)]
    evidence: Annotated[tuple[EvidenceItem, ...], Field(max_length=50, strict=False)] = ()


app = FastAPI()


@app.post("/v1/registrations", status_code=202)
async def submit(body: Body) -> dict[str, str]:
    """Validated, and forgotten."""
    return {"fact": "0" * 32, "location": f"/v1/registrations/{body.program}"}


async def main() -> None:
    """Serves until killed; the first line of output is the address."""
    async with serving(app, listen("127.0.0.1", 0)) as url:
        print(url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    run(main())
