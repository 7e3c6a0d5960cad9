"""Refunds: which ones count for an order as it stands, which wait for what is not known yet, which never count.

What counts does not depend on whether a refund or the win it belongs to was told first: each time the order changes,
every refund told of it is judged anew. A refund that contradicts an order already known is refused at once instead,
so that the CRM hears of it and can send it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.attribution.domain.documents.calendar import after_months
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.money import Refund
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.rules import reasons
from services.attribution.domain.rules.allocation import in_proportion
from shared.events.base import Finding
from shared.events.money import Money
from shared.events.order import OrderCancelled, OrderRefunded, RefundCounted, RefundDisregarded, RefundWaiting
from shared.policy.rewards import Clawback
from shared.policy.schema import Policy

MAX_REFUNDS = 200
"""Of one opportunity: far more than an order has lines, few enough to judge all of them at each change."""

_FINAL = frozenset({"win_taken_back", "too_late"})
"""Disregarded for good: no later value or link brings these back."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What becomes of a refund: counted with an amount, else the code that says why not."""

    code: str | None = None
    counted: Money | None = None


def take(working_set: WorkingSet, event: OrderRefunded | OrderCancelled) -> bool:
    """Put the refund on file and judge it; whether what is refunded of the order changed."""
    now = working_set.find_opportunity(event.opportunity)
    if now is not None:
        _check(now, event)
    if isinstance(event, OrderRefunded) and event.amount.minor == 0:
        raise FactRejected("refund.nothing", field="amount.amount")
    evolve(working_set, event)
    return settle(working_set, event.opportunity)


def _check(now: Opportunity, event: OrderRefunded | OrderCancelled) -> None:
    if any(one.id == event.refund for one in now.refunds):
        raise FactRejected("refund.repeated", status=409, field="refund")
    if len(now.refunds) >= MAX_REFUNDS:
        raise FactRejected("refund.too_many", status=409, field="refund", most=MAX_REFUNDS)
    value = now.latest.amount
    known = now.status == "won" and value is not None and not _of_an_earlier_win(now, event.source_time)
    if isinstance(event, OrderCancelled) or not known:
        return
    assert value is not None
    minor = _in_currency(now, event.amount)
    if minor is None:
        raise FactRejected("refund.currency", field="amount.currency", currency=value.currency)
    # A cancellation takes what is left by all refunds, whichever of them is told first.
    others = sum(one.counted.minor for one in now.refunds if one.counted is not None and one.amount is not None)
    if minor > value.minor - others:
        raise FactRejected("refund.too_large", field="amount")


def settle(working_set: WorkingSet, opportunity: str) -> bool:
    """Judge every refund of the order as it stands now; whether what is refunded of it changed."""
    now = working_set.opportunity(opportunity)
    if not now.refunds:
        return False
    verdicts = _judged(working_set, now)
    value = now.latest.amount
    for refund in now.refunds:
        verdict = verdicts[refund.id]
        if (verdict.code, verdict.counted) == (refund.code, refund.counted) and refund.state != "told":
            continue
        if verdict.counted is not None:
            assert value is not None
            total = min(sum(one.counted.minor for one in verdicts.values() if one.counted), value.minor)
            _count(working_set, now, refund, verdict.counted, Money.of(total, value.currency))
        else:
            assert verdict.code is not None
            _leave_out(working_set, now, refund, verdict.code)
    after = working_set.opportunity(opportunity)
    return after.refunded_minor != now.refunded_minor


def on_taken_back(working_set: WorkingSet, opportunity: str) -> None:
    """Let the refunds of a win go with it; those that the CRM dates later wait for the next one."""
    now = working_set.opportunity(opportunity)
    for refund in now.refunds:
        if refund.code == "win_taken_back":
            continue
        limit, content = now.taken_back_at, refund.source_time
        if limit is None or content is None or content <= limit:
            _leave_out(working_set, now, refund, "win_taken_back")
        elif refund.code != "before_win":
            _leave_out(working_set, now, refund, "before_win")


def _count(working_set: WorkingSet, now: Opportunity, refund: Refund, amount: Money, total: Money) -> None:
    content = _about(working_set, now, refund)
    evolve(working_set, RefundCounted(**content, amount=amount, total=total))


def _leave_out(working_set: WorkingSet, now: Opportunity, refund: Refund, code: str) -> None:
    kind = RefundWaiting if code in _WAITS else RefundDisregarded
    content = _about(working_set, now, refund, asked=code in _POLICY)
    evolve(working_set, kind(**content, code=code))


