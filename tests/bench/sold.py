"""A vendor's won deals over three years: credits, rewards, postings and turnovers as the views keep them, by version.

The rows are those that the views would fold, without the journal they would fold them from: a million entries are
decided in minutes, and this is there in one. The same arguments give the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from services.projections.views.credits import CreditRow
from services.projections.views.ledger import PostingRow
from services.projections.views.payouts import PayoutRow, StandingRow, TotalRow, add_to_total, month_of
from services.projections.views.rewards import RewardRow
from tests.bench.sold_about import about_deal, born

BEGAN = datetime(2023, 1, 1, tzinfo=UTC)
MONTHS = 36
SPAN = timedelta(days=1_096)
HOLD = timedelta(days=30)
PROGRAMS = ("hunting", "teaming", "services", "referral")
CURRENCIES = ("EUR", "USD", "GBP", "JPY", "CHF")
INFLUENCED = 0.6
"""Of the deals: a second partner has a share of a fifth."""
HOUSED = 0.9
"""Of the deals: nobody fulfilled, that tenth is the vendor's own."""
REFUNDED = 0.05
"""Of the deals: a quarter is given back later, so that credit is revised and the reward reversed in part."""
BREACHES = 0.01
SUSPENDED = 0.03
"""Of the partners."""
TOLD = 20
"""One deal in so many has its chain in the feed: an index finds them alike among few and among all."""


class Deal(NamedTuple):
    """What is drawn of a deal beforehand."""

    partner: str
    second: str | None
    program: str
    currency: str
    amount_minor: int
    case: str
    housed: bool
    won: datetime
    refunded: datetime | None


class Numbers(NamedTuple):
    """The entries of a deal."""

    credited: int
    accrued: int
    released: int
    revised: int | None


