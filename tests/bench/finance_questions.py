"""What finance asks: newest first and far below, of the past, of a partner's month, in total, of one deal."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.asking import with_query
from tests.bench.sold import TOLD, Sold

MOST_MS = 50
MOST_MONTH_MS = 20
SEED = 8
DRAWN = 300
"""Values of one kind of question, asked in turn."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of question: what it is asked of, by whom, with the values that change from one to the next."""

    name: str
    path: str
    varied: tuple[dict[str, Any], ...] = ({},)
    partner: bool = False
    """Asked with a partner's credential."""
    deep: bool = False
    """Pages are asked for below the first thirty thousand rows."""
    most: float | None = MOST_MS

    def target(self, number: int) -> str:
        """What is asked the so-manieth time."""
        values = self.varied[number % len(self.varied)]
        inside = {name: value for name, value in values.items() if f"{{{name}}}" in self.path}
        return with_query(self.path.format(**inside), {k: v for k, v in values.items() if k not in inside})


@dataclass(frozen=True, slots=True)
class Draw:
    """What questions are about, drawn alike in every run."""

    sold: Sold
    seqs: Sequence[int]
    chance: random.Random

    def many(self, **choices: Callable[[], Any]) -> tuple[dict[str, Any], ...]:
        """The values of so many questions."""
        return tuple({name: pick() for name, pick in choices.items()} for _ in range(DRAWN))

    def partner(self) -> str:
        return self.sold.name_of(int(self.chance.triangular(0, self.sold.partners - 1, 0)))

    def month(self) -> str:
        return f"{self.chance.randrange(2023, 2026)}-{self.chance.randrange(1, 13):02d}"

    def deal(self) -> str:
        return f"{TOLD * self.chance.randrange(self.sold.deals // TOLD):07d}"

    def moment(self) -> int:
        return self.chance.choice(self.seqs)

    def program(self) -> str:
        return self.chance.choice(("hunting", "teaming", "services", "referral"))

    def currency(self) -> str:
        return self.chance.choice(("EUR", "USD", "GBP", "JPY", "CHF"))

    def role(self) -> str:
        return self.chance.choice(("sourced", "influenced"))


def asked_of(sold: Sold, seqs: Sequence[int]) -> Iterator[Asked]:
    """Every kind of question, each about as many partners, months, deals and moments as are asked in turn."""
    draw = Draw(sold, seqs, random.Random(SEED))
    for kind in (_credits, _payouts, _ledger, _rewards, _of_a_partner):
        yield from kind(draw)


def _credits(draw: Draw) -> Iterator[Asked]:
    yield Asked("credits, newest", "/v1/credits")
    yield Asked("credits, deep", "/v1/credits", deep=True)
    yield Asked("credits, oldest, deep", "/v1/credits?sort=effective_at", deep=True)
    for sort in ("opportunity", "-opportunity", "partner", "-partner", "amount", "-amount"):
        yield Asked(f"credits by {sort}", f"/v1/credits?sort={sort}")
        yield Asked(f"credits by {sort}, deep", f"/v1/credits?sort={sort}", deep=True)
    yield Asked("credits of the house by partner, deep", "/v1/credits?house=true&sort=partner", deep=True)
    yield Asked("credits as of", "/v1/credits", draw.many(as_of=draw.moment))
    yield Asked("credits as of, by effective date", "/v1/credits?sort=-effective_at", draw.many(as_of=draw.moment))
    yield Asked("credits of a partner", "/v1/credits", draw.many(partner=draw.partner))
    yield Asked("credits of a partner as of", "/v1/credits", draw.many(partner=draw.partner, as_of=draw.moment))
    yield Asked(
        "credits of a partner's month",
        "/v1/credits",
        draw.many(partner=draw.partner, month=draw.month),
        most=MOST_MONTH_MS,
    )
    yield Asked("credits of a month", "/v1/credits", draw.many(month=draw.month))
    yield Asked("credits of a month by amount", "/v1/credits?sort=-amount", draw.many(month=draw.month))
    yield Asked("credits of two months", "/v1/credits?month=2023-02", draw.many(month=draw.month))
    yield Asked("credits of a program", "/v1/credits", draw.many(program=draw.program))
    yield Asked("credits of a currency", "/v1/credits", draw.many(currency=draw.currency))
    yield Asked(
        "credits of program and currency", "/v1/credits", draw.many(program=draw.program, currency=draw.currency)
    )
    yield Asked("credits in a role", "/v1/credits", draw.many(role=draw.role))
    yield Asked("credits in a role nobody has", "/v1/credits?role=unregistered")
    yield Asked("credits in breach", "/v1/credits?case=breach")
    yield Asked("credits of a deal", "/v1/credits", draw.many(opportunity=lambda: f"opp_{draw.deal()}"))
    yield Asked("500 credits", "/v1/credits?limit=500", most=None)


