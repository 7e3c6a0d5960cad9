"""What a win is worth, by hand: entries of credit, rewards and cases that balance as the decider's do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from shared.events.case import CaseClosed, CaseOpened, CaseResolved
from shared.events.credit import CreditAssigned, CreditReversed, CreditRevised, Share
from shared.events.envelope import Entry
from shared.events.ledger import Posting
from shared.events.money import Money
from shared.events.order import OrderRefunded, RefundCounted
from shared.events.partner import PartnerSuspended
from shared.events.reward import RewardAccrued, RewardHeld, RewardReleased, RewardReversed
from tests.journals import Journal

THIRTY_DAYS = timedelta(days=30)
JANUARY = datetime(2026, 1, 20, 12, 0, tzinfo=UTC)
APRIL = datetime(2026, 4, 10, 12, 0, tzinfo=UTC)


def share(role: Any, partner: str | None, minor: int, currency: str = "USD", portion: str | None = None) -> Share:
    return Share(role=role, partner=partner, portion=portion or "1/1", amount=Money.of(minor, currency))


def shares(*parts: tuple[Any, str | None, int], currency: str = "USD") -> tuple[Share, ...]:
    """Shares whose portions are what their amounts are of the whole."""
    whole = sum(minor for _, _, minor in parts)
    portions = [Fraction(minor, whole) if whole else Fraction(1, len(parts)) for _, _, minor in parts]
    return tuple(
        share(role, partner, minor, currency, f"{portion.numerator}/{portion.denominator}")
        for (role, partner, minor), portion in zip(parts, portions, strict=True)
    )


def postings(partner: str, currency: str, *lines: tuple[Any, int], program: str = "demo") -> tuple[Posting, ...]:
    return tuple(
        Posting(account=account, partner=partner, program=program, currency=currency, amount_minor=minor)
        for account, minor in lines
    )


class Till:
    """Adds entries of money to a journal, and knows what later entries have to repeat."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._rewards: dict[str, RewardAccrued] = {}
        self._status: dict[str, Any] = {}
        self._taken: dict[str, int] = {}

    def credit(
        self, opportunity: str, registration: str, *parts: tuple[Any, str | None, int], number: int = 1,
        currency: str = "USD", case: str = "protected", code: str | None = None, at: datetime | None = None,
    ) -> Entry:  # fmt: skip
        """Assigned, or revised where a code says why."""
        content: dict[str, Any] = {
            "opportunity": opportunity,
            "registration": registration,
            "number": number,
            "effective_at": at or self.journal.clock,
            "value": Money.of(sum(minor for _, _, minor in parts), currency),
            "model": "registered",
            "case": case,
            "shares": shares(*parts, currency=currency),
            "policy": "demo/1",
        }
        if code is not None:
            return self.journal.add(CreditRevised(**content, code=code))
        return self.journal.add(CreditAssigned(**content))

    def uncredit(self, opportunity: str, registration: str, number: int, minor: int, currency: str = "USD") -> Entry:
        return self.journal.add(
            CreditReversed(
                opportunity=opportunity, registration=registration, number=number, effective_at=self.journal.clock,
                code="reopened", value=Money.of(minor, currency),
            )
        )  # fmt: skip

    def accrue(
        self, reward: str, partner: str, registration: str, opportunity: str | None, minor: int, *,
        currency: str = "USD", base: int | None = None, cases: tuple[str, ...] = (), at: datetime | None = None,
        clock: datetime | None = None, program: str = "demo",
    ) -> Entry:  # fmt: skip
        clock = clock or self.journal.clock + timedelta(minutes=1)
        lines: tuple[tuple[Any, int], ...] = (
            ("expense", minor),
            ("accrued", -minor),
            ("accrued", minor),
            ("held", -minor),
        )
        event = RewardAccrued(
            reward=reward, partner=partner, program=program, registration=registration, opportunity=opportunity,
            effective_at=at or clock, kind_of_reward="rebate", on="won", name="rebate", role="sourced",
            base=Money.of(minor * 10 if base is None else base, currency), pct="10",
            amount=Money.of(minor, currency), hold_until=clock + THIRTY_DAYS, cases=cases,
            postings=postings(partner, currency, *lines, program=program),
            policy="demo/1",
        )  # fmt: skip
        self._rewards[reward], self._status[reward], self._taken[reward] = event, "held", 0
        return self.journal.add(event, clock=clock)

    def adopt(self, accrued: Any) -> None:
        """A reward that another till accrued, still held."""
        self._rewards[accrued.reward], self._status[accrued.reward], self._taken[accrued.reward] = accrued, "held", 0

    def hold(self, reward: str, code: str = "partner.suspended", **options: Any) -> Entry:
        return self.journal.add(RewardHeld(**self._about(reward), code=code), **options)

    def release(self, reward: str, **options: Any) -> Entry:
        """What is left of it is payable."""
        minor = self.left(reward)
        self._status[reward] = "payable"
        lines: tuple[tuple[Any, int], ...] = (("held", minor), ("payable", -minor))
        return self.journal.add(self._posted(RewardReleased, reward, minor, lines), **options)

    def reverse(self, reward: str, minor: int, code: str = "refunded", **options: Any) -> Entry:
        self._taken[reward] += minor
        lines: tuple[tuple[Any, int], ...] = ((self._status[reward], minor), ("reversed", -minor))
        told = {"code": code, "total": self._taken[reward]}
        return self.journal.add(self._posted(RewardReversed, reward, minor, lines, **told), **options)

    def left(self, reward: str) -> int:
        return self._rewards[reward].amount.minor - self._taken[reward]

    def open_case(self, case: str, opportunity: str, registration: str, winner: str) -> Entry:
        return self.journal.add(
            CaseOpened(
                case=case, kind_of_case="breach", opportunity=opportunity, registration=registration, winner=winner,
            )
        )  # fmt: skip

    def resolve(self, case: str, opportunity: str, registration: str, verdict: Any) -> Entry:
        """A person decides; what a reversal takes back is up to the caller, before this closes the case."""
        self.journal.add(CaseResolved(case=case, verdict=verdict, reason="checked with both"))
        return self.journal.add(
            CaseClosed(
                case=case, opportunity=opportunity, registration=registration,
                outcome="released" if verdict == "release" else "reversed",
            )
        )  # fmt: skip

    def refund(self, opportunity: str, refund: str, minor: int, total: int, currency: str = "USD") -> Entry:
        self.journal.add(
            OrderRefunded(
                opportunity=opportunity, connection="crm", external_id=opportunity.upper(), refund=refund,
                amount=Money.of(minor, currency),
            )
        )  # fmt: skip
        return self.journal.add(
            RefundCounted(
                opportunity=opportunity, refund=refund, amount=Money.of(minor, currency),
                total=Money.of(total, currency),
            )
        )  # fmt: skip

    def _about(self, reward: str) -> dict[str, Any]:
        event = self._rewards[reward]
        names = ("reward", "name", "partner", "program", "registration", "opportunity", "effective_at")
        return {name: getattr(event, name) for name in names}

    def _posted(self, kind: Any, reward: str, minor: int, lines: tuple[tuple[Any, int], ...], **told: Any) -> Any:
        event = self._rewards[reward]
        currency = event.amount.currency
        return kind(
            **self._about(reward),
            amount=Money.of(minor, currency),
            postings=postings(event.partner, currency, *lines, program=event.program),
            **told,
        )


