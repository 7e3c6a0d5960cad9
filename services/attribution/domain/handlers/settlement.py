"""What a win means in money, from the first credit to the last refund: the only place that orders these steps."""

from __future__ import annotations

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers import credit as shares
from services.attribution.domain.handlers import refunds, rewards
from shared.errors import known
from shared.events.case import CaseClosed, CaseOpened, CaseResolved
from shared.events.envelope import derived_id
from shared.events.order import OrderCancelled, OrderRefunded


def on_classified(working_set: WorkingSet, opportunity: str) -> None:
    """A classified win is credited and its rewards accrue; a breach opens a case that holds them."""
    now = working_set.opportunity(opportunity)
    if now.case == "breach":
        _open_case(working_set, opportunity)
    refunds.settle(working_set, opportunity)
    credit = shares.assign(working_set, opportunity)
    if credit is not None:
        rewards.follow_value(working_set, credit, "won")


def _open_case(working_set: WorkingSet, opportunity: str) -> None:
    now = working_set.opportunity(opportunity)
    claim = working_set.registration(now.registration) if now.registration else None
    opened = CaseOpened(
        case=f"case_{derived_id('case', opportunity, str(working_set.last_seq))}",
        kind_of_case="breach",
        opportunity=opportunity,
        registration=known(now.holder, "holder of the breach"),
        winner=now.registration if now.registration != now.holder else None,
        policy=working_set.label(claim) if claim else None,
    )
    evolve(working_set, opened)


def on_value_changed(working_set: WorkingSet, opportunity: str) -> None:
    """Credit and rewards follow the value that the CRM tells after the win."""
    now, credit = working_set.find_opportunity(opportunity), working_set.find_credit(opportunity)
    if now is None or now.status != "won" or now.latest.amount is None:
        return
    refunds.settle(working_set, opportunity)
    if credit is None or not credit.active:
        if now.case is not None and now.case != "unlinked":
            _credit_anew(working_set, opportunity)
        return
    if now.latest.amount.currency != credit.currency:
        # Shares in one currency cannot be revised into another: they are taken back and given anew.
        on_taken_back(working_set, opportunity, "currency_changed", keep_case=True)
        _credit_anew(working_set, opportunity)
        return
    _follow(working_set, opportunity, "value_changed")


def _credit_anew(working_set: WorkingSet, opportunity: str) -> None:
    fresh = shares.assign(working_set, opportunity)
    assert fresh is not None
    rewards.follow_value(working_set, fresh, "won")


def _follow(working_set: WorkingSet, opportunity: str, code: str) -> None:
    shares.revise(working_set, opportunity, code)
    credit = working_set.credit(opportunity)
    rewards.follow_value(working_set, credit, code)


def on_taken_back(working_set: WorkingSet, opportunity: str, code: str, *, keep_case: bool = False) -> None:
    """The win is no win any more, or belongs elsewhere: nothing is credited and everything is taken back."""
    credit = working_set.find_credit(opportunity)
    if credit is not None and credit.active:
        for id_ in credit.rewards:
            reward = working_set.reward(id_)
            rewards.take_back(working_set, id_, reward.left_minor, code)
        shares.reverse(working_set, opportunity, code)
    now = working_set.find_opportunity(opportunity)
    case = working_set.find_case(now.breach) if now is not None and now.breach is not None else None
    if case is not None and case.open and not keep_case:
        closed = CaseClosed(
            case=case.id, opportunity=opportunity, registration=case.registration, outcome="win_taken_back",
        )  # fmt: skip
        evolve(working_set, closed)


def resolve_case(working_set: WorkingSet, event: CaseResolved) -> None:
    """A person decided: what the case held is released once its hold is over, or taken back."""
    case = working_set.find_case(event.case)
    if case is None:
        raise FactRejected("case.unknown", status=404, case=event.case)
    if not case.open:
        raise FactRejected("case.closed", status=409)
    evolve(working_set, event)
    credit = working_set.find_credit(case.opportunity)
    held = credit.rewards if credit is not None and credit.active else ()
    if event.verdict == "reverse":
        for id_ in held:
            reward = working_set.reward(id_)
            rewards.take_back(working_set, id_, reward.left_minor, "case_reversed")
    released = event.verdict == "release"
    closed = CaseClosed(
        case=case.id,
        opportunity=case.opportunity,
        registration=case.registration,
        outcome="released" if released else "reversed",
    )
    evolve(working_set, closed)


def refund(working_set: WorkingSet, event: OrderRefunded | OrderCancelled) -> None:
    """Take the refund; credit and rewards go back in proportion to what of it counts."""
    changed = refunds.take(working_set, event)
    credit = working_set.find_credit(event.opportunity)
    if changed and credit is not None and credit.active:
        _follow(working_set, event.opportunity, "refunded" if isinstance(event, OrderRefunded) else "cancelled")
