"""Pydantic's errors as ours: dotted paths and stable codes, for a request, a file or a command's argument."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.errors import FieldProblem
from shared.http.problem_codes import FIELD_CODES


def field_problems(errors: Sequence[Any], prefix: str = "") -> list[FieldProblem]:
    """Convert pydantic's errors to field problems: dotted paths, stable codes."""
    if any(error["type"] == "too_short" for error in errors):
        # Pydantic also calls a list with refused items too short, which misleads.
        above = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
        errors = [error for error in errors if error["type"] != "too_short" or error["loc"] not in above]
    return [_field_problem(error, prefix) for error in errors]


def _field_problem(error: Any, prefix: str) -> FieldProblem:
    kind: str = error["type"]
    # Our refusals have their own code; pydantic's kinds are mapped to stable codes.
    code = kind if "." in kind else FIELD_CODES.get(kind, "field.invalid")
    parts = [prefix] if prefix else []
    parts += [str(part) for part in error["loc"] if part != "[key]"]
    messages = {"field.missing": "is required", "field.unknown": "is not a field of this request"}
    return FieldProblem(".".join(parts), code, messages.get(code) or str(error["msg"]))
