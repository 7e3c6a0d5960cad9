"""One version of a target, and what an entry makes of it: a part of the view `measures`."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from services.projections.views.versions import replaced
from shared.errors import known
from shared.events.envelope import Entry
from shared.events.target import TargetDropped, TargetSet


class TargetRow(NamedTuple):
    """One version of a partner's target; fields are the columns of `measured_target`."""

    vendor: str
    target: str
    """Its partner and its name."""
    from_day: date
    to_day: date | None
    partner: str
    name: str
    measure: str
    amount_minor: int | None
    currency: str | None
    wanted: int | None
    """How many registrations to reach, of a measure that counts them."""
    program: str | None
    product: str | None
    first_day: date
    last_day: date
    dropped: bool
    """A dropped one keeps its row, so that rows do not depend on how the journal was cut into batches."""


def target_id(event: TargetSet | TargetDropped) -> str:
    """Return the id of the target; neither of its parts may have the stroke."""
    return f"{event.partner}/{event.name}"


def set_row(entry: Entry, event: TargetSet, day: date) -> TargetRow:
    """Build the row of a target that was set, for the first time or again."""
    amount = event.amount
    return TargetRow(
        vendor=entry.vendor, target=target_id(event), from_day=day, to_day=None, partner=event.partner,
        name=event.name, measure=event.measure, amount_minor=amount.minor if amount else None,
        currency=amount.currency if amount else None, wanted=event.count, program=event.program,
        product=event.product, first_day=event.first_day, last_day=event.last_day, dropped=False,
    )  # fmt: skip


def dropped_row(before: TargetRow | None, event: TargetDropped) -> TargetRow:
    """Build the row of a target that was dropped."""
    return replaced(known(before, f"target {event.name!r} of {event.partner!r}"), dropped=True)
