"""The dependency that admits only administrators of keys and connections."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from shared.credentials import Caller, assert_administers
from shared.credentials.dependency import authenticate


async def administrator(request: Request) -> Caller:
    """Return the caller if it administers the vendor's keys; raise what `authenticate` raises, and `ScopeMissing`."""
    caller = await authenticate(request)
    assert_administers(caller)
    return caller


Administrator = Annotated[Caller, Depends(administrator)]
"""Checked before anything else in the request."""