@dataclass
class Sold:
    """One vendor's books; `entries` may be read once."""

    vendor: str
    deals: int
    partners: int
    seed: int = 20230101
    last: int = 0
    """The number of the last entry, once they were read."""
    _open: dict[str, PayoutRow] = field(default_factory=dict)

    def name_of(self, number: int) -> str:
        return f"partner-{number:05d}"

    def entries(self) -> Iterator[list[tuple[str, Any]]]:
        """The rows of each entry with the names of their tables, in order; open turnovers come last."""
        deals = list(self._drawn())
        events = sorted(_events(deals))
        self.last = len(events) + 1
        numbers = _numbered(events, len(deals))
        suspended = range(0, self.partners, round(1 / SUSPENDED))
        yield list(born(self.vendor, BEGAN))
        yield [("standing", StandingRow(self.vendor, self.name_of(one), 1, None, True)) for one in suspended]
        for seq, (at, _, step, deal) in enumerate(events, start=2):
            yield list(self._entry(seq, at, step, deal, deals[deal], numbers[deal]))
        totals: dict[tuple[Any, ...], TotalRow] = {}
        for row in self._open.values():
            yield [("payout", row)]
            add_to_total(totals, row)
        yield [("payout_total", row) for row in totals.values()]

    def _drawn(self) -> Iterator[Deal]:
        chance = random.Random(f"{self.seed} {self.vendor}")
        # The tenth partner sells a tenth of what the first does: few are large, many small.
        weights = list(accumulate(1 / (number + 10) for number in range(self.partners)))
        homes = [chance.choices(CURRENCIES, (55, 30, 9, 5, 1))[0] for _ in range(self.partners)]
        step = SPAN / self.deals
        for number in range(self.deals):
            first, second = chance.choices(range(self.partners), cum_weights=weights, k=2)
            won = BEGAN + step * number
            refunded = won + timedelta(days=chance.randrange(31, 120)) if chance.random() < REFUNDED else None
            yield Deal(
                self.name_of(first),
                self.name_of(second) if chance.random() < INFLUENCED and second != first else None,
                chance.choices(PROGRAMS, (60, 25, 14, 1))[0],
                homes[first] if chance.random() < 0.9 else "USD",
                int(chance.lognormvariate(14.5, 1.2)) * 10 + 10_000,
                "breach" if chance.random() < BREACHES else "protected",
                chance.random() < HOUSED,
                won,
                refunded if refunded is None or refunded < BEGAN + SPAN else None,
            )

    def _entry(
        self, seq: int, at: datetime, step: str, number: int, deal: Deal, numbers: Numbers
    ) -> Iterator[tuple[str, Any]]:
        base = deal.amount_minor // 10
        if step == "credited":
            if number % TOLD == 0:
                yield from about_deal(self.vendor, number, deal, numbers)
            else:
                yield from about_deal(self.vendor, number, deal, None)
            yield from self._credits(seq, numbers.revised, at, number, deal, 1)
        elif step == "revised":
            yield from self._credits(seq, None, at, number, deal, 2)
            yield from self._reward(seq, None, at, number, deal, numbers)
            yield from self._posted(
                seq, at, "reward.reversed", number, deal, ("payable", base // 4), ("reversed", -(base // 4))
            )
        elif step == "accrued":
            yield from self._reward(seq, numbers.released, at, number, deal, numbers)
            lines = (("expense", base), ("accrued", -base), ("accrued", base), ("held", -base))
            yield from self._posted(seq, at, "reward.accrued", number, deal, *lines)
        else:
            yield from self._reward(seq, numbers.revised, at, number, deal, numbers)
            yield from self._posted(seq, at, "reward.released", number, deal, ("held", base), ("payable", -base))

    def _credits(
        self, seq: int, until: int | None, at: datetime, number: int, deal: Deal, version: int
    ) -> Iterator[tuple[str, Any]]:
        value = deal.amount_minor if version == 1 else deal.amount_minor - deal.amount_minor // 4
        parts: list[tuple[str, str | None, int]] = [("influenced", deal.second, 2)] if deal.second else []
        parts += [("fulfilled", None, 1)] if deal.housed else []
        parts = [("sourced", deal.partner, 10 - sum(tenths for _, _, tenths in parts)), *parts]
        left = value
        for line, (role, partner, tenths) in reversed(list(enumerate(parts))):
            share = left if line == 0 else value * tenths // 10
            left -= share
            yield (
                "credit",
                CreditRow(
                    self.vendor, f"opp_{number:07d}#{line}", seq, until, f"opp_{number:07d}", version, line,
                    f"reg_{number:07d}", deal.program, role, partner, f"{tenths}/10", share, deal.currency, value,
                    deal.case, "registered", "refunded" if version == 2 else None, deal.won, at,
                ),
            )  # fmt: skip

    def _reward(
        self, seq: int, until: int | None, at: datetime, number: int, deal: Deal, numbers: Numbers
    ) -> Iterator[tuple[str, Any]]:
        base = deal.amount_minor // 10
        reversed_ = seq == numbers.revised
        yield (
            "reward",
            RewardRow(
                self.vendor, f"rew_{number:07d}", seq, until, "held" if seq == numbers.accrued else "payable", "rebate",
                deal.partner, deal.program, f"{deal.program}/1", f"reg_{number:07d}", f"opp_{number:07d}", "won",
                "rebate", "sourced", deal.amount_minor, "10", None, deal.currency, base,
                base - base // 4 if reversed_ else base, deal.won + HOLD, [],
                "refunded" if reversed_ else None, None, deal.won, deal.won, at,
            ),
        )  # fmt: skip

    def _posted(
        self, seq: int, at: datetime, kind: str, number: int, deal: Deal, *lines: tuple[str, int]
    ) -> Iterator[tuple[str, Any]]:
        posted, effective = month_of(at), month_of(deal.won)
        turned: dict[str, list[int]] = {}
        for line, (account, minor) in enumerate(lines, start=1):
            yield (
                "posting",
                PostingRow(
                    self.vendor, seq, line, kind, account, deal.partner, deal.program, deal.currency, minor, deal.won,
                    at, f"rew_{number:07d}", f"reg_{number:07d}", f"opp_{number:07d}",
                ),
            )  # fmt: skip
            turned.setdefault(account, [0, 0])[minor < 0] += abs(minor)
        for account, (debit, credit) in turned.items():
            id_ = f"{deal.partner}|{deal.program}|{deal.currency}|{account}|{posted:%Y-%m}|{effective:%Y-%m}"
            before = self._open.get(id_)
            if before is not None:
                yield "payout", before._replace(to_seq=seq)
                debit, credit = debit + int(before.debit_minor), credit + int(before.credit_minor)
            self._open[id_] = PayoutRow(
                self.vendor, id_, seq, None, deal.partner, deal.program, deal.currency, account, posted, effective,
                Decimal(debit), Decimal(credit), before.entries + 1 if before else 1,
            )  # fmt: skip


def _events(deals: list[Deal]) -> Iterator[tuple[datetime, int, str, int]]:
    """When what of which deal; the second says what comes first at one time."""
    for number, deal in enumerate(deals):
        yield deal.won, 2 * number, "credited", number
        yield deal.won, 2 * number + 1, "accrued", number
        yield deal.won + HOLD, 2 * number, "released", number
        if deal.refunded is not None:
            yield deal.refunded, 2 * number, "revised", number


def _numbered(events: list[tuple[datetime, int, str, int]], deals: int) -> list[Numbers]:
    found: list[dict[str, int]] = [{} for _ in range(deals)]
    for seq, (_, _, step, deal) in enumerate(events, start=2):
        found[deal][step] = seq
    return [Numbers(one["credited"], one["accrued"], one["released"], one.get("revised")) for one in found]