def won_deal(journal: Journal, number: int, partner: str = "acme", minor: int = 100_000, currency: str = "USD") -> str:
    """A deal registered, protected, won and credited; its reward of a tenth is held. Returns the deal's suffix."""
    name = f"{partner}{number}"
    registration, opportunity = f"reg_{name}", f"opp_{name}"
    journal.submit(registration, partner)
    journal.complete(registration)
    journal.protect(registration)
    journal.opportunity(opportunity, registration, partner=partner)
    journal.win(opportunity, registration, amount=Money.of(minor, currency))
    money = Till(journal)
    fulfilled = minor // 5
    money.credit(
        opportunity, registration, ("sourced", partner, minor - fulfilled), ("fulfilled", None, fulfilled),
        currency=currency,
    )  # fmt: skip
    money.accrue(f"rew_{name}", partner, registration, opportunity, minor // 10, currency=currency)
    journal.convert(registration, opportunity)
    return name


def refunded_and_suspended() -> Journal:
    """Two deals of acme in USD, one of bolt in JPY; the first was refunded by 40 % in April after it was payable."""
    journal = Journal(start=JANUARY)
    won_deal(journal, 1, minor=1_000_000)
    won_deal(journal, 2, minor=50_000)
    won_deal(journal, 3, "bolt", minor=777_777, currency="JPY")
    till = Till(journal)
    event = next(one.event for one in journal.entries if getattr(one.event, "reward", None) == "rew_acme1")
    till.adopt(event)
    till.release("rew_acme1", clock=datetime(2026, 2, 20, tzinfo=UTC))
    journal.add(PartnerSuspended(partner="bolt", reason="unpaid fees"), clock=APRIL)
    till.refund("opp_acme1", "r-1", 400_000, 400_000)
    till.credit(
        "opp_acme1", "reg_acme1", ("sourced", "acme", 480_000), ("fulfilled", None, 120_000), number=2,
        code="refunded", at=JANUARY,
    )  # fmt: skip
    till.reverse("rew_acme1", 40_000)
    return journal
