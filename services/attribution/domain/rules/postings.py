"""The ledger: the postings of each movement of a reward; every transaction sums to zero.

`accrued` is passed through: its credits are everything ever earned, and its balance is zero, since what is earned
stands at once in `held`. So accrued = held + payable + paid + reversed, and expense is their opposite.
"""

from __future__ import annotations

from typing import Literal

from services.attribution.domain.documents.money import Reward
from shared.events.ledger import Account, Posting


def accrual(partner: str, program: str, currency: str, amount_minor: int) -> tuple[Posting, ...]:
    """Earned, and held."""
    lines: tuple[tuple[Account, int], ...] = (
        ("expense", amount_minor),
        ("accrued", -amount_minor),
        ("accrued", amount_minor),
        ("held", -amount_minor),
    )
    return _lines(partner, program, currency, lines)


def release(reward: Reward, amount_minor: int) -> tuple[Posting, ...]:
    """From held to payable."""
    return _lines(reward.partner, reward.program, reward.currency, (("held", amount_minor), ("payable", -amount_minor)))


def reversal(reward: Reward, amount_minor: int) -> tuple[Posting, ...]:
    """Taken back from where it stands; a payable that was paid meanwhile becomes the partner's debt."""
    stands: Literal["held", "payable"] = reward.status
    lines: tuple[tuple[Account, int], ...] = ((stands, amount_minor), ("reversed", -amount_minor))
    return _lines(reward.partner, reward.program, reward.currency, lines)


def _lines(partner: str, program: str, currency: str, lines: tuple[tuple[Account, int], ...]) -> tuple[Posting, ...]:
    return tuple(
        Posting(account=account, partner=partner, program=program, currency=currency, amount_minor=amount)
        for account, amount in lines
    )
