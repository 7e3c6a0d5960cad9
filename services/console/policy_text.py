"""A policy's text as somebody edits it: the number of its version, its day, and the lines that errors name."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import indent
from typing import Any

POLICY, SCENARIOS = "policy", "scenarios"
"""The inputs of the two texts."""
BEGINNING = """# docs/programs.md explains every parameter. Press Check as often as you like: it publishes nothing.
program: my-program
version: 1
protection:
  days: 90
"""
FIRST_SCENARIOS = """topic: Two partners and one deal
partners: [first, second]
customers:
  nile: {{legal_name: Nile Trading, country: EG, tax_id: 204-829-305}}
deal: {{customer: nile, products: [{product}]}}
scenarios:
- name: the second waits behind the first
  when:
  - registration.submitted: {{registration: a, partner: first}}
  - registration.submitted: {{registration: b, partner: second}}
  then:
    states: {{a: protected, b: waiting}}
"""
_VERSION = re.compile(r"^version:[ \t]*[0-9]+(?=[ \t]|$)", re.MULTILINE)
_EFFECTIVE = re.compile(r"^effective_from:.*$", re.MULTILINE)
_VENDOR = re.compile(r"^vendor: vendor\.yaml\n", re.MULTILINE)
_OWN = "# Products, partner types and tiers of the template. Delete this part to run on your own vendor document.\n"
_AROUND = 1
"""Lines shown before and after the one that an error names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with the text, with the lines around it."""

    message: str
    path: str
    line: int | None
    column: int | None
    excerpt: tuple[tuple[int, str], ...]


def scenarios_for(products: Sequence[str]) -> str:
    """Scenarios to begin with, on the first of these products; none where there is none."""
    # A text in JSON is one in YAML, whatever stands in it.
    return FIRST_SCENARIOS.format(product=json.dumps(products[0], ensure_ascii=False)) if products else ""


def on_document(scenarios: str, document: str) -> str:
    """A template's scenarios with this vendor document written into them, in place of the vendor's own."""
    return _VENDOR.sub(lambda _: f"{_OWN}vendor:\n{indent(document, '  ')}", scenarios, count=1)


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, or where it is taken the name with the first number that is free."""
    numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (name, *numbered) if one not in taken)


def numbered(text: str, version: int) -> str:
    """The text with this version in place of its own."""
    return _VERSION.sub(f"version: {version}", text, count=1)


def dated(text: str, day: str) -> str:
    """The text with this day of taking effect, where it is one; else as it was."""
    try:
        date.fromisoformat(day)
    except ValueError:
        return text
    line = f"effective_from: {day}"
    if _EFFECTIVE.search(text):
        return _EFFECTIVE.sub(line, text, count=1)
    if found := _VERSION.search(text):
        end = text.find("\n", found.start())
        return f"{text[:end]}\n{line}{text[end:]}" if end >= 0 else f"{text}\n{line}\n"
    return f"{line}\n{text}"


def findings(text: str, errors: Sequence[dict[str, Any]], detail: str) -> list[Finding]:
    """What is wrong, in the order of the text; what stands nowhere in it comes first."""
    lines = text.splitlines()
    found = [_finding(lines, one) for one in errors] or [Finding(detail, "", None, None, ())]
    return sorted(found, key=lambda one: (one.line or 0, one.column or 0))


def _finding(lines: Sequence[str], error: dict[str, Any]) -> Finding:
    line, column, message = error.get("line"), error.get("column"), str(error.get("message", ""))
    path = str(error.get("field", "")).removeprefix("policy.")
    if not isinstance(line, int) or not isinstance(column, int):
        return Finding(message, path, None, None, ())
    # The sentence names its place for those who have no page beside it.
    message = re.sub(rf"^(?:\S+, )?line {line}, column {column}: ", "", message)
    near = range(max(line - _AROUND, 1), min(line + _AROUND, len(lines)) + 1)
    return Finding(message, path, line, column, tuple((number, lines[number - 1]) for number in near))
