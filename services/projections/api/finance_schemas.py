"""Response schemas about money."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.projections.api.schemas import FindingDocument, MoneyDocument, Page, SelectedFields
from services.projections.api.stale import MayBeStale

_REGISTRATION = "reg_5d0f3a9be2b45f6c9d8e1a2b3c4d5e6f"
_OPPORTUNITY = "opp_0b7c1e5a9d3f4c6b8a2e1d0c9b8a7f6e"
_REWARD = "rew_7e6d5c4b3a2f1e0d9c8b7a6f5e4d3c2b"
_CASE = "case_1f2e3d4c5b6a79880a1b2c3d4e5f6071"
_AT = "2026-03-02T17:00:00Z"


def _usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def _shown(**example: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"example": example})


class CreditDocument(MayBeStale):
    """One share of one version of a deal's credit."""

    model_config = _shown(
        opportunity=_OPPORTUNITY, number=1, registration=_REGISTRATION, program="resale", role="sourced",
        partner="acme", house=False, portion="4/5", amount=_usd("44000.00"), value=_usd("55000.00"), case="protected",
        model="registered", code=None, effective_at=_AT, posted_at=_AT, seq=61,
    )  # fmt: skip

    opportunity: str
    number: int = Field(description="Version of the credit, from 1.")
    registration: str | None = Field(description="Null if the deal belongs to another partner.")
    program: str | None
    role: str = Field(description="The role credited. `unregistered`: products that the registration does not name.")
    partner: str | None = Field(description="Null for the vendor's own share.")
    house: bool
    portion: str = Field(description="Exact share of the registered value, as a fraction.")
    amount: MoneyDocument
    value: MoneyDocument | None = Field(description="Sum of all shares. Null if the deal belongs to another partner.")
    case: str = Field(description="How the win counts (protected, further, late, breach, unprotected or unlinked).")
    model: str
    code: str | None = Field(description="What changed, if this version revises an earlier one.")
    effective_at: datetime
    posted_at: datetime
    seq: int | None = Field(None, description="For the vendor only.")


class CreditPage(Page):
    items: list[CreditDocument | SelectedFields]


class RewardDocument(MayBeStale):
    """One reward: what one rule pays for one deal."""

    model_config = _shown(
        reward=_REWARD, status="held", blocked=None, name="resale-rebate", kind="rebate", partner="acme",
        program="resale", policy="resale/1", registration=_REGISTRATION, customer="Nile Trading",
        opportunity=_OPPORTUNITY, on="won",
        role="sourced", base=_usd("55000.00"), pct="10", cap=_usd("1000.00"), amount=_usd("1000.00"),
        left=_usd("1000.00"), hold_until="2026-04-02T00:00:00Z", cases=[], code=None, adjusts=None,
        effective_at=_AT, posted_at=_AT, changed_at=_AT, seq=62,
    )  # fmt: skip

    reward: str
    status: Literal["held", "payable", "reversed"]
    blocked: str | None = Field(description="`partner.suspended`: payable, and not paid while that stands.")
    name: str = Field(description="In the program's policy.")
    kind: str
    partner: str
    program: str
    policy: str | None
    registration: str
    customer: str | None = Field(
        None, description="The registration's customer, as registered. Null where it belongs to another partner."
    )
    opportunity: str | None
    on: Literal["approved", "won"]
    role: str | None
    base: MoneyDocument | None = Field(
        description="The amount that the percentage applies to. Null if the deal belongs to another partner."
    )
    pct: str
    cap: MoneyDocument | None
    amount: MoneyDocument
    left: MoneyDocument = Field(description="Amount not yet reversed.")
    hold_until: datetime
    cases: list[str] = Field(description="Open cases that hold it.")
    code: str | None
    adjusts: str | None = Field(description="The reward that this one adjusts.")
    effective_at: datetime
    posted_at: datetime
    changed_at: datetime
    seq: int | None = Field(None, description="For the vendor only.")


class RewardPage(Page):
    items: list[RewardDocument | SelectedFields]


class PostingDocument(MayBeStale):
    """One line of a double entry."""

    model_config = _shown(
        line=4, type="reward.accrued", account="held", partner="acme", program="resale", amount=_usd("-1000.00"),
        reward=_REWARD, registration=_REGISTRATION, opportunity=_OPPORTUNITY, effective_at=_AT, posted_at=_AT, seq=62,
    )  # fmt: skip

    line: int = Field(description="Line number within its entry, from 1.")
    type: str
    account: str
    partner: str
    program: str
    amount: MoneyDocument = Field(description="Debit positive, credit negative.")
    reward: str
    registration: str
    opportunity: str | None
    effective_at: datetime
    posted_at: datetime
    seq: int | None = Field(
        None, description="Number of the journal entry, whose lines sum to zero. For the vendor only."
    )


class LedgerPage(Page):
    items: list[PostingDocument | SelectedFields]


