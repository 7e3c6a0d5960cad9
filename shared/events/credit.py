"""Credit: the shares of one won deal, by partner and role; they sum to the whole."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from shared.events.base import Code, Decision, Id, Moment, Part, distinct, subject
from shared.events.money import Money

Role = Literal["sourced", "influenced", "fulfilled"]
ShareRole = Role | Literal["unregistered"]


class Share(Part):
    """Part of a won value: whose, in which role; without a partner it is the vendor's own (`house`)."""

    role: ShareRole
    """`unregistered` is value of products that the registration does not name: always the house's."""
    partner: Id | None = None
    portion: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,30}/[1-9][0-9]{0,30}$")]
    """Exact share of the registered value, as a fraction; the portions of all shares sum to one."""
    amount: Money


class _OfCredit(Decision):
    opportunity: Id
    registration: Id | None = None
    number: int = Field(ge=1)
    """Of the credit's versions on this opportunity, from 1."""
    effective_at: Moment
    """When the deal was won; corrections keep it and are dated when they are made."""

    def subjects(self) -> tuple[str, ...]:
        return distinct((*subject("opportunity", self.opportunity), *subject("registration", self.registration)))


class CreditAssigned(_OfCredit):
    """The won value is divided into shares."""

    type: ClassVar[str] = "credit.assigned"

    value: Money
    model: Code
    case: Code
    shares: tuple[Share, ...]

    def subjects(self) -> tuple[str, ...]:
        parties = (share.partner for share in self.shares)
        return distinct((*super().subjects(), *subject("partner", *parties)))


class CreditRevised(CreditAssigned):
    """These shares replace those of the previous version; `code` says what changed."""

    type: ClassVar[str] = "credit.revised"

    code: Code


class CreditReversed(_OfCredit):
    """Nothing is credited any more, because the win was reversed."""

    type: ClassVar[str] = "credit.reversed"

    code: Code
    value: Money
    """What the last version shared out."""