def _payouts(draw: Draw) -> Iterator[Asked]:
    yield Asked(
        "payouts of a partner's month",
        "/v1/payouts",
        draw.many(partner=draw.partner, month=draw.month),
        most=MOST_MONTH_MS,
    )
    yield Asked(
        "payouts of a partner's month, effective", "/v1/payouts?by=effective",
        draw.many(partner=draw.partner, month=draw.month), most=MOST_MONTH_MS,
    )  # fmt: skip
    yield Asked("payouts of a partner", "/v1/payouts", draw.many(partner=draw.partner))
    yield Asked("payouts of a partner as of", "/v1/payouts", draw.many(partner=draw.partner, as_of=draw.moment))
    yield Asked("payouts, newest", "/v1/payouts")
    yield Asked("payouts, newest, effective", "/v1/payouts?by=effective")
    yield Asked("payouts, deep", "/v1/payouts", deep=True)
    yield Asked("payouts by partner, deep", "/v1/payouts?sort=partner", deep=True)
    yield Asked("payouts of a month", "/v1/payouts", draw.many(month=draw.month))
    yield Asked("payouts as of", "/v1/payouts", draw.many(as_of=draw.moment))
    for group_by in ("partner", "program", "currency", "month", "account"):
        # By partner up to ten thousand amounts are added up and sent: whoever asks for a report waits for it.
        most = None if group_by == "partner" else MOST_MS
        path = f"/v1/payouts/summary?group_by={group_by}"
        yield Asked(f"summary by {group_by}", path, most=most)
        yield Asked(f"summary of a month by {group_by}", path, draw.many(month=draw.month), most=most)
    yield Asked(
        "summary of a month, effective",
        "/v1/payouts/summary?group_by=program&by=effective",
        draw.many(month=draw.month),
    )
    yield Asked("summary as of", "/v1/payouts/summary?group_by=program", draw.many(as_of=draw.moment))
    yield Asked("summary of a partner by month", "/v1/payouts/summary?group_by=month", draw.many(partner=draw.partner))


def _ledger(draw: Draw) -> Iterator[Asked]:
    yield Asked("ledger, newest", "/v1/ledger")
    yield Asked("ledger, deep", "/v1/ledger", deep=True)
    yield Asked("ledger as of", "/v1/ledger", draw.many(as_of=draw.moment))
    yield Asked(
        "ledger of a partner's month",
        "/v1/ledger",
        draw.many(partner=draw.partner, month=draw.month),
        most=MOST_MONTH_MS,
    )
    yield Asked(
        "ledger of a partner's month, effective", "/v1/ledger?by=effective",
        draw.many(partner=draw.partner, month=draw.month), most=MOST_MONTH_MS,
    )  # fmt: skip
    yield Asked("ledger of an account", "/v1/ledger?account=reversed", draw.many(month=draw.month))
    yield Asked("ledger of the account paid", "/v1/ledger?account=paid")
    yield Asked("ledger of a reward", "/v1/ledger", draw.many(reward=lambda: f"rew_{draw.deal()}"))


def _rewards(draw: Draw) -> Iterator[Asked]:
    yield Asked("rewards held", "/v1/rewards?status=held")
    yield Asked("rewards payable", "/v1/rewards?status=payable")
    yield Asked("rewards reversed", "/v1/rewards?status=reversed")
    yield Asked("rewards, deep", "/v1/rewards", deep=True)
    yield Asked("rewards next due", "/v1/rewards?status=held&sort=hold_until")
    yield Asked("rewards by amount", "/v1/rewards?sort=-amount")
    yield Asked("rewards as of", "/v1/rewards", draw.many(as_of=draw.moment))
    yield Asked("rewards a case holds", "/v1/rewards?case=case_1")
    yield Asked(
        "rewards of a partner's month",
        "/v1/rewards",
        draw.many(partner=draw.partner, month=draw.month),
        most=MOST_MONTH_MS,
    )
    yield Asked("attribution", "/v1/opportunities/opp_{deal}/attribution", draw.many(deal=draw.deal))


def _of_a_partner(draw: Draw) -> Iterator[Asked]:
    yield Asked("partner: credits", "/v1/credits", partner=True)
    yield Asked("partner: credits, deep", "/v1/credits", deep=True, partner=True)
    yield Asked(
        "partner: credits of a registration",
        "/v1/credits",
        draw.many(registration=lambda: f"reg_{draw.deal()}"),
        partner=True,
    )
    yield Asked("partner: credits of a program", "/v1/credits", draw.many(program=draw.program), partner=True)
    yield Asked(
        "partner: payouts of a month", "/v1/payouts", draw.many(month=draw.month), most=MOST_MONTH_MS, partner=True
    )
    yield Asked("partner: payouts", "/v1/payouts", partner=True)
    yield Asked("partner: summary by month", "/v1/payouts/summary?group_by=month", partner=True)
    yield Asked(
        "partner: ledger of a month", "/v1/ledger", draw.many(month=draw.month), most=MOST_MONTH_MS, partner=True
    )
    yield Asked("partner: rewards payable", "/v1/rewards?status=payable", partner=True)
