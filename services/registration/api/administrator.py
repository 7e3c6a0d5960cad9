"""Who administers keys and connections."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from shared.credentials import Caller, assert_administers, authenticate


async def administrator(request: Request) -> Caller:
    """The caller, who administers the vendor's keys; raises what `authenticate` raises, and `ScopeMissing`."""
    caller = await authenticate(request)
    assert_administers(caller)
    return caller


Administrator = Annotated[Caller, Depends(administrator)]
"""Asked for before anything else of the request is judged."""
