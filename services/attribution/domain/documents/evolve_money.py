"""Evolve, for what a win is worth: what an entry changes in credits, rewards and cases."""

from __future__ import annotations

from typing import Any

from services.attribution.domain.documents.derived import replace
from services.attribution.domain.documents.money import Case, Credit, Refund, Reward
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.working_set import WorkingSet
from shared.events.case import CaseClosed, CaseOpened, CaseResolved
from shared.events.credit import CreditAssigned, CreditReversed, CreditRevised
from shared.events.opportunity import OpportunityCreated
from shared.events.opportunity_state import after
from shared.events.order import OrderCancelled, OrderRefunded, RefundCounted, RefundDisregarded, RefundWaiting
from shared.events.reward import RewardAccrued, RewardHeld, RewardReleased, RewardReversed, RewardWithheld
from shared.events.standing import CASES, REWARDS

Money = (
    CreditAssigned
    | CreditRevised
    | CreditReversed
    | RewardAccrued
    | RewardHeld
    | RewardReleased
    | RewardReversed
    | RewardWithheld
    | CaseOpened
    | CaseResolved
    | CaseClosed
    | OrderRefunded
    | OrderCancelled
    | RefundCounted
    | RefundWaiting
    | RefundDisregarded
)
MONEY = Money


def evolve_money(working_set: WorkingSet, event: Money) -> None:
    """The documents after the entry; the entry itself is in the working set already."""
    match event:
        case CreditAssigned():
            working_set.put("credit", event.opportunity, _shared(working_set, event))
        case CreditReversed():
            before = working_set.credit(event.opportunity)
            ended = replace(before, number=event.number, active=False, shares=())
            working_set.put("credit", event.opportunity, ended)
        case RewardAccrued():
            _accrued(working_set, event)
        case RewardHeld():
            working_set.put("reward", event.reward, replace(working_set.reward(event.reward), blocked=True))
            _withheld(working_set, event.partner, event.reward, waits=True)
        case RewardReleased():
            working_set.put(
                "reward",
                event.reward,
                replace(working_set.reward(event.reward), status=REWARDS[type(event)], blocked=False),
            )
            _withheld(working_set, event.partner, event.reward, waits=False)
        case RewardReversed():
            now = replace(working_set.reward(event.reward), reversed_minor=event.total)
            working_set.put("reward", event.reward, now)
            if now.left_minor == 0:
                _withheld(working_set, event.partner, event.reward, waits=False)
        case CaseOpened():
            working_set.put("case", event.case, Case(event.case, event.opportunity, event.registration))
            opportunity = working_set.opportunity(event.opportunity)
            working_set.put("opportunity", event.opportunity, replace(opportunity, breach=event.case))
        case CaseClosed():
            _closed(working_set, event)
        case OrderRefunded() | OrderCancelled():
            _told(working_set, event)
        case RefundCounted() | RefundWaiting() | RefundDisregarded():
            _settled(working_set, event)


def _told(working_set: WorkingSet, event: OrderRefunded | OrderCancelled) -> None:
    """The refund is on file; it may be the first that is told of its opportunity."""
    before = working_set.find_opportunity(event.opportunity)
    if before is None:
        latest = OpportunityCreated.model_construct(
            opportunity=event.opportunity, connection=event.connection, external_id=event.external_id
        )
        before = Opportunity(event.opportunity, latest, after(None, event))
    amount = event.amount if isinstance(event, OrderRefunded) else None
    refund = Refund(event.refund, working_set.clock, amount, event.source_time)
    working_set.put("opportunity", before.id, replace(before, refunds=(*before.refunds, refund)))


def _settled(working_set: WorkingSet, event: RefundCounted | RefundWaiting | RefundDisregarded) -> None:
    before = working_set.opportunity(event.opportunity)
    if isinstance(event, RefundCounted):
        change: dict[str, Any] = {"state": "counted", "code": None, "counted": event.amount}
    else:
        state = "waiting" if isinstance(event, RefundWaiting) else "disregarded"
        change = {"state": state, "code": event.code, "counted": None}
    refunds = tuple(replace(one, **change) if one.id == event.refund else one for one in before.refunds)
    working_set.put("opportunity", before.id, replace(before, refunds=refunds))


def _shared(working_set: WorkingSet, event: CreditAssigned) -> Credit:
    opportunity = working_set.opportunity(event.opportunity)
    assert event.registration is not None
    if isinstance(event, CreditRevised):
        return replace(
            working_set.credit(event.opportunity),
            number=event.number,
            value_minor=event.value.minor,
            shares=event.shares,
        )
    case = working_set.find_case(opportunity.breach) if opportunity.breach else None
    return Credit(
        opportunity=event.opportunity,
        number=event.number,
        registration=event.registration,
        case=event.case,
        holder=opportunity.holder,
        currency=event.value.currency,
        value_minor=event.value.minor,
        effective_at=event.effective_at,
        shares=event.shares,
        breach=case.id if case is not None and case.open else None,
    )


def _accrued(working_set: WorkingSet, event: RewardAccrued) -> None:
    reward = Reward(
        id=event.reward,
        partner=event.partner,
        program=event.program,
        registration=event.registration,
        opportunity=event.opportunity,
        name=event.name,
        currency=event.amount.currency,
        amount_minor=event.amount.minor,
        effective_at=event.effective_at,
        hold_until=event.hold_until,
        cases=event.cases,
    )
    working_set.put("reward", event.reward, reward)
    if event.opportunity is not None:
        credit = working_set.credit(event.opportunity)
        working_set.put("credit", event.opportunity, replace(credit, rewards=(*credit.rewards, event.reward)))


def _withheld(working_set: WorkingSet, partner: str, reward: str, *, waits: bool) -> None:
    owner = working_set.partner(partner)
    others = tuple(one for one in owner.withheld if one != reward)
    now = (*others, reward) if waits else others
    if now != owner.withheld:
        working_set.put("partner", partner, replace(owner, withheld=now))


def _closed(working_set: WorkingSet, event: CaseClosed) -> None:
    case = working_set.case(event.case)
    working_set.put(
        "case", event.case, replace(case, open=CASES[type(event)] == "open", reversed=event.outcome == "reversed")
    )
    credit = working_set.find_credit(event.opportunity)
    if credit is None or credit.breach != event.case:
        return
    working_set.put("credit", event.opportunity, replace(credit, breach=None))
    for id_ in credit.rewards:
        reward = working_set.reward(id_)
        working_set.put("reward", id_, replace(reward, cases=tuple(one for one in reward.cases if one != event.case)))
