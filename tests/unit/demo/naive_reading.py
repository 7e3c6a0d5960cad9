"""The demo's numbers by plain loops over the rows in order of time, from the demo's written rules alone.

Nothing of the product is imported here: what the real decider answers is compared with this.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

PROTECTION_DAYS = 90
LATE_WIN_DAYS = 30
ONE_DAY = timedelta(days=1)
PRODUCT_ALIASES = {"GTXPro": "GTX Pro"}
SOURCED, FULFILLED = Decimal("0.80"), Decimal("0.20")
HOUSE = ""  # who is credited where no partner is
REBATE, REBATE_AT_MOST = Decimal("0.10"), Decimal(1000)
REBATE_HELD_DAYS = 30
CENT = Decimal("0.01")


@dataclass
class Claim:
    """One registration and what became of it; its last day of protection is the one its end closes."""

    number: str
    partner: str
    state: str
    last_day: date | None = None
    open: set[str] = field(default_factory=set)
    won: set[str] = field(default_factory=set)


@dataclass
class Deal:
    """One customer and product: who holds it, who waits in order of submission, everything ever claimed."""

    holder: Claim | None = None
    waiting: list[Claim] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    def live(self, partner: str) -> Claim | None:
        candidates = [*([self.holder] if self.holder else []), *self.waiting]
        return next((claim for claim in candidates if claim.partner == partner), None)


@dataclass
class Rebate:
    """What a partner earned by one win; a breach case holds it until somebody decides."""

    partner: str
    amount: Decimal
    won_on: date
    contested: bool

    def payable(self, today: date) -> bool:
        return not self.contested and today > self.won_on + timedelta(days=REBATE_HELD_DAYS)


@dataclass
class Reading:
    """Everything the demo prints that the rows decide, and each registration and won opportunity by its id."""

    rows_read: int = 0
    not_registrable: Counter[str] = field(default_factory=Counter)
    claims: dict[str, Claim] = field(default_factory=dict)
    deals: dict[tuple[str, str], Deal] = field(default_factory=dict)
    detected: int = 0
    promoted: int = 0
    cases: dict[str, str] = field(default_factory=dict)
    won_value: Decimal = Decimal(0)
    credited: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    rebates: list[Rebate] = field(default_factory=list)
    today: date = date.min

    def numbers(self) -> dict[str, object]:
        states = Counter(claim.state for claim in self.claims.values())
        cases = Counter(self.cases.values())
        partners = {partner: self.credited[partner] for partner in sorted(self.credited) if partner != HOUSE}
        accrued = sum((rebate.amount for rebate in self.rebates), Decimal(0))
        payable = sum((rebate.amount for rebate in self.rebates if rebate.payable(self.today)), Decimal(0))
        return {
            "rows_read": self.rows_read,
            "registered": len(self.claims),
            "not_registrable": dict(self.not_registrable),
            "states": {s: states[s] for s in ("protected", "waiting", "converted", "expired", "lost", "rejected")},
            "conflicts": {"detected": self.detected, "promoted": self.promoted},
            "won_cases": {c: cases[c] for c in ("protected", "further", "late", "breach", "unprotected")},
            "won_value": cents(self.won_value),
            "credited": cents(sum(partners.values(), Decimal(0))),
            "house": cents(self.credited.get(HOUSE, Decimal(0))),
            "unlinked": cents(Decimal(0)),  # each opportunity comes right after its registration
            "rewards": {
                "accrued": cents(accrued),
                "held": cents(accrued - payable),
                "payable": cents(payable),
                "reversed": cents(Decimal(0)),  # the file knows no refunds
            },
            "partners": {partner: cents(amount) for partner, amount in partners.items()},
        }


def cents(amount: Decimal) -> str:
    """The amount as it is printed; whole values leave nothing to round."""
    assert amount == amount.quantize(CENT), amount
    return str(amount.quantize(CENT))


def read(folder: Path) -> Reading:
    with (folder / "sales_pipeline.csv").open(encoding="utf-8", newline="") as file:
        return read_rows(list(csv.DictReader(file)))


def read_rows(rows: list[dict[str, str]]) -> Reading:
    reading = Reading(rows_read=len(rows))
    happenings: list[tuple[datetime, str, dict[str, str]]] = []
    for row in rows:
        if not row["account"]:
            reading.not_registrable["customer.missing"] += 1
        elif not row["engage_date"]:
            reading.not_registrable["engage_date.missing"] += 1
        else:
            happenings.append((at(row["engage_date"], 9), row["opportunity_id"], row))
            if row["close_date"]:
                happenings.append((at(row["close_date"], 17), row["opportunity_id"], row))
    for moment, _, row in sorted(happenings, key=lambda happening: happening[:2]):
        end_what_is_over(reading, moment)
        reading.today = moment.date()
        if moment.hour == 9:
            engage(reading, row, moment)
        elif row["deal_stage"] == "Won":
            win(reading, row, moment)
        else:
            lose(reading, row, moment)
    return reading


def at(day: str, hour: int) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour))


def deal_of(reading: Reading, row: dict[str, str]) -> Deal:
    product = PRODUCT_ALIASES.get(row["product"], row["product"])
    return reading.deals.setdefault((row["account"], product), Deal())


def end_what_is_over(reading: Reading, moment: datetime) -> None:
    """A full period may itself be over before the moment: go on until nothing is."""
    for deal in reading.deals.values():
        while deal.holder and deal.holder.last_day and deal.holder.last_day < moment.date():
            midnight = datetime.combine(deal.holder.last_day + ONE_DAY, time(0))
            end_holder(reading, deal, "expired", midnight)


def protect(deal: Deal, claim: Claim, moment: datetime) -> None:
    """N days from the day after; what starts at a midnight counts the day which that midnight opens."""
    before_first_day = moment.date() - ONE_DAY if moment.time() == time(0) else moment.date()
    claim.state = "protected"
    claim.last_day = before_first_day + timedelta(days=PROTECTION_DAYS)
    deal.holder = claim


def end_holder(reading: Reading, deal: Deal, state: str, moment: datetime) -> None:
    assert deal.holder is not None
    deal.holder.state = state
    deal.holder = None
    if deal.waiting:
        reading.promoted += 1
        protect(deal, deal.waiting.pop(0), moment)


def engage(reading: Reading, row: dict[str, str], moment: datetime) -> None:
    deal, number, partner = deal_of(reading, row), row["opportunity_id"], row["sales_agent"]
    live = deal.live(partner)
    claim = Claim(number, partner, "rejected" if live else "waiting")
    reading.claims[number] = claim
    if live:
        live.open.add(number)
        return
    for ended in deal.claims:
        if ended.partner == partner:
            claim.open |= ended.open
            ended.open = set()
    claim.open.add(number)
    deal.claims.append(claim)
    if deal.holder:
        reading.detected += 1
        deal.waiting.append(claim)
    else:
        protect(deal, claim, moment)


def owner_of(deal: Deal, number: str) -> Claim:
    return next(claim for claim in deal.claims if number in claim.open)


def lose(reading: Reading, row: dict[str, str], moment: datetime) -> None:
    deal, number = deal_of(reading, row), row["opportunity_id"]
    claim = owner_of(deal, number)
    claim.open.remove(number)
    if claim.open or claim.won:
        return
    if claim is deal.holder:
        end_holder(reading, deal, "lost", moment)
    elif claim in deal.waiting:
        deal.waiting.remove(claim)
        claim.state = "lost"


def win(reading: Reading, row: dict[str, str], moment: datetime) -> None:
    deal, number = deal_of(reading, row), row["opportunity_id"]
    claim = owner_of(deal, number)
    claim.open.remove(number)
    claim.won.add(number)
    value = Decimal(row["close_value"])
    reading.won_value += value
    reading.cases[number] = case_of(deal, claim, moment.date())
    share_out(reading, deal, claim.partner, reading.cases[number], value, moment.date())
    if reading.cases[number] == "protected":
        end_holder(reading, deal, "converted", moment)
    elif reading.cases[number] == "late":
        claim.state = "converted"
    elif claim in deal.waiting:
        deal.waiting.remove(claim)
        claim.state = "lost"


def case_of(deal: Deal, claim: Claim, day: date) -> str:
    rival_holds = deal.holder is not None and deal.holder.partner != claim.partner
    if claim is deal.holder:
        return "protected"
    if claim.last_day and claim.state == "converted" and day <= claim.last_day:
        return "further"
    late_until = claim.last_day + timedelta(days=LATE_WIN_DAYS) if claim.last_day else None
    if late_until and claim.state == "expired" and day <= late_until and not rival_holds:
        return "late"
    return "breach" if rival_holds else "unprotected"


def share_out(reading: Reading, deal: Deal, winner: str, case: str, value: Decimal, day: date) -> None:
    """Fulfilled to whoever won; sourced, and the rebate with it, to whom the vendor protected, if to anyone."""
    sourced = {"breach": deal.holder.partner if deal.holder else HOUSE, "unprotected": HOUSE}.get(case, winner)
    reading.credited[sourced] += value * SOURCED
    reading.credited[winner] += value * FULFILLED
    if sourced != HOUSE:
        reading.rebates.append(Rebate(sourced, min(value * REBATE, REBATE_AT_MOST), day, case == "breach"))
