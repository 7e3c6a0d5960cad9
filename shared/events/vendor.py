"""The vendor: its creation, its document (products, partner types, tiers, calendars), its going live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from shared.events.base import Day, Decision, Event, Id, Moment, Part, Short, Value, subject
from shared.events.money import Money
from shared.policy.zones import TimeZone
from shared.values import BadValue
from shared.values.fields import ClockTime, Country, refuse_at

_CONTRADICTION = "vendor.contradiction"
_EXPLAINED = ConfigDict(use_attribute_docstrings=True)
"""Editors show what stands below a field, by the schema of the vendor document."""


class Product(Part):
    """A product that can be registered: its name, its line, other spellings, its list price if known."""

    model_config = _EXPLAINED

    product: Short
    """Its name, as registrations spell it."""
    line: Short
    """The product line that it belongs to."""
    aliases: tuple[Short, ...] = Field(default=(), max_length=50)
    """Other spellings of its name."""
    list_price: Money | None = None
    """What one unit costs before discounts."""


class Calendar(Part):
    """Non-business days: ISO weekdays (1 Monday to 7 Sunday) and single dates. Business hours of the others."""

    model_config = _EXPLAINED

    weekend: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (6, 7)
    """ISO weekdays on which nobody works: 1 is Monday, 7 is Sunday."""
    holidays: tuple[Day, ...] = Field(default=(), max_length=1000)
    """Single days on which nobody works."""
    opens: ClockTime = "09:00"
    """When business hours begin, such as `09:00`."""
    closes: ClockTime = "17:00"
    """When they end."""

    @model_validator(mode="after")
    def _some_day_is_open(self) -> Self:
        if len(set(self.weekend)) == 7:
            message = "names all seven days; leave at least one business day"
            refuse_at("Calendar", [(("weekend",), BadValue(_CONTRADICTION, message))])
        # Shorter ones would make the longest period of business hours outlast the calendar.
        if _minutes(self.closes) - _minutes(self.opens) < 60:
            message = "is less than an hour after opens; open for an hour or longer"
            refuse_at("Calendar", [(("closes",), BadValue(_CONTRADICTION, message))])
        return self


def _minutes(written: str) -> int:
    hours, _, minutes = written.partition(":")
    return int(hours) * 60 + int(minutes)


class VendorDocument(Part):
    """What stands above the programs: products with lines and aliases, what partners may have, calendars."""

    model_config = _EXPLAINED

    products: tuple[Product, ...] = Field(default=(), max_length=20_000)
    """Everything that can be registered."""
    partner_types: tuple[Short, ...] = Field(default=(), max_length=100)
    """Kinds of partners, such as reseller."""
    tiers: tuple[Short, ...] = Field(default=(), max_length=100)
    """Tiers from lowest to highest."""
    scores: tuple[Short, ...] = Field(default=(), max_length=100)
    """Names of scores that partners are given, such as an index of a partner program."""
    certifications: tuple[Short, ...] = Field(default=(), max_length=500)
    """Names of certificates that partners earn."""
    territories: dict[Short, Annotated[tuple[Country, ...], Field(min_length=1, max_length=300)]] = Field(
        default={}, max_length=300
    )
    """Countries by territory, each in one at most; a country in none is a territory of its own, by its code."""
    calendars: dict[Id, Calendar] = Field(default={}, max_length=300)
    """Calendars by name, whose business days and hours policies count."""
    time_zone: TimeZone = "UTC"
    """IANA name; whose midnights end the days and months of measures. Policies have one of their own."""

    def spellings(self) -> dict[str, str]:
        """Each product by its name and its aliases, folded: case does not matter."""
        found = {alias.casefold(): one.product for one in self.products for alias in one.aliases}
        return {**found, **{one.product.casefold(): one.product for one in self.products}}

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        refuse_at("VendorDocument", self._twice())
        return self

    def _twice(self) -> Iterator[tuple[tuple[str | int, ...], BadValue]]:
        seen: dict[str, str] = {}
        listed: set[str] = set()
        for index, product in enumerate(self.products):
            if product.product.casefold() in listed:
                message = f"the product {product.product!r} is listed twice; keep one"
                yield ("products", index, "product"), BadValue(_CONTRADICTION, message)
            listed.add(product.product.casefold())
            for name in (product.product, *product.aliases):
                other = seen.setdefault(name.casefold(), product.product)
                if other != product.product and other.casefold() != product.product.casefold():
                    message = f"{name!r} names both {other!r} and {product.product!r}; keep it with one of them"
                    yield ("products", index), BadValue(_CONTRADICTION, message)
        countries = [country for territory in self.territories.values() for country in territory]
        for country in sorted({one for one in countries if countries.count(one) > 1}):
            message = f"{country} is in two territories; keep it in one"
            yield ("territories",), BadValue(_CONTRADICTION, message)
        for field in ("partner_types", "tiers", "scores", "certifications"):
            names = getattr(self, field)
            for index, name in enumerate(names):
                if name in names[:index]:
                    yield (field, index), BadValue(_CONTRADICTION, f"{name!r} is listed twice; keep one")


VendorMode = Literal["live", "importing", "sandbox"]


class VendorCreated(Event):
    """A vendor was created: `importing` receives its history, with its own times, until it goes live.

    A `sandbox` is for trying: its clock stands until it is moved, and it never goes live.
    """

    type: ClassVar[str] = "vendor.created"

    name: Short
    mode: VendorMode

    def subjects(self) -> tuple[str, ...]:
        return ("vendor",)


class VendorConfigured(Event):
    """The vendor document was replaced as a whole."""

    type: ClassVar[str] = "vendor.configured"

    document: VendorDocument

    def subjects(self) -> tuple[str, ...]:
        return ("vendor",)


class VendorWentLive(Event):
    """The import of history ended for good; the vendor's clock was set to now."""

    type: ClassVar[str] = "vendor.went_live"

    def subjects(self) -> tuple[str, ...]:
        return ("vendor",)


class ClockTicked(Event):
    """A deadline fell due while no fact arrived. `recorded_at` is the due time, `appended_at` when it was written."""

    type: ClassVar[str] = "clock.ticked"

    def subjects(self) -> tuple[str, ...]:
        return ("vendor",)


class ClockMoved(Event):
    """A sandbox's clock was moved forward. What fell due on the way was decided first, each at its own time."""

    type: ClassVar[str] = "clock.moved"

    to: Moment

    def subjects(self) -> tuple[str, ...]:
        return ("vendor",)


class DeciderUpgraded(Decision):
    """From this entry on, this release decides facts and this version of the normaliser compares names."""

    type: ClassVar[str] = "decider.upgraded"

    release: Short
    normaliser: int

    def subjects(self) -> tuple[str, ...]:
        return ("vendor",)


class FactRefusal(Part):
    """One thing wrong with a fact: field path, stable code, and what the code's message needs."""

    field: str
    code: str
    params: dict[str, Value] = Field(default={})


class FactRefused(Decision):
    """The fact was refused and changed nothing. A new fact repairs it."""

    type: ClassVar[str] = "fact.refused"
    own: ClassVar[bool] = True

    fact: Id
    fact_type: str
    status: int
    code: str
    errors: tuple[FactRefusal, ...]
    touches: tuple[str, ...]
    """Subjects that the refused fact named."""

    def subjects(self) -> tuple[str, ...]:
        return (*subject("fact", self.fact), *self.touches)
