"""What a saved view may hold: the parameters that the list of its page knows, and what the list takes for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args, get_origin
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from services.projections.api import measures, pipeline
from services.projections.api.listing import sort_problem
from services.projections.api.measure_filters import MeasureFilters
from services.projections.api.pipeline_filters import PipelineFilters, PipelineQuery
from services.projections.api.position import PositionQuery
from shared.errors import FieldProblem
from shared.http.echo import echoed
from shared.http.field_problems import field_problems
from shared.saved_views import Page, Parameters
from shared.values import BadValue, parse_day

MAX_QUERY = 4_000
"""Characters of the whole choice as a query: a quarter of what dealreg reads of a request line."""
_HERE = "parameters"


@dataclass(frozen=True, slots=True)
class _List:
    """The list that a page shows."""

    path: str
    model: type[BaseModel]
    names: tuple[str, ...]
    """Parameters that choose or order rows: all but those that say where in the list and in time one reads."""
    more: Callable[[Parameters], FieldProblem | None]
    """What the list refuses by itself."""


def _of_sort(parameters: Parameters) -> FieldProblem | None:
    sort = parameters.get("sort")
    return sort_problem(pipeline.LISTING, sort) if isinstance(sort, str) else None


def _of_day(parameters: Parameters) -> FieldProblem | None:
    day = parameters.get("as_of")
    try:
        parse_day(day) if isinstance(day, str) else None
    except BadValue as error:
        return error.at("as_of")
    return None


def _own(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if name not in PositionQuery.model_fields)


LISTS: dict[Page, _List] = {
    "registrations": _List("/v1/pipeline", PipelineQuery, (*_own(PipelineFilters), "sort"), _of_sort),
    "measures": _List("/v1/measures", measures.MeasureQuery, ("group_by", "as_of", *_own(MeasureFilters)), _of_day),
}
assert LISTS.keys() == set(get_args(Page))


def in_full(page: Page, parameters: Parameters) -> Parameters:
    """Return the parameters, each that may come several times as a list."""
    return {
        name: [value] if isinstance(value, str) and _repeats(page, name) else value
        for name, value in parameters.items()
    }


def problems_of(page: Page, parameters: Parameters) -> list[FieldProblem]:
    """Return everything that the list would refuse, each by the parameter's name."""
    known = LISTS[page]
    found = [
        FieldProblem(
            f"{_HERE}.{echoed(name)}", "field.unknown", f"is not a parameter of this page: {', '.join(known.names)}"
        )
        for name in parameters
        if name not in known.names
    ]
    asked = {name: value for name, value in parameters.items() if name in known.names}
    try:
        known.model.model_validate(asked)
    except ValidationError as error:
        found += field_problems(error.errors(include_url=False, include_input=False), _HERE)
    if more := known.more(asked):
        found.append(FieldProblem(f"{_HERE}.{more.field}", more.code, more.message))
    if len(opens(page, parameters)) > MAX_QUERY:
        detail = f"is longer than {MAX_QUERY} characters as the query of an address; choose less"
        found.append(FieldProblem(_HERE, "text.too_long", detail))
    return found


def opens(page: Page, parameters: Parameters) -> str:
    """Return the path of the list with this choice."""
    stated = urlencode(parameters, doseq=True)
    return LISTS[page].path + (f"?{stated}" if stated else "")


def _repeats(page: Page, name: str) -> bool:
    field = LISTS[page].model.model_fields.get(name)
    return field is not None and get_origin(field.annotation) is list
