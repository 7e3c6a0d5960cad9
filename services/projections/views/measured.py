"""A registration as measures count it: one version a day, and the cell of the rollup that it counts in.

Every registration counts in one cell at a time, that of the month in which it was submitted. So a number of any day is
a count of registrations as they stood at its end, and opens to exactly these.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from services.projections.views.claim import Waiting, waiting_of, with_waiting
from services.projections.views.versions import replaced
from shared.errors import known
from shared.events import conflict as c
from shared.events import held as h
from shared.events import protection as p
from shared.events import registration as r
from shared.events.amendment import amended, overlaid
from shared.events.base import Event
from shared.events.envelope import Entry
from shared.events.lifecycle import Life
from shared.events.money import Money


class MeasuredRow(NamedTuple):
    """One version of a registration; fields are the columns of `measured`. Days are those of the vendor's time zone."""

    vendor: str
    registration_id: str
    from_day: date
    to_day: date | None
    partner: str
    program: str
    country: str | None
    products: list[str]
    amount_minor: int | None
    currency: str | None
    review: str
    protection: str | None
    hold: str | None
    end_code: str | None
    stage: str
    submitted_on: date
    approved_on: date | None
    protected_on: date | None
    protected_to: date | None
    """The day in which protection ends: its last day is the one before, where it ends with a midnight."""
    ended_on: date | None
    """Of its review or, once approved, of its protection."""
    conflict: str | None
    """`open`, or how its last conflict ended."""
    clock: str | None
    """Whether the last decision with a deadline for the vendor's people is `running`, or was `met` or `missed`."""
    clock_until: datetime | None
    review_since: datetime | None
    """Since when it waits for the vendor's people."""
    review_seconds: int | None
    """How long it waited for them, all waits together that ended."""
    amendment: bytes | None
    """JSON of the amendment that waits for its turn: a `Waiting`."""

    @property
    def life(self) -> Life:
        return Life(self.review, self.protection, self.hold, self.end_code)  # type: ignore[arg-type]


IN_REVIEW = "in_review"
"""The stage of what waits for the vendor's people."""
UNDECIDED = ("draft", "submitted", "waiting", IN_REVIEW, "action_required")
ENDED = ("expired", "released", "revoked")
"""Ends of protection in which nothing was won, nor lost to somebody else."""
APPROVED = ("protected", "converted", "lost", *ENDED)
PROTECTED = "protected"
CONVERTED = "converted"
OPEN_CONFLICT = "open"


def stage_of(life: Life) -> str:
    """The stage: the state, but a review that was closed is `closed` whatever became of the deal."""
    return "closed" if life.review == "closed" else life.state


Sums = tuple[int, int, int, int, int, int, int]
Cell = tuple[str, str, str, str, tuple[str, ...], date, str, str, str]


def cell_of(row: MeasuredRow) -> Cell:
    """Return the cell that the registration counts in; "" where it has no such thing."""
    return (
        row.partner, row.program, row.country or "", row.currency or "", tuple(row.products),
        row.submitted_on.replace(day=1), row.stage, row.conflict or "", row.clock or "",
    )  # fmt: skip


def sums_of(row: MeasuredRow) -> Sums:
    """Return what the registration adds to its cell: additive, so that averages of any day follow."""
    protected, cycle = row.protection == PROTECTED, 0
    if row.protection == CONVERTED:
        cycle = (known(row.ended_on, "end of protection") - row.submitted_on).days
    return (
        1,
        row.amount_minor or 0,
        known(row.protected_on, "begin of protection").toordinal() if protected else 0,
        known(row.protected_to, "end of protection").toordinal() if protected else 0,
        cycle,
        0 if row.review_seconds is None else 1,
        row.review_seconds or 0,
    )


Days = Callable[[datetime], date]
Change = Callable[[MeasuredRow, Any, Entry, Days], MeasuredRow]


def days_of(zone: tzinfo) -> Days:
    """Return the function from instants to days of the zone."""
    return lambda moment: moment.astimezone(zone).date()


def first_row(entry: Entry, event: r.RegistrationSubmitted, days: Days, day: date) -> MeasuredRow:
    """Build the row of a submitted claim."""
    return MeasuredRow(
        vendor=entry.vendor, registration_id=event.registration, from_day=day, to_day=None, partner=event.partner,
        program=event.program, **_content(event), review="draft", protection=None, hold=None, end_code=None,
        stage="draft", submitted_on=days(entry.clock), approved_on=None, protected_on=None, protected_to=None,
        ended_on=None, conflict=None, clock=None, clock_until=None, review_since=None, review_seconds=None,
        amendment=None,
    )  # fmt: skip


def living(row: MeasuredRow, life: Life, entry: Entry) -> MeasuredRow:
    """Return the row with this life, and with the time that it waited for the vendor's people."""
    stage = stage_of(life)
    changes: dict[str, Any] = {
        "review": life.review, "protection": life.protection, "hold": life.hold, "end_code": life.end_code,
        "stage": stage,
    }  # fmt: skip
    if stage == IN_REVIEW and row.review_since is None:
        changes["review_since"] = entry.clock
    elif stage != IN_REVIEW and row.review_since is not None:
        waited = int((entry.clock - row.review_since).total_seconds())
        changes |= {"review_since": None, "review_seconds": (row.review_seconds or 0) + waited}
    return replaced(row, **changes)