def _about(working_set: WorkingSet, now: Opportunity, refund: Refund, *, asked: bool = True) -> dict[str, Any]:
    """What every entry on a refund says: of what, and the policy's clause where it was `asked`."""
    about: dict[str, Any] = {"opportunity": now.id, "registration": now.registration, "refund": refund.id}
    claim, won_at = _credited(working_set, now) if asked else (None, working_set.clock)
    found = _clawback(working_set.policy(claim), refund, won_at) if claim is not None else None
    if claim is None or found is None:
        return about
    return about | {"findings": (found,), "policy": working_set.label(claim)}


_POLICY = frozenset({"not_in_policy", "too_late"})
"""Codes by which the policy, not the state of the order, leaves a refund out."""
_WAITS = frozenset({"before_win", "no_amount", "other_currency", "too_large"})


def _judged(working_set: WorkingSet, now: Opportunity) -> dict[str, _Verdict]:
    """The verdict on each refund by its id. What counted before goes first, cancellations last."""
    verdicts: dict[str, _Verdict] = {}
    eligible: list[Refund] = []
    for refund in now.refunds:
        code = _barred(working_set, now, refund)
        if code is None:
            eligible.append(refund)
        else:
            verdicts[refund.id] = _Verdict(code)
    value = now.latest.amount
    if not eligible or value is None:
        return verdicts
    left = value.minor
    for refund in sorted(eligible, key=lambda one: (one.amount is None, one.counted is None)):
        verdict = _fitting(now, refund, value, max(left, 0))
        verdicts[refund.id] = verdict
        left -= verdict.counted.minor if verdict.counted else 0
    return verdicts


def _fitting(now: Opportunity, refund: Refund, value: Money, left: int) -> _Verdict:
    if refund.amount is None:
        return _Verdict(counted=Money.of(left, value.currency)) if left else _Verdict("nothing_left")
    minor = _in_currency(now, refund.amount)
    if minor is None:
        return _Verdict("other_currency")
    # What counted once goes on counting where the value falls below it: the customer has the money.
    if minor > left and refund.counted is None:
        return _Verdict("too_large")
    return _Verdict(counted=Money.of(minor, value.currency))


def _barred(working_set: WorkingSet, now: Opportunity, refund: Refund) -> str | None:
    """Why the refund cannot count whatever its amount is, or None."""
    if refund.code in _FINAL:
        return refund.code
    if _of_an_earlier_win(now, refund.source_time):
        return "win_taken_back"
    if now.status != "won":
        return "before_win"
    if now.latest.amount is None:
        return "no_amount"
    return _outside_policy(working_set, now, refund)


def _of_an_earlier_win(now: Opportunity, source_time: datetime | None) -> bool:
    return now.taken_back_at is not None and source_time is not None and source_time <= now.taken_back_at


def _in_currency(now: Opportunity, amount: Money) -> int | None:
    """The amount in the currency of the value: the same part of it, where the value was told in both."""
    value = now.value
    if amount.currency == value.currency:
        return amount.minor
    content = next((one.minor for one in now.values if one.currency == amount.currency), 0)
    # At most the whole: a value told in the other currency may have fallen below what was refunded of it.
    return min(in_proportion(value.minor, amount.minor, content), value.minor) if content else None


def _outside_policy(working_set: WorkingSet, now: Opportunity, refund: Refund) -> str | None:
    """Why the policy lets the refund change nothing; a win of no registration is refunded whatever the policy."""
    claim, won_at = _credited(working_set, now)
    if claim is None:
        return None
    found = _clawback(working_set.policy(claim), refund, won_at)
    if found is None:
        return "not_in_policy"
    return None if found.outcome == "passed" else found.code.removeprefix("clawback.")


def _credited(working_set: WorkingSet, now: Opportunity) -> tuple[Registration | None, datetime]:
    """The registration by which the win counts, and when it was won."""
    credit = working_set.find_credit(now.id)
    if credit is not None and credit.active:
        return working_set.registration(credit.registration), credit.effective_at
    if now.registration is not None and now.case not in (None, "unlinked"):
        return working_set.registration(now.registration), working_set.clock
    return None, working_set.clock


def _clawback(policy: Policy, refund: Refund, won_at: datetime) -> Finding | None:
    """What the policy's clause says of the refund; None where the policy has none."""
    rules = policy.clawback
    if rules is None:
        return None
    return reasons.clawback(rules, _kind(refund), refund.told_at, _last_moment(policy, rules, won_at))


def _kind(refund: Refund) -> str:
    return "cancel" if refund.amount is None else "refund"


def _last_moment(policy: Policy, clawback: Clawback, won_at: datetime) -> datetime:
    """The midnight that closes the policy's months."""
    return after_months(won_at, clawback.within_months, policy.zone)
