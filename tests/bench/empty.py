"""The yardstick: a FastAPI endpoint that validates the same body and does nothing else, served in the same way."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response

from dealreg.server import listen, serving
from services.registration.intake.messages.registration import SubmitRegistration

app = FastAPI()


@app.post("/v1/registrations", status_code=202)
async def submit(request: Request) -> Any:
    """Validated, and forgotten."""
    SubmitRegistration.model_validate_json(await request.body(), context={"partner": None})
    return Response(b'{"fact":"none","location":"/v1/registrations/none"}', 202, media_type="application/json")


async def main() -> None:
    """Serves until killed; the first line of output is the address."""
    async with serving(app, listen("127.0.0.1", 0)) as url:
        print(url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
