"""What a program's policy may say: one document a version, validated to the last field."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails

from shared.events.credit import Role
from shared.events.money import Money
from shared.events.reward import RewardedOn, RewardKind
from shared.policy.marks import Inputs
from shared.policy.periods import Period, PeriodOrNone, PeriodText
from shared.policy.references import CalendarName, PartnerType, ProductLine, Tier
from shared.policy.zones import time_zones
from shared.values import BadValue, parse_amount, parse_day, parse_decimal
from shared.values.fields import Currency, Identifier, Parsed, Percentage, as_field_error, validated
from shared.values.money import AMOUNT

FIELDS = (
    "customer.legal_name", "customer.country", "customer.city", "customer.domain", "customer.duns", "customer.tax_id",
    "customer.lei", "customer.company_id", "customer.sector", "site", "project", "contact", "products", "amount",
    "close_date", "competitor", "evidence", "notes",
)  # fmt: skip
"""Fields of a registration that a policy may require or a reviewer may ask for."""


_FLOAT_DIGITS = 15
"""Every decimal number of so many digits survives being read as a binary one and written again; no longer one does."""


def _as_written(given: object) -> object:
    # A policy is written by people: 2.5 is meant as it is spelled, and kept as that text.
    if isinstance(given, bool) or not isinstance(given, int | float):
        return given
    text = str(given)
    if isinstance(given, float) and len(text.replace(".", "").strip("0")) > _FLOAT_DIGITS:
        raise BadValue("number.too_long", f"write a number of more than {_FLOAT_DIGITS} digits in quotes")
    return text


_WRITTEN = BeforeValidator(validated(_as_written), json_schema_input_type=int | float | str)
DecimalText = Annotated[str, Parsed(parse_decimal, pattern=AMOUNT), _WRITTEN]
"""A non-negative decimal number, kept as it was spelled."""
PercentageText = Annotated[Percentage, _WRITTEN]
"""A percentage, kept as it was spelled; a reward's event takes the same."""


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_BAR = re.compile(r" *\| *")


def _alternatives(given: object) -> object:
    if isinstance(given, str):
        return tuple(_BAR.split(given))
    return tuple(given) if isinstance(given, list) else given


