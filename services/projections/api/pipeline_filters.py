"""Filters of the pipeline, and the rows that a caller may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import Field

from services.projections.api.listing import MAX_CHOICES, ListQuery, containing
from services.projections.api.position import PositionQuery
from services.projections.api.sheets import SheetQuery
from services.projections.tables import pipeline
from shared.credentials import Caller
from shared.events.lifecycle import State
from shared.http.wire.fields import Line
from shared.http.wire.parameters import Day, Moment

_ASKS: dict[str, sa.ColumnElement[bool]] = {
    "extension": pipeline.c.extension_until.is_not(None),
    "objection": pipeline.c.objected,
}


class PipelineFilters(PositionQuery):
    """Filters of `/v1/pipeline` and its summary; several values of one filter mean any of them."""

    state: list[State] = Field([], max_length=MAX_CHOICES)
    registration: list[Line] = Field(
        [], max_length=MAX_CHOICES, description="Only the registrations with one of these numbers."
    )
    hold: list[Line] = Field(
        [],
        max_length=MAX_CHOICES,
        description="Only registrations that wait for one of these: `confirmation` lists whose turn has come.",
    )
    asks: list[Literal["extension", "objection"]] = Field(
        [],
        max_length=MAX_CHOICES,
        description="Only registrations whose partner asks for one of these, and waits for your answer: an extension, "
        "or to keep a deal that was reported lost.",
    )
    partner: list[Line] = Field([], max_length=MAX_CHOICES)
    program: list[Line] = Field([], max_length=MAX_CHOICES)
    product: list[Line] = Field(
        [], max_length=MAX_CHOICES, description="Only registrations with any of these products."
    )
    currency: list[Line] = Field([], max_length=MAX_CHOICES)
    customer: Line | None = Field(None, description="Text in the customer's name; case does not matter.")
    external_id: Line | None = None
    opportunity: Literal["linked", "none"] | None = Field(
        None, description="True: only registrations with an opportunity. False: only those without."
    )
    close_from: Day | None = Field(None, description="Only close dates on or after this day.")
    close_to: Day | None = Field(None, description="Only close dates on or before this day.")
    submitted_from: Moment | None = Field(None, description="Only registrations submitted at or after this time.")
    submitted_before: Moment | None = None
    protected_before: Moment | None = Field(
        None,
        description="Only registrations whose protection ends before this time. With `state=protected`: what expires "
        "next.",
    )


class PipelineQuery(PipelineFilters, ListQuery, SheetQuery):
    """Query parameters of the list."""


def visible(caller: Caller) -> list[Any]:
    """Restrict a partner's credential to its own registrations (G10)."""
    return [] if caller.partner is None else [pipeline.c.partner == caller.partner]


def where(caller: Caller, asked: PipelineFilters) -> list[Any]:
    """Return the conditions of the filters, and of what the caller may see."""
    columns = pipeline.c
    opportunities = columns.open_opportunities + columns.won_opportunities + columns.lost_opportunities
    conditions: list[tuple[Any, Callable[[], Any]]] = [
        (asked.state, lambda: columns.state.in_(asked.state)),
        (asked.registration, lambda: columns.registration_id.in_(asked.registration)),
        (asked.hold, lambda: columns.hold.in_(asked.hold)),
        (asked.asks, lambda: sa.or_(*(_ASKS[one] for one in asked.asks))),
        (asked.partner, lambda: columns.partner.in_(asked.partner)),
        (asked.program, lambda: columns.program.in_(asked.program)),
        (asked.product, lambda: columns.products.overlap(sa.cast(asked.product, columns.products.type))),
        (asked.currency, lambda: columns.currency.in_(asked.currency)),
        (asked.customer, lambda: containing(columns.customer_name, str(asked.customer))),
        (asked.external_id, lambda: columns.external_id == asked.external_id),
        (asked.opportunity, lambda: opportunities > 0 if asked.opportunity == "linked" else opportunities == 0),
        (asked.close_from, lambda: columns.close_date >= asked.close_from),
        (asked.close_to, lambda: columns.close_date <= asked.close_to),
        (asked.submitted_from, lambda: columns.submitted_at >= asked.submitted_from),
        (asked.submitted_before, lambda: columns.submitted_at < asked.submitted_before),
        (asked.protected_before, lambda: columns.protected_until < asked.protected_before),
    ]
    return visible(caller) + [condition() for given, condition in conditions if given not in (None, [])]
