"""Targets of partners: set and dropped, and when one agrees with itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import blake2b
from typing import Annotated, Any, ClassVar, Literal, Self

import orjson
from pydantic import Field, model_validator

from shared.events.base import Day, Event, Id, Short, subject
from shared.events.money import Money
from shared.values import BadValue
from shared.values.fields import refuse_at

TargetMeasure = Literal["registrations", "approved", "won", "value", "approved_value", "won_value"]
"""Numbers of `GET /v1/measures` that registrations reach on a day of their own."""
VALUES: Mapping[TargetMeasure, TargetMeasure] = {
    "value": "registrations", "approved_value": "approved", "won_value": "won",
}  # fmt: skip
"""Measures that sum amounts, with the one that counts the same registrations."""
MOST_DAYS = 1_827
"""Five years, two leap days among them."""
MOST_COUNT = 1_000_000
Count = Annotated[int, Field(ge=1, le=MOST_COUNT)]


def contradictions(
    measure: TargetMeasure, amount: Money | None, count: int | None, first_day: date, last_day: date
) -> Iterator[tuple[tuple[str | int, ...], BadValue]]:
    """Yield what a target cannot say at once, each with its field."""
    wanted, other = ("amount", "count") if measure in VALUES else ("count", "amount")
    given = {"amount": amount, "count": count}
    if given[wanted] is None:
        detail = f"is required: {measure} {'sums amounts' if wanted == 'amount' else 'counts registrations'}"
        yield (wanted,), BadValue("field.missing", detail)
    if given[other] is not None:
        yield (other,), BadValue("field.not_applicable", f"does not go with {measure}; give `{wanted}` alone")
    if amount is not None and not amount.minor:
        yield ("amount",), BadValue("number.out_of_range", "must be above zero; drop a target to end it")
    if last_day < first_day:
        yield ("last_day",), BadValue("date.out_of_range", f"is before first_day, {first_day}; give it or a later day")
    elif (days := (last_day - first_day).days + 1) > MOST_DAYS:
        detail = f"makes it {days} days; a target has at most {MOST_DAYS}, five years"
        yield ("last_day",), BadValue("date.out_of_range", detail)


class _OfTarget(Event):
    partner: Id
    name: Id
    """The target's, among those of its partner."""

    def subjects(self) -> tuple[str, ...]:
        return subject("partner", self.partner)


class TargetSet(_OfTarget):
    """The partner is to reach so much of a measure within a period; set again, the newer one replaces it."""

    type: ClassVar[str] = "target.set"

    measure: TargetMeasure
    amount: Money | None = None
    """What to reach, of a measure that sums amounts."""
    count: Count | None = None
    """What to reach, of a measure that counts registrations."""
    program: Id | None = None
    """Only registrations of this program count."""
    product: Short | None = None
    """Only registrations with this product count, each whole; a name of the vendor document's products."""
    first_day: Day
    """The first day that counts, in the vendor's time zone."""
    last_day: Day

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        found = contradictions(self.measure, self.amount, self.count, self.first_day, self.last_day)
        refuse_at("TargetSet", found)
        return self

    def stated(self) -> dict[str, Any]:
        """The target as documents have it, without its partner and name."""
        return self.model_dump(mode="json", exclude={"partner", "name"})

    def mark(self) -> str:
        """A short text that tells this target from any other of the name."""
        return marked(self.stated())


def marked(stated: Mapping[str, Any]) -> str:
    """Return the mark of a target by what it states."""
    return blake2b(orjson.dumps(stated, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


class TargetDropped(_OfTarget):
    """The target counts no longer. What was reached stays as it is."""

    type: ClassVar[str] = "target.dropped"
