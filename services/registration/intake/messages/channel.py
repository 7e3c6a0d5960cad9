"""Messages about the vendor, its partners and its programs."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from services.registration.intake.messages.message import Context, Message, Seals
from shared.events import partner, program, vendor
from shared.events import rates as exchange
from shared.events.base import Event
from shared.http.wire.fields import Amount, Day, Identity, Instant, Line, WirePart
from shared.policy.zones import TimeZone
from shared.values import BadValue
from shared.values.fields import ClockTime, Country, Currency, DecimalNumber, refuse_at


class ProductItem(WirePart):
    """A product that can be registered."""

    product: Line
    line: Line
    aliases: tuple[Line, ...] = Field(default=(), max_length=50)
    list_price: Amount | None = None


class CalendarItem(WirePart):
    """Non-business days: ISO weekdays (1 Monday to 7 Sunday) and single dates. Business hours of the others."""

    weekend: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (6, 7)
    holidays: tuple[Day, ...] = Field(default=(), max_length=1000)
    opens: ClockTime = Field(default="09:00", description="When business hours begin, in the program's time zone.")
    closes: ClockTime = Field(default="17:00", description="When they end, an hour or more later; 24:00 at midnight.")


class ConfigureVendor(Message):
    """The vendor document. It replaces the previous one as a whole."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "products": [{"product": "GTX Pro", "line": "GTX", "aliases": ["GTXPro"]}],
                "partner_types": ["reseller"],
                "tiers": ["silver", "gold"],
                "scores": ["index"],
                "certifications": ["GTX Professional"],
                "territories": {"DACH": ["DE", "AT", "CH"]},
                "calendars": {"DE": {"holidays": ["2026-12-25"], "opens": "08:30", "closes": "17:30"}},
                "time_zone": "Europe/Berlin",
            }
        }
    )

    products: tuple[ProductItem, ...] = Field(default=(), max_length=20_000)
    partner_types: tuple[Line, ...] = Field(default=(), max_length=100)
    tiers: tuple[Line, ...] = Field(default=(), max_length=100, description="Tiers from lowest to highest.")
    scores: tuple[Line, ...] = Field(default=(), max_length=100, description="Names of scores of partners.")
    certifications: tuple[Line, ...] = Field(default=(), max_length=500)
    territories: dict[Line, Annotated[tuple[Country, ...], Field(min_length=1, max_length=300)]] = Field(
        default={}, max_length=300, description="Countries by territory. A country in none is one of its own."
    )
    calendars: dict[Identity, CalendarItem] = Field(default={}, max_length=300)
    time_zone: TimeZone = Field(
        default="UTC", description="IANA name; whose midnights end the days and months of measures."
    )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> ConfigureVendor:
        self.document()  # its refusals carry their paths
        return self

    def document(self) -> vendor.VendorDocument:
        """Return the document as events carry it."""
        return vendor.VendorDocument(
            products=tuple(vendor.Product(**dict(one)) for one in self.products),
            partner_types=self.partner_types,
            tiers=self.tiers,
            scores=self.scores,
            certifications=self.certifications,
            territories=self.territories,
            calendars={name: _calendar(name, one) for name, one in self.calendars.items()},
            time_zone=self.time_zone,
        )

    def event(self, context: Context, sealed: Seals) -> Event:
        return vendor.VendorConfigured(document=self.document())


def _calendar(name: str, one: CalendarItem) -> vendor.Calendar:
    try:
        return vendor.Calendar(**dict(one))
    except ValidationError as error:
        refused = ((("calendars", name, *said["loc"]), BadValue(said["type"], said["msg"])) for said in error.errors())
        refuse_at("VendorDocument", refused)
        raise


class GoLive(Message):
    """Ends the import of history. This cannot be undone."""

    model_config = ConfigDict(json_schema_extra={"example": {}})

    def event(self, context: Context, sealed: Seals) -> Event:
        return vendor.VendorWentLive()


class MoveClock(Message):
    """Moves a sandbox's clock forward. What falls due on the way is decided first."""

    model_config = ConfigDict(json_schema_extra={"example": {"to": "2027-03-31T09:00:00Z"}})

    to: Instant = Field(description="Not before the sandbox's clock, and at most ten years after it.")

    def event(self, context: Context, sealed: Seals) -> Event:
        return vendor.ClockMoved(to=self.to)


