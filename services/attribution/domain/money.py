"""What a win means in money, from the first credit to the last refund: the only place that orders these steps."""

from __future__ import annotations

from services.attribution.domain import credit as shares
from services.attribution.domain import refunds, rewards
from services.attribution.domain.book import Book, Refused
from services.attribution.domain.evolve import evolve
from services.attribution.domain.policy import label
from shared.events.case import CaseClosed, CaseOpened, CaseResolved
from shared.events.envelope import derived_id
from shared.events.order import OrderCancelled, OrderRefunded


def on_classified(book: Book, opportunity: str) -> None:
    """A classified win is credited and its rewards accrue; a breach opens a case that holds them."""
    now = book.opportunity(opportunity)
    assert now is not None
    if now.case == "breach":
        _open_case(book, opportunity)
    refunds.settle(book, opportunity)
    credit = shares.assign(book, opportunity)
    if credit is not None:
        rewards.follow_value(book, credit, "won")


def _open_case(book: Book, opportunity: str) -> None:
    now = book.opportunity(opportunity)
    assert now is not None
    assert now.holder is not None
    claim = book.at(now.registration) if now.registration else None
    opened = CaseOpened(
        case=f"case_{derived_id('case', opportunity, str(book.last_seq))}",
        kind_of_case="breach",
        opportunity=opportunity,
        registration=now.holder,
        winner=now.registration,
        sentence="A partner won the deal that another holds; the holder's rewards wait for a person.",
        policy=label(book, claim) if claim else None,
    )
    evolve(book, opened)


def on_value_changed(book: Book, opportunity: str) -> None:
    """Credit and rewards follow the value that the CRM tells after the win."""
    now, credit = book.opportunity(opportunity), book.credit(opportunity)
    if now is None or now.status != "won" or now.latest.amount is None:
        return
    refunds.settle(book, opportunity)
    if credit is None or not credit.active:
        if now.case is not None and now.case != "unlinked":
            _credit_anew(book, opportunity)
        return
    if now.latest.amount.currency != credit.currency:
        # Shares in one currency cannot be revised into another: they are taken back and given anew.
        on_taken_back(book, opportunity, "currency_changed", keep_case=True)
        _credit_anew(book, opportunity)
        return
    _follow(book, opportunity, "value_changed")


def _credit_anew(book: Book, opportunity: str) -> None:
    fresh = shares.assign(book, opportunity)
    assert fresh is not None
    rewards.follow_value(book, fresh, "won")


def _follow(book: Book, opportunity: str, code: str) -> None:
    shares.revise(book, opportunity, code)
    credit = book.credit(opportunity)
    assert credit is not None
    rewards.follow_value(book, credit, code)


def on_taken_back(book: Book, opportunity: str, code: str, *, keep_case: bool = False) -> None:
    """The win is no win any more, or belongs elsewhere: nothing is credited and everything is taken back."""
    credit = book.credit(opportunity)
    if credit is not None and credit.active:
        for id_ in credit.rewards:
            reward = book.reward(id_)
            assert reward is not None
            rewards.take_back(book, id_, reward.left_minor, code)
        shares.reverse(book, opportunity, code)
    now = book.opportunity(opportunity)
    case = book.case(now.breach) if now is not None and now.breach is not None else None
    if case is not None and case.open and not keep_case:
        sentence = "Closed: the win that it rests on was taken back."
        closed = CaseClosed(
            case=case.id, opportunity=opportunity, registration=case.registration, outcome="win_taken_back",
            sentence=sentence,
        )  # fmt: skip
        evolve(book, closed)


def resolve_case(book: Book, event: CaseResolved) -> None:
    """A person decided: what the case held is released once its hold is over, or taken back."""
    case = book.case(event.case)
    if case is None:
        raise Refused("case.unknown", f"case {event.case!r} does not exist", status=404)
    if not case.open:
        raise Refused("case.closed", "the case is closed already", status=409)
    evolve(book, event)
    credit = book.credit(case.opportunity)
    held = credit.rewards if credit is not None and credit.active else ()
    if event.verdict == "reverse":
        for id_ in held:
            reward = book.reward(id_)
            assert reward is not None
            rewards.take_back(book, id_, reward.left_minor, "case_reversed")
    released = event.verdict == "release"
    closed = CaseClosed(
        case=case.id,
        opportunity=case.opportunity,
        registration=case.registration,
        outcome="released" if released else "reversed",
        sentence=f"A person {'released' if released else 'reversed'} what the case held.",
    )
    evolve(book, closed)


def refund(book: Book, event: OrderRefunded | OrderCancelled) -> None:
    """Take the refund; credit and rewards go back in proportion to what of it counts."""
    changed = refunds.take(book, event)
    credit = book.credit(event.opportunity)
    if changed and credit is not None and credit.active:
        _follow(book, event.opportunity, "refunded" if isinstance(event, OrderRefunded) else "cancelled")
