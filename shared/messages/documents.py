"""Sentences on policies and vendor documents: how two of them differ, and what a parameter is set to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.messages.catalogue import Language, language
from shared.policy.differences import Difference


def sentence(one: Difference, said: Language | None = None) -> str:
    """Say one difference."""
    spoken = said or language()
    arguments = {"path": one.path, "before": valued(one.before, spoken), "after": valued(one.after, spoken)}
    return spoken.say(f"difference.{one.kind}", arguments)


def valued(value: Any, said: Language | None = None) -> str:
    """Say a value: lists as the language lists, parts with their parameters."""
    spoken = said or language()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {valued(one, spoken)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return spoken.listed([valued(one, spoken) for one in value])
    return str(spoken.value(value))
