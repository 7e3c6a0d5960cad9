"""What the API says is wrong with a field, in the words of the form that the person has before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.messages import Language
from shared.values import is_count

SHAPES = frozenset({"field", "text", "number", "list", "date", "time", "money", "domain"})
"""Families of codes that say how a value is written: their messages begin in the middle of a sentence."""
SENTENCES = frozenset({"field.not_open", "field.required"})
"""Codes among them whose messages are whole."""
MEANT = {"review.code_missing": "code"}
"""The input that is meant where the API names none, because two of them disagree."""


def worded(document: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return the problem with each error in a person's words, its field named as the form names it."""
    errors = [_worded(dict(one), language) for one in document.get("errors") or ()]
    return {**document, "errors": errors}


def _worded(error: dict[str, Any], language: Language) -> dict[str, Any]:
    code, field = str(error.get("code", "")), str(error.get("field", ""))
    field = field or MEANT.get(code, "")
    label = _label(field, language)
    message = str(error.get("message", ""))
    known = (f"page.wrong.{code}.{_named(field)}", f"page.wrong.{code}")
    for name in known:
        if language.has(name) and (label or code in MEANT):
            return {**error, "field": field, "message": language.say(name, {"field": label})}
    if label and code.partition(".")[0] in SHAPES and code not in SENTENCES:
        message = language.say("page.wrong.else", {"field": label, "what": message})
    return {**error, "field": field, "message": message}


def _named(path: str) -> str:
    """The field without numbers of places: `products.0` is the field `products`."""
    return ".".join(part for part in path.split(".") if not is_count(part))


def _label(path: str, language: Language) -> str:
    """What the form calls the field; empty where it has no such input."""
    name = _named(path)
    name = {"list_amount.currency": "list_currency"}.get(name, name.removesuffix(".amount"))
    for one in (name, name.rpartition(".")[2]):
        if one and language.has(f"page.field.{one}"):
            return language.say(f"page.field.{one}", {})
    return ""
