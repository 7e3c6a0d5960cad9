"""Entries in words: a decision has its own sentence, a fact is rendered from its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Data = Mapping[str, Any]


def sentence_of(type_: str, data: Data) -> str:
    """Return one sentence for a reader, without personal texts."""
    if "sentence" in data:
        return str(data["sentence"])
    words = _FACTS.get(type_)
    return words(data) if words else f"{type_.replace('.', ' ').replace('_', ' ').capitalize()}."


def amount(money: Mapping[str, str] | None) -> str:
    return f"{money['amount']} {money['currency']}" if money else "no amount"


def _submitted(data: Data) -> str:
    worth = f", {amount(data['amount'])}" if data.get("amount") else ""
    products = ", ".join(data["products"])
    return f"{data['partner']} registers {data['customer']['legal_name']}: {products}{worth}."


def _amended(data: Data) -> str:
    fields = ", ".join(data.get("fields") or data.get("patch", {}))
    return f"The partner changes {fields or 'nothing'}."


def _opportunity(verb: str) -> Callable[[Data], str]:
    def words(data: Data) -> str:
        worth = f" for {amount(data['amount'])}" if data.get("amount") else ""
        why = f" ({data['reason']})" if data.get("reason") else ""
        return f"The CRM reports: {data['external_id']} {verb}{worth}{why}."

    return words


def _refunded(data: Data) -> str:
    return f"The CRM reports: {amount(data['amount'])} of the order was refunded ({data['refund']})."


def _linked(data: Data) -> str:
    owner = data.get("registration")
    return (
        f"A reviewer links the opportunity to {owner}."
        if owner
        else "A reviewer says that it belongs to no registration."
    )


def _matched(data: Data) -> str:
    return f"A reviewer says that {data['registration']} and {data['other']} have {_SAME[bool(data['same'])]}."


def _unmatched(data: Data) -> str:
    return f"A reviewer revokes the answer on the customers of {data['registration']} and {data['other']}."


def _customers(verb: str) -> Callable[[Data], str]:
    def words(data: Data) -> str:
        one, other = data["customer"]["legal_name"], data["other_customer"]["legal_name"]
        return f"A reviewer says that {one} and {other} are {verb} from now on."

    return words


_SAME = {True: "the same customer", False: "different customers"}
_FACTS: dict[str, Callable[[Data], str]] = {
    "registration.submitted": _submitted,
    "registration.amended": _amended,
    "registration.withdrawn": lambda _: "The partner withdraws.",
    "registration.confirmed": lambda _: "The partner confirms that it still wants the deal.",
    "evidence.added": lambda data: f"The partner adds evidence of work: {data['evidence']['kind']}.",
    "evidence.verified": lambda _: "A reviewer verifies the evidence.",
    "evidence.refuted": lambda _: "A reviewer refutes the evidence.",
    "extension.requested": lambda _: "The partner asks for an extension.",
    "timer.armed": lambda data: f"A reviewer arms the timer {data['timer']} of {data['subject']} again.",
    "customer.match_decided": _matched,
    "customer.match_revoked": _unmatched,
    "customer.merged": _customers("one customer"),
    "customer.split": _customers("different customers"),
    "partner.suspended": lambda data: f"{data['partner']} is suspended ({data['reason']}).",
    "partner.reinstated": lambda data: f"{data['partner']} is reinstated.",
    "review.decided": lambda data: f"A reviewer decides: {data['verdict']}.",
    "opportunity.created": _opportunity("is a new opportunity"),
    "opportunity.changed": _opportunity("changed"),
    "opportunity.won": _opportunity("was won"),
    "opportunity.lost": _opportunity("was lost"),
    "opportunity.reopened": _opportunity("is open again"),
    "link.decided": _linked,
    "order.refunded": _refunded,
    "order.cancelled": lambda data: f"The CRM reports: the order was cancelled ({data['refund']}).",
    "case.resolved": lambda data: f"A reviewer decides the case: {data['verdict']} ({data['reason']}).",
}
