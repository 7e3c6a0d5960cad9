"""Amendments: the one merge of a partner's patch into its claim, used by the decider and by every view."""

from __future__ import annotations

from typing import Any, Protocol

from pydantic import ValidationError

from shared.errors import FieldProblem, Invalid
from shared.events.registration import Customer, Patch, RegistrationSubmitted
from shared.events.sealed import Contact

_MERGED = ("customer", "contact")
_REQUIRED = ("customer", "products")
"""Fields without which there is no claim: a patch may replace them, never remove them."""


class AmendmentInvalid(Invalid):
    """The patch would leave a claim that nobody could have submitted; `problems` lists every field."""

    code = "amendment.invalid"


class Amendment(Protocol):
    """A patch and what of it was sent: an amendment as it came, or a held one."""

    @property
    def patch(self) -> Patch:
        """The values that were sent."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names that were sent; those without a value in the patch are removed."""


def combined(held: Amendment, later: Amendment) -> tuple[Patch, tuple[str, ...]]:
    """The two patches as one: what the later one sends replaces what the held one does."""
    return _joined(held, later, {*_named(held), *_named(later)})


def overlaid(held: Amendment, later: Amendment) -> tuple[Patch, tuple[str, ...]]:
    """The held patch once a later one has changed the claim: it must not bring back what that one replaced."""
    return _joined(held, later, _named(held))


def _named(one: Amendment) -> set[str]:
    given = {name for name in Patch.model_fields if getattr(one.patch, name) is not None}
    return {name for name in one.fields if "." not in name} | given | {name.partition(".")[0] for name in one.fields}


def _joined(held: Amendment, later: Amendment, names: set[str]) -> tuple[Patch, tuple[str, ...]]:
    changes: dict[str, Any] = {}
    removed: set[str] = {name for name in held.fields if "." in name}
    earlier, newer = _named(held), _named(later)
    for name in names:
        if name in earlier and name in newer and name in _MERGED:
            both = _customers if name == "customer" else _contacts
            changes[name] = both(held, later, removed)
        else:
            changes[name] = getattr(later.patch if name in newer else held.patch, name)
    if "contact" not in earlier:
        removed = {name for name in later.fields if "." in name and name.partition(".")[0] in names}
    return Patch(**changes), tuple(sorted({*names, *removed}))


def _customers(held: Amendment, later: Amendment, _: set[str]) -> dict[str, str | None]:
    return {**(held.patch.customer or {}), **(later.patch.customer or {})}


def _contacts(held: Amendment, later: Amendment, removed: set[str]) -> Contact | None:
    """The contact of both patches; `removed` comes to name its members that are sent, as `contact.name`."""
    earlier, newer = held.patch.contact, later.patch.contact
    every = {f"contact.{name}" for name in Contact.model_fields}
    if newer is None:
        removed -= every
        return None
    if earlier is None:
        # The held patch removes the contact: what the later one leaves out is not kept.
        removed |= every
        return newer
    removed |= {name for name in later.fields if "." in name}
    merged = {
        name: getattr(newer, name) or (None if f"contact.{name}" in later.fields else getattr(earlier, name))
        for name in Contact.model_fields
    }
    return Contact(**merged)


def amended(claim: RegistrationSubmitted, event: Amendment) -> RegistrationSubmitted:
    """The claim after the patch (RFC 7396); fields not sent stay; raises `AmendmentInvalid`.

    `event.fields` names what was sent. A dotted name such as `contact.phone` reaches into `contact`,
    whose absent members could not be told from removed ones otherwise.
    """
    sent = frozenset(event.fields)
    problems = [
        FieldProblem(name, "field.required", f"{name} cannot be removed; send a new value")
        for name in _REQUIRED
        if name in sent and getattr(event.patch, name) is None
    ]
    changes: dict[str, Any] = {
        name: getattr(event.patch, name)
        for name in Patch.model_fields
        if name not in _MERGED and (name in sent or getattr(event.patch, name) is not None)
    }
    if event.patch.customer is not None:
        customer, found = _customer(claim.customer, event.patch.customer)
        changes["customer"] = customer
        problems += found
    if event.patch.contact is not None:
        changes["contact"] = _contact(claim.contact, event.patch.contact, sent)
    elif "contact" in sent:
        changes["contact"] = None
    if problems:
        raise AmendmentInvalid("the amendment removes required fields", problems)
    return claim.model_copy(update=changes)


def _customer(customer: Customer, patch: dict[str, str | None]) -> tuple[Customer, list[FieldProblem]]:
    merged = {name: value for name in Customer.model_fields if (value := getattr(customer, name)) is not None}
    merged.update(patch)
    present = {name: value for name, value in merged.items() if value is not None}
    try:
        return Customer.model_validate(present), []
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        return customer, [_problem(one["loc"], one["type"], one["msg"]) for one in found]


def _problem(path: tuple[int | str, ...], kind: str, message: str) -> FieldProblem:
    field = ".".join(("customer", *(str(part) for part in path)))
    codes = {"missing": "field.required", "extra_forbidden": "field.unknown"}
    return FieldProblem(field, codes.get(kind, "field.invalid"), message)


def _contact(contact: Contact | None, patch: Contact, sent: frozenset[str]) -> Contact | None:
    merged: dict[str, Any] = {}
    for name in Contact.model_fields:
        given = getattr(patch, name)
        kept = None if f"contact.{name}" in sent or contact is None else getattr(contact, name)
        merged[name] = given if given is not None else kept
    return Contact(**merged) if any(merged.values()) else None