def _content(claim: r.RegistrationSubmitted) -> dict[str, Any]:
    amount = claim.amount
    return {
        "country": claim.customer.country,
        "products": list(claim.products),
        "amount_minor": amount.minor if amount else None,
        "currency": amount.currency if amount else None,
    }


def _claim(row: MeasuredRow) -> r.RegistrationSubmitted:
    """The claim for an amendment to merge into; of the customer only the country is measured."""
    amount = Money.of(row.amount_minor, row.currency) if row.amount_minor is not None and row.currency else None
    return r.RegistrationSubmitted(
        registration=row.registration_id, program=row.program, partner=row.partner,
        customer=r.Customer(legal_name="-", country=row.country), products=tuple(row.products), amount=amount,
    )  # fmt: skip


def _clock_starts(row: MeasuredRow, until: datetime) -> MeasuredRow:
    return replaced(row, clock="running", clock_until=until)


def _clock_ends(row: MeasuredRow, entry: Entry) -> MeasuredRow:
    if row.clock_until is None:
        return row
    return replaced(row, clock="met" if entry.clock < row.clock_until else "missed", clock_until=None)


def _completed(row: MeasuredRow, event: Any, entry: Entry, days: Days) -> MeasuredRow:
    return replaced(row, products=list(event.products))


def _held(row: MeasuredRow, event: r.RegistrationHeld, entry: Entry, days: Days) -> MeasuredRow:
    row = replaced(row, ended_on=None)
    if event.reason == "customer_match" and event.until is not None:
        return _clock_starts(row, event.until)
    return _clock_ends(row, entry)


def _approved(row: MeasuredRow, event: r.RegistrationApproved, entry: Entry, days: Days) -> MeasuredRow:
    return replaced(
        _clock_ends(row, entry), approved_on=days(entry.clock), protected_on=days(event.protected_from),
        protected_to=days(event.protected_until), ended_on=None,
    )  # fmt: skip


def _withdrawn(row: MeasuredRow, event: Any, entry: Entry, days: Days) -> MeasuredRow:
    return row if row.protection else _ended(row, event, entry, days)


def _ended(row: MeasuredRow, event: Any, entry: Entry, days: Days) -> MeasuredRow:
    return replaced(_clock_ends(row, entry), ended_on=days(entry.clock))


def _resumed(row: MeasuredRow, event: Any, entry: Entry, days: Days) -> MeasuredRow:
    return replaced(row, ended_on=None)


def _extension_held(row: MeasuredRow, event: p.ExtensionHeld, entry: Entry, days: Days) -> MeasuredRow:
    return _clock_starts(row, event.until)


def _extension_refused(row: MeasuredRow, event: Any, entry: Entry, days: Days) -> MeasuredRow:
    return _clock_ends(row, entry)


def _extended(row: MeasuredRow, event: p.ProtectionExtended, entry: Entry, days: Days) -> MeasuredRow:
    return replaced(_clock_ends(row, entry), protected_to=days(event.protected_until), ended_on=None)


def _amended(row: MeasuredRow, event: r.RegistrationAmended, entry: Entry, days: Days) -> MeasuredRow:
    now = replaced(row, **_content(amended(_claim(row), event)))
    waiting = waiting_of(row)
    if waiting is None:
        return now
    patch, fields = overlaid(waiting, event)
    return with_waiting(now, waiting.model_copy(update={"patch": patch, "fields": fields}))


def _amendment_held(row: MeasuredRow, event: h.AmendmentHeld, entry: Entry, days: Days) -> MeasuredRow:
    at = event.accepted_at or entry.clock
    return with_waiting(row, Waiting(patch=event.patch, fields=event.fields, products=event.products, at=at))


def _amendment_taken(row: MeasuredRow, event: h.AmendmentTaken, entry: Entry, days: Days) -> MeasuredRow:
    waiting = known(waiting_of(row), f"held amendment of {row.registration_id!r}")
    content = _content(amended(_claim(row), waiting)) | {"products": list(event.products)}
    return replaced(row, **content, amendment=None)


def _amendment_refused(row: MeasuredRow, event: Any, entry: Entry, days: Days) -> MeasuredRow:
    return with_waiting(row, None)


def _conflict(row: MeasuredRow, event: Any, entry: Entry, days: Days) -> MeasuredRow:
    return replaced(row, conflict=OPEN_CONFLICT if isinstance(event, c.ConflictDetected) else event.outcome)


CHANGES: dict[type[Event], Change] = {
    r.RegistrationCompleted: _completed,
    r.RegistrationRecognised: _completed,
    r.RegistrationHeld: _held,
    r.RegistrationApproved: _approved,
    r.RegistrationRejected: _ended,
    r.RegistrationClosed: _ended,
    r.RegistrationWithdrawn: _withdrawn,
    r.RegistrationAmended: _amended,
    h.AmendmentHeld: _amendment_held,
    h.AmendmentTaken: _amendment_taken,
    h.AmendmentRefused: _amendment_refused,
    p.ExtensionHeld: _extension_held,
    p.ExtensionRefused: _extension_refused,
    p.ProtectionExtended: _extended,
    p.ProtectionExpired: _ended,
    p.ProtectionConverted: _ended,
    p.ProtectionLost: _ended,
    p.ProtectionReleased: _ended,
    p.ProtectionRevoked: _ended,
    p.ProtectionResumed: _resumed,
    c.ConflictDetected: _conflict,
    c.ConflictResolved: _conflict,
}
"""Each entry of a registration's life that a measure counts, and what it changes beside the life itself."""