class EnrollPartner(Message):
    """Enrolls a company as an active partner."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "partner": "partner-7",
                "name": "Nordlicht IT",
                "partner_type": "reseller",
                "tier": "silver",
                "segments": {"size": "large"},
                "territories": ["DACH"],
            }
        }
    )

    partner: Identity
    name: Line
    partner_type: Line | None = None
    tier: Line | None = None
    segments: dict[Identity, Line] = Field(default={}, max_length=50)
    territories: tuple[Line, ...] = Field(default=(), max_length=300, description="Where it sells.")

    def event(self, context: Context, sealed: Seals) -> Event:
        return partner.PartnerEnrolled(**dict(self))


def _given(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("field.required", "cannot be removed; send a new value")
    return value


class ChangePartner(Message):
    """A merge patch of a partner: sent fields replace, entries of `segments` merge, null removes an entry."""

    model_config = ConfigDict(json_schema_extra={"example": {"tier": "gold", "segments": {"region": None}}})

    name: Annotated[Line | None, AfterValidator(_given)] = None
    partner_type: Annotated[Line | None, AfterValidator(_given)] = None
    tier: Annotated[Line | None, AfterValidator(_given)] = None
    segments: dict[Identity, Line | None] = Field(default={}, max_length=50)
    territories: Annotated[tuple[Line, ...] | None, Field(max_length=300), AfterValidator(_given)] = None

    @model_validator(mode="after")
    def _changes_something(self) -> ChangePartner:
        if not self.model_fields_set:
            raise PydanticCustomError("patch.empty", "the patch changes nothing; name at least one field")
        return self

    def event(self, context: Context, sealed: Seals) -> Event:
        return partner.PartnerChanged(partner=context.target, **dict(self))


class PublishRates(Message):
    """Exchange rates that count from a day on: what one unit of the base currency buys of each other one."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"base": "EUR", "day": "2027-01-04", "rates": {"USD": "1.0721", "GBP": "0.8436"}}}
    )

    base: Currency
    day: Day
    rates: dict[Currency, DecimalNumber] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _are_rates(self) -> PublishRates:
        try:
            self._event()
        except ValueError as error:
            content = getattr(error, "errors", list)() or [{"msg": str(error)}]
            raise PydanticCustomError(
                "rates.invalid", "{content}", {"content": content[0]["msg"].removeprefix("Value error, ")}
            ) from error
        return self

    def _event(self) -> exchange.RatesPublished:
        return exchange.RatesPublished(base=self.base, day=self.day, rates=self.rates)

    def event(self, context: Context, sealed: Seals) -> Event:
        return self._event()


class ScorePartner(Message):
    """Gives a partner a score. A later one of the same name replaces it."""

    model_config = ConfigDict(json_schema_extra={"example": {"score": "index", "value": "5.5"}})

    score: Line
    value: DecimalNumber

    def event(self, context: Context, sealed: Seals) -> Event:
        return partner.PartnerScored(partner=context.target, score=self.score, value=self.value)


class CertifyPartner(Message):
    """Says that a partner has a certification. Said again, the newer word counts; a day that is past takes it away."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"certification": "GTX Professional", "valid_until": "2028-12-31"}}
    )

    certification: Line
    valid_until: Day | None = Field(
        default=None, description="The last day on which it counts. Leave it out if it does not expire."
    )

    def event(self, context: Context, sealed: Seals) -> Event:
        return partner.PartnerCertified(
            partner=context.target, certification=self.certification, valid_until=self.valid_until
        )


class SuspendPartner(Message):
    """Suspends a partner: it cannot register deals until it is reinstated."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "unpaid invoices"}})

    reason: Line

    def event(self, context: Context, sealed: Seals) -> Event:
        return partner.PartnerSuspended(partner=context.target, reason=self.reason)


class ReinstatePartner(Message):
    """Ends a suspension."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "paid"}})

    reason: Line | None = None

    def event(self, context: Context, sealed: Seals) -> Event:
        return partner.PartnerReinstated(partner=context.target, reason=self.reason)


class WithdrawProgram(Message):
    """Withdraws a program: it takes no new registrations until a later version is in force."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "replaced by teaming"}})

    reason: Line | None = None

    def event(self, context: Context, sealed: Seals) -> Event:
        return program.ProgramWithdrawn(program=context.target, reason=self.reason)


class PublishProgram(Message):
    """A policy version, as YAML or JSON text, or as the object that it states."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"policy": "program: hunting\nversion: 1\nprotection: {days: 90}\n"}}
    )

    policy: str | dict[str, Any]

    def event(self, context: Context, sealed: Seals) -> Event:
        # A command that sends another message does without all that a policy may say.
        from shared.policy.reading import read_policy

        text = self.policy.encode() if isinstance(self.policy, str) else orjson.dumps(self.policy)
        read = read_policy(text)
        return program.ProgramPublished(program=read.program, number=read.version, policy=read.model_dump(mode="json"))
