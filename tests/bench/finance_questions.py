"""What finance asks: newest first and far below, of the past, of a partner's month, in total, of one deal."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.asking import with_query
from tests.bench.sold import TOLD, Sold

MOST_MS = 50
MOST_MONTH_MS = 20
SEED = 8


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


def asked_of(sold: Sold, seqs: Sequence[int]) -> Iterator[Asked]:
    """Every kind of question, each about as many partners, months, deals and moments as are asked in turn."""
    chance = random.Random(SEED)

    def many(**choices: Any) -> tuple[dict[str, Any], ...]:
        return tuple({name: pick() for name, pick in choices.items()} for _ in range(300))

    def partner() -> str:
        return sold.name_of(int(chance.triangular(0, sold.partners - 1, 0)))

    def month() -> str:
        return f"{chance.randrange(2023, 2026)}-{chance.randrange(1, 13):02d}"

    def deal() -> str:
        return f"{TOLD * chance.randrange(sold.deals // TOLD):07d}"

    def moment() -> int:
        return chance.choice(seqs)

    def program() -> str:
        return chance.choice(("hunting", "teaming", "services", "referral"))

    def currency() -> str:
        return chance.choice(("EUR", "USD", "GBP", "JPY", "CHF"))

    yield Asked("credits, newest", "/v1/credits")
    yield Asked("credits, deep", "/v1/credits", deep=True)
    yield Asked("credits, oldest, deep", "/v1/credits?sort=effective_at", deep=True)
    for sort in ("opportunity", "-opportunity", "partner", "-partner", "amount", "-amount"):
        yield Asked(f"credits by {sort}", f"/v1/credits?sort={sort}")
        yield Asked(f"credits by {sort}, deep", f"/v1/credits?sort={sort}", deep=True)
    yield Asked("credits of the house by partner, deep", "/v1/credits?house=true&sort=partner", deep=True)
    yield Asked("credits as of", "/v1/credits", many(as_of=moment))
    yield Asked("credits as of, by effective date", "/v1/credits?sort=-effective_at", many(as_of=moment))
    yield Asked("credits of a partner", "/v1/credits", many(partner=partner))
    yield Asked("credits of a partner as of", "/v1/credits", many(partner=partner, as_of=moment))
    yield Asked("credits of a partner's month", "/v1/credits", many(partner=partner, month=month), most=MOST_MONTH_MS)
    yield Asked("credits of a month", "/v1/credits", many(month=month))
    yield Asked("credits of a month by amount", "/v1/credits?sort=-amount", many(month=month))
    yield Asked("credits of two months", "/v1/credits?month=2023-02", many(month=month))
    yield Asked("credits of a program", "/v1/credits", many(program=program))
    yield Asked("credits of a currency", "/v1/credits", many(currency=currency))
    yield Asked("credits of program and currency", "/v1/credits", many(program=program, currency=currency))
    yield Asked("credits in a role", "/v1/credits", many(role=lambda: chance.choice(("sourced", "influenced"))))
    yield Asked("credits in a role nobody has", "/v1/credits?role=unregistered")
    yield Asked("credits in breach", "/v1/credits?case=breach")
    yield Asked("credits of a deal", "/v1/credits", many(opportunity=lambda: f"opp_{deal()}"))
    yield Asked("500 credits", "/v1/credits?limit=500", most=None)
    yield Asked("payouts of a partner's month", "/v1/payouts", many(partner=partner, month=month), most=MOST_MONTH_MS)
    yield Asked(
        "payouts of a partner's month, effective", "/v1/payouts?by=effective", many(partner=partner, month=month),
        most=MOST_MONTH_MS,
    )  # fmt: skip
    yield Asked("payouts of a partner", "/v1/payouts", many(partner=partner))
    yield Asked("payouts of a partner as of", "/v1/payouts", many(partner=partner, as_of=moment))
    yield Asked("payouts, newest", "/v1/payouts")
    yield Asked("payouts, newest, effective", "/v1/payouts?by=effective")
    yield Asked("payouts, deep", "/v1/payouts", deep=True)
    yield Asked("payouts by partner, deep", "/v1/payouts?sort=partner", deep=True)
    yield Asked("payouts of a month", "/v1/payouts", many(month=month))
    yield Asked("payouts as of", "/v1/payouts", many(as_of=moment))
    for group_by in ("partner", "program", "currency", "month", "account"):
        # By partner up to ten thousand amounts are added up and sent: whoever asks for a report waits for it.
        most = None if group_by == "partner" else MOST_MS
        path = f"/v1/payouts/summary?group_by={group_by}"
        yield Asked(f"summary by {group_by}", path, most=most)
        yield Asked(f"summary of a month by {group_by}", path, many(month=month), most=most)
    yield Asked("summary of a month, effective", "/v1/payouts/summary?group_by=program&by=effective", many(month=month))
    yield Asked("summary as of", "/v1/payouts/summary?group_by=program", many(as_of=moment))
    yield Asked("summary of a partner by month", "/v1/payouts/summary?group_by=month", many(partner=partner))
    yield Asked("ledger, newest", "/v1/ledger")
    yield Asked("ledger, deep", "/v1/ledger", deep=True)
    yield Asked("ledger as of", "/v1/ledger", many(as_of=moment))
    yield Asked("ledger of a partner's month", "/v1/ledger", many(partner=partner, month=month), most=MOST_MONTH_MS)
    yield Asked(
        "ledger of a partner's month, effective", "/v1/ledger?by=effective", many(partner=partner, month=month),
        most=MOST_MONTH_MS,
    )  # fmt: skip
    yield Asked("ledger of an account", "/v1/ledger?account=reversed", many(month=month))
    yield Asked("ledger of the account paid", "/v1/ledger?account=paid")
    yield Asked("ledger of a reward", "/v1/ledger", many(reward=lambda: f"rew_{deal()}"))
    yield Asked("rewards held", "/v1/rewards?status=held")
    yield Asked("rewards payable", "/v1/rewards?status=payable")
    yield Asked("rewards reversed", "/v1/rewards?status=reversed")
    yield Asked("rewards, deep", "/v1/rewards", deep=True)
    yield Asked("rewards next due", "/v1/rewards?status=held&sort=hold_until")
    yield Asked("rewards by amount", "/v1/rewards?sort=-amount")
    yield Asked("rewards as of", "/v1/rewards", many(as_of=moment))
    yield Asked("rewards a case holds", "/v1/rewards?case=case_1")
    yield Asked("rewards of a partner's month", "/v1/rewards", many(partner=partner, month=month), most=MOST_MONTH_MS)
    yield Asked("attribution", "/v1/opportunities/opp_{deal}/attribution", many(deal=deal))
    yield Asked("partner: credits", "/v1/credits", partner=True)
    yield Asked("partner: credits, deep", "/v1/credits", deep=True, partner=True)
    yield Asked(
        "partner: credits of a registration", "/v1/credits", many(registration=lambda: f"reg_{deal()}"), partner=True
    )
    yield Asked("partner: credits of a program", "/v1/credits", many(program=program), partner=True)
    yield Asked("partner: payouts of a month", "/v1/payouts", many(month=month), most=MOST_MONTH_MS, partner=True)
    yield Asked("partner: payouts", "/v1/payouts", partner=True)
    yield Asked("partner: summary by month", "/v1/payouts/summary?group_by=month", partner=True)
    yield Asked("partner: ledger of a month", "/v1/ledger", many(month=month), most=MOST_MONTH_MS, partner=True)
    yield Asked("partner: rewards payable", "/v1/rewards?status=payable", partner=True)
