"""The record that a submission becomes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.registration.intake.errors import Bug
from services.registration.intake.submission import Submission
from shared.events.codec import encode_fact
from shared.events.envelope import Fact
from shared.events.sealed import Sealed
from shared.log.port import Record


def record_of(one: Submission, sealed: Mapping[str, Sealed], recorded_at: datetime, *, importing: bool) -> Record:
    """Return the record of the accepted submission; raise `TooLarge`, or `Bug` where it cannot become an event."""
    try:
        return encode_fact(
            Fact(
                id=one.fact,
                vendor=one.vendor,
                event=one.event(sealed),
                recorded_at=recorded_at,
                principal=one.principal,
                partner=one.partner,
                importing=importing,
                traceparent=one.traceparent,
            )
        )
    except ValueError as error:
        # A body that validated but cannot become an event is our bug, and must not fail its neighbours.
        raise Bug(f"the request could not be written as an event ({type(error).__name__})") from error