def _known_fields(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in FIELDS:
            raise ValueError(f"{name[:80]!r} is no field of a registration; known: {', '.join(FIELDS)}")
    return names


OneOf = Annotated[
    tuple[str, ...],
    BeforeValidator(_alternatives),
    AfterValidator(_known_fields),
    PlainSerializer(lambda names: " | ".join(names), return_type=str),
]
"""Alternatives, written `a | b`: any of the fields will do."""


class Eligibility(_Rules):
    """Who may register: empty lists and absent values ask for nothing."""

    partner_types: tuple[PartnerType, ...] = ()
    min_tier: Tier | None = None
    max_open_registrations: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Counts submitted through protected, held ones included."""


class SameDeal(_Rules):
    """When two registrations claim the same deal, compared pair by pair."""

    customer: Literal["entity", "group"] = "entity"
    """Whether each legal entity is a customer of its own, or companies of one group are one: those with a common
    parent, a parent and its subsidiaries, those that share a registered domain."""
    products: Literal["overlap", "same_line", "any"] = "overlap"
    close_window_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    """Close dates further apart than this are different deals; absent: close dates are not compared."""
    name_only: Literal["look", "block"] = "look"
    """What names that are certainly one company's do where no identifier kind is common to both: a person looks, or
    they block like an identifier. Of names that are only alike a person always decides."""
    match_within: PeriodText = Period(3, "bd")
    """How long a person is given to say whether two customers are one; an overdue question stays open, marked so."""


class Exclusivity(_Rules):
    """How many may hold one deal."""

    mode: Literal["one"] = "one"


def _stated(amount: str, currency: str) -> None:
    try:
        parse_amount(amount, currency)
    except BadValue as error:
        raise as_field_error(error) from error


class MinAmount(_Rules):
    """A least amount, e.g. `{value: 10000, currency: USD}`."""

    inputs: ClassVar[Inputs] = {"has": "own", "least": "own"}

    value: DecimalText
    currency: Currency

    @cached_property
    def money(self) -> Money:
        """The amount as money."""
        return Money(amount=self.value, currency=self.currency)

    @model_validator(mode="after")
    def _is_money(self) -> Self:
        _stated(self.value, self.currency)
        return self


class Gates(_Rules):
    """What a registration must reach to be approved at all."""

    min_amount: MinAmount | None = None


class Review(_Rules):
    """Whether rules may approve by themselves."""

    auto_approve_if: Literal["no_conflict_and_gates_pass", "never"] = "no_conflict_and_gates_pass"


class Conflict(_Rules):
    """How claims on one deal are ranked (the first rule that separates them decides) and how waiters move up."""

    order: tuple[Literal["approved_first", "first_complete_submission", "manual"], ...] = (
        "approved_first",
        "first_complete_submission",
    )
    waiter_confirm: PeriodOrNone = "none"
    """How long a waiter whose turn came has to confirm; `none` promotes it at once."""

    @model_validator(mode="after")
    def _order_means_something(self) -> Self:
        if not self.order or len(set(self.order)) != len(self.order):
            raise ValueError("order: name each rule once, and at least one")
        if "manual" in self.order[:-1]:
            raise ValueError("order: manual decides everything, so nothing can stand after it")
        return self


class Clock(_Rules):
    """From when protection counts."""

    starts: Literal["submitted", "approved"] = "approved"


class Extension(_Rules):
    """How protection may be prolonged; `decide` absent grants by rule, else a person has that long."""

    max: Annotated[int, Field(ge=1, le=100)] = 1
    days: Annotated[int, Field(ge=1, le=3650)]
    requires: tuple[Literal["evidence"], ...] = ()
    decide: PeriodText | None = None


class Protection(_Rules):
    """How long an approved registration keeps others out."""

    days: Annotated[int, Field(ge=1, le=3650)]
    extension: Extension | None = None


ROLES: tuple[Role, ...] = ("sourced", "influenced", "fulfilled")
"""In the order in which units left over by rounding are given."""


class RivalHolds(_Rules):
    """A win by a partner while a rival holds the deal: which roles each of them fills, and what is opened."""

    holder: tuple[Role, ...] = ("sourced",)
    winner: tuple[Role, ...] = ("fulfilled",)
    case: Literal["breach"] = "breach"

    @model_validator(mode="after")
    def _one_party_a_role(self) -> Self:
        if set(self.holder) & set(self.winner):
            raise ValueError("holder and winner: a role goes to one of them")
        return self


class NobodyHolds(_Rules):
    """A win without protection while nobody holds the deal."""

    winner: tuple[Role, ...] = ("fulfilled",)


class UnprotectedWin(_Rules):
    """How a win counts for a registration that did not protect it; roles nobody fills go to the house."""

    rival_holds: RivalHolds = RivalHolds()
    nobody_holds: NobodyHolds = NobodyHolds()


class Credit(_Rules):
    """How a won deal is shared out, and what a win needs to convert a registration."""

    model: Literal["registered", "first_touch", "last_touch", "linear", "position_based", "time_decay"] = "registered"
    """Who gets the sourced role of a protected win."""
    roles: dict[Role, Annotated[int, Field(ge=0, le=100)]] = {"sourced": 80, "fulfilled": 20}
    """Percent of the won value by role; they sum to 100."""
    late_win_days: Annotated[int, Field(ge=0, le=365)] = 0
    """A win this many days after the last day of protection still converts, if no rival holds the deal."""
    unprotected_win: UnprotectedWin = UnprotectedWin()

    @model_validator(mode="after")
    def _roles_make_the_whole(self) -> Self:
        if sum(self.roles.values()) != 100:
            raise ValueError(f"roles sum to {sum(self.roles.values())}; make them sum to 100")
        return self


class Cap(_Rules):
    """The most that a reward pays, e.g. `{amount: 50000, currency: USD, per: deal}`."""

    amount: DecimalText
    currency: Currency
    per: Literal["deal"] = "deal"

    @property
    def money(self) -> Money:
        """The cap as money."""
        return Money(amount=self.amount, currency=self.currency)

    @model_validator(mode="after")
    def _is_money(self) -> Self:
        _stated(self.amount, self.currency)
        return self


class When(_Rules):
    """What a reward counts: only these product lines, where any are named."""

    lines: tuple[ProductLine, ...] = ()


class Reward(_Rules):
    """A percentage of the value, owed to the holder of a role on an event."""

    name: Identifier
    """What entries and reports call it; one reward of the policy has it."""
    kind: RewardKind
    on: RewardedOn = "won"
    when: When = When()
    role: Role = "sourced"
    base: Literal["net"] = "net"
    """`net` is the value as the order or registration states it."""
    pct: PercentageText
    cap: Cap | None = None
    hold_days: Annotated[int, Field(ge=0, le=3650)] = 0


def _named_once(rewards: tuple[Reward, ...]) -> tuple[Reward, ...]:
    first: dict[str, int] = {}
    for index, reward in enumerate(rewards):
        before = first.setdefault(reward.name, index)
        if before != index:
            message = f"{reward.name!r} is the name of rewards.{before} too; give each reward a name of its own"
            error = as_field_error(BadValue("name.twice", message))
            twice = InitErrorDetails(type=error, loc=(index, "name"), input=reward.name)
            raise ValidationError.from_exception_data("rewards", [twice])
    return rewards


class Clawback(_Rules):
    """What takes credit and rewards back, and for how long after the win."""

    on: tuple[Literal["cancel", "refund"], ...] = ("cancel", "refund")
    within_months: Annotated[int, Field(ge=1, le=120)] = 12


def _zone(name: object) -> object:
    if isinstance(name, str) and name not in time_zones():
        raise ValueError(f"{name[:80]!r} is no IANA time zone; write one such as Europe/Berlin or UTC")
    return name


def _effective(given: object) -> object:
    return parse_day(given) if isinstance(given, str) and given != "immediately" else given


class Policy(_Rules):
    """One version of one program's rules."""

    program: Identifier
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    effective_from: Annotated[date | Literal["immediately"], BeforeValidator(validated(_effective))] = "immediately"
    """`immediately` is the position of publication in the log; a date starts at its midnight in `time_zone`."""
    time_zone: Annotated[str, BeforeValidator(_zone)] = "UTC"
    calendar: CalendarName | None = None
    """Name of a calendar of the vendor document; absent: Monday to Friday are business days."""
    eligibility: Eligibility = Eligibility()
    required_fields: tuple[OneOf, ...] = ()
    same_deal: SameDeal = SameDeal()
    exclusivity: Exclusivity = Exclusivity()
    gates: Gates = Gates()
    review: Review = Review()
    conflict: Conflict = Conflict()
    clock: Clock = Clock()
    protection: Protection
    credit: Credit = Credit()
    rewards: Annotated[tuple[Reward, ...], Field(max_length=20), AfterValidator(_named_once)] = ()
    clawback: Clawback | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The program's time zone."""
        return ZoneInfo(self.time_zone)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        needed = {names[0] for names in self.required_fields if len(names) == 1}  # one of several may be absent
        if self.gates.min_amount is not None and "amount" not in needed:
            raise ValueError("gates.min_amount needs amount among required_fields, else a claim without one never ends")
        if self.same_deal.close_window_days is not None and "close_date" not in needed:
            raise ValueError("same_deal.close_window_days needs close_date among required_fields")
        extension = self.protection.extension
        if extension is not None and extension.max * extension.days > 3650:
            raise ValueError("protection.extension: max times days is over ten years")
        return self
