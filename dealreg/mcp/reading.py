"""What an assistant can read: each tool is some GET requests of the public API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dealreg.mcp.access import Reader, Refused
from shared.errors import FieldProblem, Invalid

MOST_ROWS = 50
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")
_PAGED = ("as_of", "sort", "cursor", "limit")
_MONEY = ("partner", "program", "currency", "registration", "opportunity", "date_from", "date_to")
_WHAT = {
    "as_of": "As it was known at this instant (RFC 3339).",
    "cursor": "From `next` of the page before.",
    "sort": "Field to sort by; a leading - for descending order.",
    "customer": "Part of the customer's name.",
    "state": "States, such as submitted, in_review, protected or converted.",
    "group_by": "What each number is for, such as partner or program.",
}


class ArgumentWrong(Invalid):
    """A tool was called with what it does not take."""

    code = "mcp.argument"


@dataclass(frozen=True, slots=True)
class ReadTool:
    """A tool that reads: `paths` by the name under which their documents are returned; `{id}` stands for its id."""

    name: str
    what: str
    paths: Mapping[str, str]
    query: tuple[str, ...] = ()
    """Parameters that are handed on to the first path."""

    @property
    def takes_id(self) -> bool:
        return any("{id}" in path for path in self.paths.values())

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the tool's arguments."""
        properties: dict[str, Any] = {"id": {"type": "string", "description": "Its id."}} if self.takes_id else {}
        for name in self.query:
            properties[name] = {"type": "string"} | ({"description": _WHAT[name]} if name in _WHAT else {})
        if "limit" in properties:
            properties["limit"] = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": 20}
        if "state" in properties:
            properties["state"] = {"type": "array", "items": {"type": "string"}, "description": _WHAT["state"]}
        required = {"required": ["id"]} if self.takes_id else {}
        return {"type": "object", "properties": properties, "additionalProperties": False, **required}


READS = (
    ReadTool(
        "search_registrations", "Search registrations of deals: whose they are, their state, amount and clocks.",
        {"registrations": "/v1/pipeline"},
        ("state", "hold", "partner", "program", "product", "customer", "external_id", "opportunity", "close_from",
         "close_to", "submitted_from", "submitted_before", "protected_before", *_PAGED),
    ),
    ReadTool(
        "registration", "One registration, why it was decided so (each rule with its inputs), and what happened.",
        {"registration": "/v1/registrations/{id}", "explanation": "/v1/registrations/{id}/explanation",
         "history": "/v1/registrations/{id}/history"},
    ),
    ReadTool(
        "opportunities", "Deals as the CRM reports them, and which registration each belongs to.",
        {"opportunities": "/v1/opportunities"},
        ("state", "linked", "partner", "registration", "connection", "external_id", "customer", *_PAGED),
    ),
    ReadTool(
        "opportunity", "One opportunity and why it is linked and credited so.",
        {"opportunity": "/v1/opportunities/{id}", "explanation": "/v1/opportunities/{id}/explanation"},
    ),
    ReadTool("credits", "Credit for won deals, by partner and role.", {"credits": "/v1/credits"}, (*_MONEY, *_PAGED)),
    ReadTool(
        "rewards", "Rewards that partners earned, held and payable ones.", {"rewards": "/v1/rewards"},
        ("status", *_MONEY, *_PAGED),
    ),
    ReadTool(
        "reward", "One reward and how its amount was calculated.",
        {"reward": "/v1/rewards/{id}", "explanation": "/v1/rewards/{id}/explanation"},
    ),
    ReadTool(
        "payouts", "Balances by account, partner, currency and month.", {"payouts": "/v1/payouts"},
        ("partner", "program", "currency", "month_from", "month_to", "account", "by", *_PAGED),
    ),
    ReadTool(
        "measures", "Numbers of the channel: funnel, win rate, cycle, value.", {"measures": "/v1/measures"},
        ("group_by", "partner", "segment", "program", "product", "territory", "currency", "month_from", "month_to",
         "as_of", "limit"),
    ),
    ReadTool(
        "targets", "Targets of partners, and how far each is reached.", {"targets": "/v1/measures/targets"},
        ("partner", "name", "measure", "program", "running", "as_of", *_PAGED),
    ),
    ReadTool(
        "matches", "Customers that may be one company and wait for an answer.", {"matches": "/v1/matches"},
        ("state", "partner", "program", "registration", *_PAGED),
    ),
    ReadTool(
        "conflicts", "Claims that meet, and how each conflict ended.", {"conflicts": "/v1/conflicts"},
        ("state", "registration", "partner", *_PAGED),
    ),
    ReadTool("programs", "Programs in force with their terms and required fields.", {"programs": "/v1/programs"}),
    ReadTool(
        "health", "Whether decisions stand still, which deadlines failed, what a view has set aside.",
        {"decider": "/v1/decider", "parked": "/v1/parked"},
    ),
)  # fmt: skip
BY_NAME = {one.name: one for one in READS}


async def read(tool: ReadTool, given: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """Return the tool's documents. Raises `ArgumentWrong`, and what the reader raises for the first of them."""
    known = {"id"} if tool.takes_id else set()
    wrong = [
        FieldProblem(name, "field.unknown", f"{tool.name} takes no such argument")
        for name in given.keys() - known - {*tool.query}
    ]
    query = {name: given[name] for name in tool.query if given.get(name) not in (None, "", [])}
    wrong += [problem for name, value in query.items() if (problem := _problem(name, value)) is not None]
    if wrong:
        raise ArgumentWrong(f"{tool.name} was called with what it does not take", wrong)
    if "limit" in tool.query:
        query.setdefault("limit", 20)
    identity = checked_id(given.get("id"), "id") if tool.takes_id else ""
    found: dict[str, Any] = {}
    for name, path in tool.paths.items():
        try:
            found[name] = await reader.get(path.replace("{id}", identity), query if not found else None)
        except Refused as refusal:
            if not found:
                raise
            found[name] = {"refused": refusal.detail}
    return found


def checked_id(value: Any, field: str) -> str:
    """Return the id, which may stand in a path as it is; raise `ArgumentWrong`."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        problem = FieldProblem(field, "field.invalid", "give an id as the API lists it: letters, digits and . _ : -")
        raise ArgumentWrong(f"{field} is not an id", [problem])
    return value


def _problem(name: str, value: Any) -> FieldProblem | None:
    if name == "limit":
        well = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_ROWS
        return None if well else FieldProblem(name, "field.invalid", f"must be a number from 1 to {MOST_ROWS}")
    if name == "state" and isinstance(value, list):
        well = all(isinstance(one, str) for one in value)
    else:
        well = isinstance(value, str)
    return None if well else FieldProblem(name, "field.invalid", "must be a text")
