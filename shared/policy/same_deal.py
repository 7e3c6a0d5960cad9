"""Same deal: when two registrations claim one."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from shared.policy.parameters import Family, parameter_of
from shared.policy.periods import Period, PeriodText

Key = Literal["deal", "line", "customer", "workload", "subscription"]


class SameDeal(Family):
    """When two registrations claim the same deal, compared pair by pair."""

    customer: Literal["entity", "group"] = "entity"
    """`entity`: each legal entity is a customer of its own; `group`: companies of one group are one, which are
    those with a common parent, a parent and its subsidiaries, those that share a registered domain."""
    key: Key = "deal"
    """What of a customer one partner holds. `deal`: the products, as `products` compares them; `line`: a product
    line; `customer`: everything; `workload`, `subscription`: what the registrations name as such, which
    `required_fields` must ask for. Where one of the two names none, as an opportunity, `products` compares."""
    products: Literal["overlap", "same_line", "any"] = "overlap"
    """`overlap`: a product in common; `same_line`: a line in common; `any`: whatever the products."""
    site: Literal["same", "ignore"] = "ignore"
    """`same`: different sites are different deals; needs `site` in `required_fields`. Case and spaces do not count."""
    territory: Literal["same", "ignore"] = "ignore"
    """`same`: customers in different territories of the vendor document are different deals; needs
    `customer.country` in `required_fields`. A country in no territory is one of its own."""
    close_window_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    """Close dates further apart are different deals; needs `close_date` in `required_fields`."""
    name_only: Literal["look", "block"] = "look"
    """What names that are certainly one company's do where no kind of identifier is common to both: `look`, a
    person decides; `block`, they count as the same. Of names that are only alike a person always decides."""
    match_within: Annotated[PeriodText, parameter_of("customer")] = Period(3, "bd")
    """How long a person is given to say whether two customers are one; an overdue question stays open, marked so."""

    @cached_property
    def compares(self) -> tuple[str, ...]:
        """What can tell two deals of one customer apart: the other parameters are not asked, and cost nothing."""
        asked = {
            "key": self.key in ("workload", "subscription"),
            "products": self.key != "customer",
            "site": self.site == "same",
            "territory": self.territory == "same",
            "close_window_days": self.close_window_days is not None,
        }
        return tuple(name for name, one in asked.items() if one)
