"""Evolve, for what a win is worth: what an entry changes in credits, rewards and cases."""

from __future__ import annotations

from typing import Any

from services.attribution.domain.book import Book
from services.attribution.domain.changed import replace
from services.attribution.domain.state import Case, Credit, Opportunity, Refund, Reward
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


def evolve_money(book: Book, event: Money) -> None:
    """The documents after the entry; the entry itself is in the book already."""
    match event:
        case CreditAssigned():
            book.put("credit", event.opportunity, _shared(book, event))
        case CreditReversed():
            before = _credit(book, event.opportunity)
            ended = replace(before, number=event.number, active=False, shares=())
            book.put("credit", event.opportunity, ended)
        case RewardAccrued():
            _accrued(book, event)
        case RewardHeld():
            book.put("reward", event.reward, replace(_reward(book, event.reward), blocked=True))
            _withheld(book, event.partner, event.reward, waits=True)
        case RewardReleased():
            book.put(
                "reward", event.reward, replace(_reward(book, event.reward), status=REWARDS[type(event)], blocked=False)
            )
            _withheld(book, event.partner, event.reward, waits=False)
        case RewardReversed():
            now = replace(_reward(book, event.reward), reversed_minor=event.total)
            book.put("reward", event.reward, now)
            if now.left_minor == 0:
                _withheld(book, event.partner, event.reward, waits=False)
        case CaseOpened():
            book.put("case", event.case, Case(event.case, event.opportunity, event.registration))
            opportunity = book.opportunity(event.opportunity)
            assert opportunity is not None
            book.put("opportunity", event.opportunity, replace(opportunity, breach=event.case))
        case CaseClosed():
            _closed(book, event)
        case OrderRefunded() | OrderCancelled():
            _told(book, event)
        case RefundCounted() | RefundWaiting() | RefundDisregarded():
            _settled(book, event)


def _told(book: Book, event: OrderRefunded | OrderCancelled) -> None:
    """The refund is on file; it may be the first that is told of its opportunity."""
    before = book.opportunity(event.opportunity)
    if before is None:
        latest = OpportunityCreated.model_construct(
            opportunity=event.opportunity, connection=event.connection, external_id=event.external_id
        )
        before = Opportunity(event.opportunity, latest, after(None, event))
    amount = event.amount if isinstance(event, OrderRefunded) else None
    refund = Refund(event.refund, book.clock, amount, event.source_time)
    book.put("opportunity", before.id, replace(before, refunds=(*before.refunds, refund)))


def _settled(book: Book, event: RefundCounted | RefundWaiting | RefundDisregarded) -> None:
    before = book.opportunity(event.opportunity)
    assert before is not None, event.opportunity
    if isinstance(event, RefundCounted):
        change: dict[str, Any] = {"state": "counted", "code": None, "counted": event.amount}
    else:
        state = "waiting" if isinstance(event, RefundWaiting) else "disregarded"
        change = {"state": state, "code": event.code, "counted": None}
    refunds = tuple(replace(one, **change) if one.id == event.refund else one for one in before.refunds)
    book.put("opportunity", before.id, replace(before, refunds=refunds))


def _credit(book: Book, opportunity: str) -> Credit:
    found = book.credit(opportunity)
    assert found is not None, opportunity
    return found


def _reward(book: Book, id_: str) -> Reward:
    found = book.reward(id_)
    assert found is not None, id_
    return found


def _shared(book: Book, event: CreditAssigned) -> Credit:
    opportunity = book.opportunity(event.opportunity)
    assert opportunity is not None
    assert event.registration is not None
    if isinstance(event, CreditRevised):
        return replace(
            _credit(book, event.opportunity), number=event.number, value_minor=event.value.minor, shares=event.shares
        )
    case = book.case(opportunity.breach) if opportunity.breach else None
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


def _accrued(book: Book, event: RewardAccrued) -> None:
    reward = Reward(
        id=event.reward,
        partner=event.partner,
        program=event.program,
        registration=event.registration,
        opportunity=event.opportunity,
        rule=event.rule,
        currency=event.amount.currency,
        amount_minor=event.amount.minor,
        effective_at=event.effective_at,
        hold_until=event.hold_until,
        cases=event.cases,
    )
    book.put("reward", event.reward, reward)
    if event.opportunity is not None:
        credit = _credit(book, event.opportunity)
        book.put("credit", event.opportunity, replace(credit, rewards=(*credit.rewards, event.reward)))


def _withheld(book: Book, partner: str, reward: str, *, waits: bool) -> None:
    owner = book.partner(partner)
    assert owner is not None, partner
    others = tuple(one for one in owner.withheld if one != reward)
    now = (*others, reward) if waits else others
    if now != owner.withheld:
        book.put("partner", partner, replace(owner, withheld=now))


def _closed(book: Book, event: CaseClosed) -> None:
    case = book.case(event.case)
    assert case is not None
    book.put("case", event.case, replace(case, open=CASES[type(event)] == "open", reversed=event.outcome == "reversed"))
    credit = book.credit(event.opportunity)
    if credit is None or credit.breach != event.case:
        return
    book.put("credit", event.opportunity, replace(credit, breach=None))
    for id_ in credit.rewards:
        reward = _reward(book, id_)
        book.put("reward", id_, replace(reward, cases=tuple(one for one in reward.cases if one != event.case)))
