"""Who administers keys and connections."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from shared.credentials import Caller, authenticate


async def administrator(request: Request) -> Caller:
    """The caller, who has `credentials:admin`; raises what `authenticate` raises, and `ScopeMissing`."""
    caller = await authenticate(request)
    caller.need("credentials:admin")
    return caller


Administrator = Annotated[Caller, Depends(administrator)]
"""Asked for before anything else of the request is judged."""
