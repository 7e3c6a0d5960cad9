"""Rules that give roles by claims, as lines of a form: `groups = managers`, or `realm_access > roles = seller`."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any

from services.console.forms import Typed

EQUALS, INSIDE = " = ", " > "
_LITERAL = re.compile(r"true|false|-?\d{1,15}")
Body = dict[str, Any]
INPUTS = ("role.name", "role.when", "role.partner", "role.partner_claim", "role.scopes")
_PREFIX = "role."


def role_of(typed: Typed) -> Body:
    """The rule as the API takes it. A condition that is no line of the two shapes is sent as it is, to be refused."""
    body: Body = {
        "name": typed.line("role.name"),
        "when": [condition_of(line) for line in typed.lines("role.when")],
        "scopes": typed.all("role.scopes"),
    }
    if typed.line("role.partner"):
        body["partner"] = typed.line("role.partner")
    if typed.line("role.partner_claim"):
        body["partner_claim"] = _path_of(typed.line("role.partner_claim"))
    return body


def filled(rule: Body) -> list[tuple[str, str]]:
    """The form of a rule, as it is."""
    return [
        ("role.name", rule["name"]),
        ("role.when", "\n".join(line_of(one) for one in rule["when"])),
        ("role.partner", rule["partner"] or ""),
        ("role.partner_claim", partner_claim(rule)),
        *(("role.scopes", scope) for scope in rule["scopes"]),
    ]


def line_of(condition: Body) -> str:
    """A condition as a line; as JSON where a line could not say it."""
    claim, value = condition["claim"], condition["value"]
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, str) and (_LITERAL.fullmatch(value) or value.startswith('"')):
        text = json.dumps(value, ensure_ascii=False)
    line = f"{_written_path(claim)}{EQUALS}{text}"
    read = condition_of(line)
    wanted = {"claim": list(claim) if isinstance(claim, list | tuple) else claim, "value": value}
    return line if read == wanted else json.dumps(wanted, ensure_ascii=False)


def condition_of(line: str) -> Any:
    """The condition that a line says; the line itself where it says none."""
    if line.startswith("{"):
        return _json(line)
    path, equals, text = line.partition(EQUALS)
    if not equals:
        return line
    text = text.strip()
    value = _json(text) if _LITERAL.fullmatch(text) or text.startswith('"') else text
    return {"claim": _path_of(path.strip()), "value": value}


def digest(rule: Body) -> str:
    """What names a rule by all that it says."""
    return sha256(json.dumps(rule, sort_keys=True).encode()).hexdigest()


def partner_claim(rule: Body) -> str:
    """The claim that names the partner, as it is written; empty without one."""
    return _written_path(rule["partner_claim"]) if rule["partner_claim"] else ""


def conditions(rule: Body) -> list[str]:
    """Every condition of a rule as a line."""
    return [line_of(one) for one in rule["when"]]


def at(rule_number: int, errors: list[Body]) -> list[Body]:
    """Errors about one rule of a provider, by the inputs of its form; the rest unchanged."""
    inside = f"roles.{rule_number}."
    return [
        {**one, "field": _PREFIX + one["field"].removeprefix(inside)} if one["field"].startswith(inside) else one
        for one in errors
    ]


def _path_of(text: str) -> Any:
    if text.startswith("["):
        return _json(text)
    names = [one.strip() for one in text.split(INSIDE.strip())] if INSIDE in text else [text]
    return names if len(names) > 1 else names[0]


def _written_path(claim: Any) -> str:
    names = [claim] if isinstance(claim, str) else list(claim)
    text = INSIDE.join(names)
    read = _path_of(text)
    return text if (read == names or [read] == names) and EQUALS not in text else json.dumps(names, ensure_ascii=False)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
