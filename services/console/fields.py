"""Fields of a registration as inputs of a form, and back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, get_args

from services.console.forms import Typed, document
from services.console.written import amount_of, code_of
from shared.events.registration import EvidenceKind

KINDS: tuple[str, ...] = get_args(EvidenceKind)
CUSTOMER = (
    "customer.legal_name", "customer.country", "customer.city", "customer.domain", "customer.tax_id",
    "customer.company_id", "customer.duns", "customer.lei", "customer.sector",
)  # fmt: skip
AMOUNTS = ("amount.amount", "amount.currency", "list_amount.amount", "list_amount.currency")
DEAL = (
    *AMOUNTS,
    "units",
    "term_months",
    "close_date",
    "rfp_on",
    "site",
    "workload",
    "subscription",
    "project",
    "competitor",
)
CONTACT = ("contact.name", "contact.email", "contact.phone", "notes")
LISTS = ("products", "further_customers")
NUMBERS = frozenset({"units", "term_months"})
EVIDENCE = ("evidence.0.kind", "evidence.0.on", "evidence.0.note")
INPUTS = (*CUSTOMER, *DEAL, *CONTACT, *LISTS, "external_id", *EVIDENCE)
"""Every input, as the API names the field."""
_PLAIN = (*CUSTOMER, *DEAL, *CONTACT, "external_id")


def submission(typed: Typed, program: str) -> dict[str, Any]:
    """The body of a registration."""
    body = {"program": program, **_fields(typed)}
    evidence = document(typed, EVIDENCE).get("evidence", {}).get("0")
    return {**body, "evidence": [evidence]} if evidence else body


def checked(typed: Typed, program: str) -> dict[str, Any]:
    """The body of a blind check, which takes a part of the fields."""
    body = _fields(typed)
    return {"program": program, **{name: body[name] for name in ("customer", "products", "close_date") if name in body}}


def _fields(typed: Typed) -> dict[str, Any]:
    body = document(typed, _PLAIN)
    for name in NUMBERS & body.keys():
        # What is no number goes as it was typed, so that the API says what is wrong with it.
        body[name] = int(body[name]) if body[name].isascii() and body[name].isdigit() else body[name]
    for name in ("amount", "list_amount"):
        _read_amount(body, name)
    if country := body.get("customer", {}).get("country"):
        body["customer"]["country"] = code_of(country, 2)
    body["products"] = _products(typed)
    further = typed.lines("further_customers")
    body.setdefault("customer", {})
    return {**body, "further_customers": further} if further else body


def _read_amount(body: dict[str, Any], name: str) -> None:
    """The amount as the API writes it; a currency alone, which the form may bring, states none."""
    found = body.get(name, {})
    if "currency" in found:
        found["currency"] = code_of(found["currency"], 3)
    if "amount" in found:
        found["amount"] = amount_of(found["amount"], found.get("currency", ""))
    else:
        body.pop(name, None)


def _products(typed: Typed) -> list[str]:
    return list(dict.fromkeys([*typed.all("products"), *typed.lines("more_products")]))


def filled(found: dict[str, Any]) -> Typed:
    """The form with what the registration says now."""
    pairs = [("revision", str(found["revision"]))]
    for name in _PLAIN:
        value: Any = found
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            pairs.append((name, str(value)))
    pairs += [("products", one) for one in found["products"]]
    pairs.append(("more_products", "\n".join(found["products"])))
    pairs.append(("further_customers", "\n".join(found["further_customers"])))
    return Typed(tuple(pairs))


def opened(only: Collection[str]) -> tuple[str, ...]:
    """The inputs of those fields that a reviewer asked for; evidence is added by a form of its own."""
    return tuple(name for name in INPUTS if name not in EVIDENCE and _is_among(name, only))


def changes(typed: Typed, found: dict[str, Any], only: Collection[str]) -> dict[str, Any]:
    """A merge patch of what was changed: absent means that it stays, null that it is removed.

    Where a reviewer asked for some fields `only`, an input that was not sent stays as it is.
    """
    before, sent = filled(found), typed
    if only:
        given = {name for name, _ in typed.pairs}.union(opened(only))
        given |= {"products", "more_products"} if given & {"products", "more_products"} else set()
        sent = Typed((*typed.pairs, *(pair for pair in before.pairs if pair[0] not in given)))
    return _difference(_fields(before), _fields(sent))


def kept(patch: dict[str, Any], found: dict[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """The patch with these fields as they are, so that a reviewer who asked for them has an answer to each.

    What the patch changes is not kept.
    """
    whole = {name: dict(value) if name == "customer" else value for name, value in patch.items()}
    for name in fields:
        outer, _, inner = name.partition(".")
        if not inner:
            whole.setdefault(outer, found.get(outer) or None)
        elif isinstance(customer := whole.setdefault(outer, {}), dict):
            customer.setdefault(inner, (found.get(outer) or {}).get(inner))
    return whole


def closed(patch: dict[str, Any], only: Collection[str]) -> list[str]:
    """The fields of the patch that may not change where a reviewer asked for some fields only."""
    names = [
        f"{name}.{part}" if name == "customer" else name
        for name, value in patch.items()
        for part in (value if name == "customer" else [name])
    ]
    return [name for name in names if only and not _is_among(name, only)]


def _is_among(name: str, only: Collection[str]) -> bool:
    return name in only or name.partition(".")[0] in only


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for name in [*before, *(one for one in after if one not in before)]:
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict) and name in ("customer", "contact"):
            inner = _difference(old, new)
            if inner:
                patch[name] = inner
        elif old != new:
            patch[name] = new
    return patch