class CaseDocument(MayBeStale):
    """A question that the rules left to a reviewer, and what it holds until it is decided."""

    model_config = _shown(
        case=_CASE, kind="breach", state="open", opportunity=_OPPORTUNITY, registration=_REGISTRATION, partner="acme",
        customer="Nile Trading", verdict=None, outcome=None,
        opened_at=_AT, closed_at=None, rewards=[_REWARD], holds=[_usd("1000.00")],
        sentence="A partner won the deal that another holds; the holder's rewards wait for a reviewer.", findings=[],
        winner="reg_9f8e7d6c5b4a39281706f5e4d3c2b1a0",
        winner_partner="bravo", reason=None, seq=60,
    )  # fmt: skip

    case: str
    kind: str
    state: Literal["open", "closed"]
    opportunity: str
    registration: str = Field(description="The holder's registration.")
    partner: str | None = Field(description="The partner that holds the deal.")
    customer: str | None = Field(None, description="The customer of the holder's registration, as registered.")
    verdict: str | None
    outcome: str | None
    opened_at: datetime
    closed_at: datetime | None
    rewards: list[str] = Field(description="Every reward that it has held.")
    holds: list[MoneyDocument] = Field(description="Amounts that it holds now, one per currency.")
    sentence: str | None = Field(None, description="What was told of it last.")
    findings: list[FindingDocument] = Field([], description="The clauses by which it began.")
    winner: str | None = Field(None, description="The registration that won. For the vendor only.")
    winner_partner: str | None = Field(None, description="The partner that won. For the vendor only.")
    reason: str | None = Field(None, description="For the vendor only.")
    seq: int | None = Field(None, description="For the vendor only.")


class CasePage(Page):
    items: list[CaseDocument | SelectedFields]


class PayoutDocument(BaseModel):
    """One account in one month."""

    model_config = _shown(
        partner="acme", program="resale", currency="USD", account="payable", month="2026-03", debit=_usd("0.00"),
        credit=_usd("1000.00"), amount=_usd("1000.00"), balance=_usd("3400.00"), entries=1, blocked=None,
    )  # fmt: skip

    partner: str
    program: str
    currency: str
    account: str
    month: str
    debit: MoneyDocument
    credit: MoneyDocument
    amount: MoneyDocument = Field(
        description="Movement of the month, in the direction in which the account usually grows."
    )
    balance: MoneyDocument = Field(
        description="Balance at the end of the month. For `accrued`: everything earned until then."
    )
    entries: int
    blocked: str | None


class PayoutPage(Page):
    items: list[PayoutDocument | SelectedFields]


class AccountDocument(BaseModel):
    account: str
    amount: MoneyDocument


class PayoutGroup(BaseModel):
    key: str
    accounts: list[AccountDocument] = Field(description="One amount per account and currency.")


class PayoutSummary(MayBeStale):
    """Reward accounts, summed by one dimension."""

    model_config = _shown(
        group_by="partner", by="posted", seq=80,
        groups=[{"key": "acme", "accounts": [{"account": "held", "amount": _usd("1000.00")}]}],
    )  # fmt: skip

    group_by: str
    by: str
    groups: list[PayoutGroup]
    seq: int | None = None


class ChainLink(BaseModel):
    """One entry of the timeline, with the rules that were applied."""

    at: datetime
    type: str
    sentence: str
    policy: str | None
    findings: list[FindingDocument]
    link: str | None = Field(description="Where more is told about it.")
    position: int | None = Field(None, description="For the vendor alone.")


class RewardStep(ChainLink):
    """One entry that led to a reward."""

    about: Literal["reward", "credit", "deal", "case", "registration"] = Field(
        description="What it is a step of: the reward itself, the credit that it is a part of, the deal as the CRM "
        "tells of it, a case that holds it, or the registration that it is earned by."
    )


class RewardExplanation(MayBeStale):
    """Why a partner is owed what it is, from the money back to the first fact."""

    model_config = _shown(
        reward=_REWARD, status="held", registration=_REGISTRATION, opportunity=_OPPORTUNITY, policy="resale/1",
        amount=_usd("1000.00"), left=_usd("1000.00"),
        sentence="Earned 1,000.00 USD as resale-rebate: 10 % of 55,000.00 USD, at most 1,000.00 USD.",
        steps=[{"about": "reward", "at": _AT, "type": "reward.accrued", "policy": "resale/1", "findings": [],
                "sentence": "Earned 1,000.00 USD as resale-rebate.", "link": f"/v1/ledger?reward={_REWARD}",
                "position": 62}], seq=62,
    )  # fmt: skip

    reward: str
    status: Literal["held", "payable", "reversed"]
    registration: str
    opportunity: str | None
    policy: str | None
    amount: MoneyDocument
    left: MoneyDocument = Field(description="Amount not yet reversed.")
    sentence: str | None = Field(description="What the reward is, in one sentence.")
    steps: list[RewardStep] = Field(
        description="What led to it: the reward first, then cases, credit, the deal, the registration; of each, the "
        "last entry first."
    )
    seq: int | None = Field(None, description="For the vendor only.")


class Attribution(MayBeStale):
    """How a deal's value was credited and why, with the rewards and postings that followed."""

    model_config = _shown(
        opportunity=_OPPORTUNITY, state="won", case="protected", registration=_REGISTRATION, value=_usd("55000.00"),
        sentence="Credited: Acme 44,000.00 USD (sourced) and house 11,000.00 USD (fulfilled).", seq=80,
        chain=[{"at": _AT, "type": "opportunity.won", "sentence": "Won for 55,000.00 USD.", "policy": None,
                "findings": [], "link": f"/v1/opportunities/{_OPPORTUNITY}", "position": 58}],
        credits=[], rewards=[], postings=[], cases=[],
    )  # fmt: skip

    opportunity: str
    state: Literal["open", "won", "lost"]
    case: str | None
    registration: str | None = Field(description="Null if the deal belongs to another partner or to nobody.")
    value: MoneyDocument | None
    sentence: str | None = Field(description="The latest sentence about its credit.")
    chain: list[ChainLink]
    credits: list[CreditDocument] = Field(description="Every version, oldest first.")
    rewards: list[RewardDocument]
    postings: list[PostingDocument]
    cases: list[CaseDocument]
    seq: int | None = Field(None, description="For the vendor only.")
