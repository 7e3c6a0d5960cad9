"""The shapes of answers about money, for OpenAPI: what a client may rely on."""

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
    number: int = Field(description="Of the credit's version, from 1.")
    registration: str | None = Field(description="Null where the deal is another partner's.")
    program: str | None
    role: str = Field(description="`unregistered`: products that the registration does not name.")
    partner: str | None = Field(description="Null: the vendor's own.")
    house: bool
    portion: str = Field(description="Exact share of the registered value, as a fraction.")
    amount: MoneyDocument
    value: MoneyDocument | None = Field(description="What all shares sum to; null where the deal is another's.")
    case: str = Field(description="How the win counts: a row of the won table.")
    model: str
    code: str | None = Field(description="What changed, where this version revises another.")
    effective_at: datetime
    posted_at: datetime
    seq: int | None = Field(None, description="For the vendor alone.")


class CreditPage(Page):
    items: list[CreditDocument | SelectedFields]


class RewardDocument(MayBeStale):
    """What is owed for one deal by one rule."""

    model_config = _shown(
        reward=_REWARD, status="held", blocked=None, name="resale-rebate", kind="rebate", partner="acme",
        program="resale", policy="resale/1", registration=_REGISTRATION, opportunity=_OPPORTUNITY, on="won",
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
    opportunity: str | None
    on: Literal["approved", "won"]
    role: str | None
    base: MoneyDocument | None = Field(description="What the percentage is of; null where the deal is another's.")
    pct: str
    cap: MoneyDocument | None
    amount: MoneyDocument
    left: MoneyDocument = Field(description="What was not taken back.")
    hold_until: datetime
    cases: list[str] = Field(description="Open cases that keep it held.")
    code: str | None
    adjusts: str | None = Field(description="The reward that this one adds to.")
    effective_at: datetime
    posted_at: datetime
    changed_at: datetime
    seq: int | None = Field(None, description="For the vendor alone.")


class RewardPage(Page):
    items: list[RewardDocument | SelectedFields]


class PostingDocument(MayBeStale):
    """One line of a double entry."""

    model_config = _shown(
        line=4, type="reward.accrued", account="held", partner="acme", program="resale", amount=_usd("-1000.00"),
        reward=_REWARD, registration=_REGISTRATION, opportunity=_OPPORTUNITY, effective_at=_AT, posted_at=_AT, seq=62,
    )  # fmt: skip

    line: int = Field(description="Within its entry, from 1.")
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
    seq: int | None = Field(None, description="Of the entry, whose lines sum to zero; for the vendor alone.")


class LedgerPage(Page):
    items: list[PostingDocument | SelectedFields]


class CaseDocument(MayBeStale):
    """What rules left to a person, and what it holds meanwhile."""

    model_config = _shown(
        case=_CASE, kind="breach", state="open", opportunity=_OPPORTUNITY, registration=_REGISTRATION, partner="acme",
        verdict=None, outcome=None, opened_at=_AT, closed_at=None, rewards=[_REWARD], holds=[_usd("1000.00")],
        winner="reg_9f8e7d6c5b4a39281706f5e4d3c2b1a0", reason=None, seq=60,
    )  # fmt: skip

    case: str
    kind: str
    state: Literal["open", "closed"]
    opportunity: str
    registration: str = Field(description="The holder's.")
    partner: str | None = Field(description="Who holds the deal.")
    verdict: str | None
    outcome: str | None
    opened_at: datetime
    closed_at: datetime | None
    rewards: list[str] = Field(description="Every reward that it came to hold.")
    holds: list[MoneyDocument] = Field(description="What it holds now, one amount a currency.")
    winner: str | None = Field(None, description="The registration that won; for the vendor alone.")
    reason: str | None = Field(None, description="For the vendor alone.")
    seq: int | None = Field(None, description="For the vendor alone.")


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
    amount: MoneyDocument = Field(description="What moved, in the direction in which the account usually grows.")
    balance: MoneyDocument = Field(description="At the month's end; of `accrued`, everything earned until then.")
    entries: int
    blocked: str | None


class PayoutPage(Page):
    items: list[PayoutDocument | SelectedFields]


class AccountDocument(BaseModel):
    account: str
    amount: MoneyDocument


class PayoutGroup(BaseModel):
    key: str
    accounts: list[AccountDocument] = Field(description="One amount for each account and currency.")


class PayoutSummary(MayBeStale):
    """What accounts came to by one thing."""

    model_config = _shown(
        group_by="partner", by="posted", seq=80,
        groups=[{"key": "acme", "accounts": [{"account": "held", "amount": _usd("1000.00")}]}],
    )  # fmt: skip

    group_by: str
    by: str
    groups: list[PayoutGroup]
    seq: int | None = None


class ChainLink(BaseModel):
    """One entry of the story, with the rules that were applied."""

    at: datetime
    type: str
    sentence: str
    policy: str | None
    findings: list[FindingDocument]
    link: str | None = Field(description="Where more is told about it.")
    position: int | None = Field(None, description="For the vendor alone.")


class Attribution(MayBeStale):
    """Why a deal's value is credited as it is, and what came of it."""

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
    registration: str | None = Field(description="Null where the deal is another partner's, or nobody's.")
    value: MoneyDocument | None
    sentence: str | None = Field(description="The last word about its credit.")
    chain: list[ChainLink]
    credits: list[CreditDocument] = Field(description="Every version, the earliest first.")
    rewards: list[RewardDocument]
    postings: list[PostingDocument]
    cases: list[CaseDocument]
    seq: int | None = Field(None, description="For the vendor alone.")
