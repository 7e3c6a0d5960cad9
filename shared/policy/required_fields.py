"""Fields of a registration that a policy may require, and alternatives among them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

FIELDS = (
    "customer.legal_name", "customer.country", "customer.city", "customer.domain", "customer.duns", "customer.tax_id",
    "customer.lei", "customer.company_id", "customer.sector", "site", "workload", "subscription",
    "project", "contact", "products", "amount", "list_amount", "units", "term_months", "rfp_on", "further_customers",
    "close_date", "competitor", "evidence", "notes",
)  # fmt: skip
"""Fields of a registration that a policy may require or a reviewer may ask for."""


_BAR = re.compile(r" *\| *")


def _alternatives(given: object) -> object:
    if isinstance(given, str):
        return tuple(_BAR.split(given))
    return tuple(given) if isinstance(given, list) else given


def _known_fields(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in FIELDS:
            raise ValueError(f"{name[:80]!r} is no field of a registration; known: {', '.join(FIELDS)}")
    return names


OneOf = Annotated[
    tuple[str, ...],
    BeforeValidator(_alternatives),
    AfterValidator(_known_fields),
    PlainSerializer(lambda names: " | ".join(names), return_type=str),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(FIELDS)},
                {"type": "string", "pattern": " *\\| *"},
                {"type": "array", "items": {"enum": list(FIELDS)}},
            ]
        }
    ),
]
"""Alternatives, written `a | b`: any of the fields will do."""
