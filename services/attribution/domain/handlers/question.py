"""A reviewer's question: which fields it opens, and what an answer leaves open."""

from __future__ import annotations

from collections.abc import Collection

from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers.review import hold
from shared.events.base import Finding, Need
from shared.events.registration import Patch, RegistrationAmended


def given_by(event: RegistrationAmended) -> list[str]:
    """The fields that the patch sends, those of the customer one by one; an unchanged or empty value counts, too."""
    given = (name for name in Patch.model_fields if getattr(event.patch, name) is not None)
    customer = (f"customer.{name}" for name in event.patch.customer or ())
    return sorted({*event.fields, *given, *customer} - {"customer"})


def only_asked(claim: Registration, given: Collection[str]) -> None:
    """Refuse what the question does not open, while one is asked."""
    if claim.state != "action_required":
        return
    for name in given:
        if not any(_concerns(name, field) for field in claim.fields):
            raise FactRejected("field.not_open", field=name, status=409, fields=list(claim.fields))


def unanswered(claim: Registration, given: Collection[str]) -> tuple[str, ...]:
    """The fields that are asked for and not given now; none where no question is asked."""
    return tuple(field for field in claim.fields if not any(_concerns(name, field) for name in given))


def ask_again(working_set: WorkingSet, id_: str, fields: tuple[str, ...], former: tuple[str, ...] = ()) -> None:
    """Leave the claim with its partner, for what is still missing; claims beside it may move, as after any change."""
    claim = working_set.registration(id_)
    hold(working_set, claim, "action_required", [_still_asked(fields)], fields=fields)
    working_set.stir(id_, former)


def _concerns(given: str, asked: str) -> bool:
    return asked in (given, given.partition(".")[0])


def _still_asked(fields: tuple[str, ...]) -> Finding:
    return Finding(
        clause="always.person", outcome="missing", code="review.still_asked", inputs={"fields": list(fields)},
        needs=tuple(Need(input="fields", operator="given", value=name) for name in fields),
    )  # fmt: skip
