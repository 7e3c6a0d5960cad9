"""Problems of a policy or vendor document: each with its place, what is allowed there, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from shared.errors import FieldProblem
from shared.policy.refused import MAX_PROBLEMS, Place

MOST_COMPARED = 500
"""Names that a wrong one is compared with for a likely spelling: each comparison takes microseconds."""
MAX_NAME = 80
"""Characters of a wrong name for which a likely one is looked for; nothing longer is one."""
_CODES = {"extra_forbidden": "policy.unknown_parameter", "policy.contradiction": "policy.contradiction"}


def problems_of(
    error: ValidationError, places: Mapping[str, Place], model: type[BaseModel], root: str
) -> list[FieldProblem]:
    """Say everything that pydantic found wrong, each at its place in the text."""
    return [_problem(one, places, model, root) for one in error.errors(include_url=False)[:MAX_PROBLEMS]]


def _problem(error: Any, places: Mapping[str, Place], model: type[BaseModel], root: str) -> FieldProblem:
    path = ".".join(str(part) for part in error["loc"])
    near = path
    while near and near not in places:
        near = near.rpartition(".")[0]
    code = _CODES.get(error["type"], "policy.invalid_value")
    return places.get(near, Place()).problem(path, code, f"{path or root}: {_detail(error, model)}")


def _detail(error: Any, model: type[BaseModel]) -> str:
    steps = [str(step) for step in error["loc"]]
    if error["type"] == "extra_forbidden":
        allowed = [name for one in _models_at(model, steps[:-1]) for name in one.model_fields]
        return f"no such parameter{_meant(steps[-1], allowed)} {', '.join(dict.fromkeys(allowed))}"
    words = [str(one) for hint in _hints_at(model, steps) for one in _words(hint)]
    if words and error["type"] == "literal_error":
        return f"no such value{_meant(error.get('input'), words)} {', '.join(words)}"
    if error["type"] == "missing":
        return "required; add it"
    return str(error["msg"])


def _meant(name: object, allowed: Sequence[str]) -> str:
    found = similar(name, allowed) if isinstance(name, str) and len(name) <= MAX_NAME else None
    return f"; did you mean {found}? Allowed:" if found is not None else "; allowed:"


def similar(name: str, known: Sequence[str]) -> str | None:
    """Return the known name that was probably meant, or None: never the opposite, `min_units` for `max_units`."""
    folded = name.casefold()
    same = next((one for one in known if one.casefold() == folded), None)
    compared = [one for one in known[:MOST_COMPARED] if {one[:4], folded[:4]} != {"min_", "max_"}]
    return same or next(iter(get_close_matches(name, compared, n=1)), None)


def _models_at(model: type[BaseModel], steps: Sequence[str]) -> list[type[BaseModel]]:
    if not steps:
        return [model]
    return [found for hint in _hints_at(model, steps) for found in _models_in(hint)]


def _hints_at(model: type[BaseModel], steps: Sequence[str]) -> list[Any]:
    """Return the types of the field at the path; numbers and names of members are steps into a list or mapping."""
    models, hint = [model], None
    for step in steps:
        field = next((one.model_fields[step] for one in models if step in one.model_fields), None)
        if field is not None:
            hint = field.annotation
            models = list(_models_in(hint))
    return [] if hint is None else [hint]


def _models_in(hint: Any) -> Iterable[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for one in get_args(hint):
        yield from _models_in(one)


def _words(hint: Any) -> Iterable[Any]:
    if get_origin(hint) is Literal:
        yield from get_args(hint)
        return
    for one in get_args(hint):
        yield from _words(one)
