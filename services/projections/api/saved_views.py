"""`/v1/saved-views`: what somebody chose on a page of the console, kept under a name; everybody reads their own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from services.projections.api.answers import JSON, answer, limits
from services.projections.api.context import Queries
from services.projections.api.described import MODELS, Responses, answers
from services.projections.api.pipeline import Parts, Reader
from services.projections.api.saved_view_pages import in_full, opens, problems_of
from shared.errors import FieldProblem, RequestInvalid
from shared.http.problems import FieldProblemDocument
from shared.http.wire.body import read_model
from shared.http.wire.described import COMMON
from shared.http.wire.fields import WirePart
from shared.http.wire.parameters import PathIdentity
from shared.saved_views import MAX_NAME, Owner, Page, Parameters, SavedView, ViewName
from shared.values.written import written_json

router = APIRouter(tags=["saved views"])

_PATH = "/v1/saved-views"


def _value(given: Any) -> Any:
    # By hand: of a union pydantic reports each branch, under names that no caller sent.
    if isinstance(given, str) or (isinstance(given, list) and all(isinstance(one, str) for one in given)):
        return given
    raise PydanticCustomError("field.type", "must be a string, or a list of strings")


_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Value = Annotated[Any, BeforeValidator(_value), WithJsonSchema(_TEXTS)]
"""Of a parameter: one, or several of which any counts."""
_PARAMETERS = Field(
    description="What was chosen, as the query of the page's list has it: `/v1/pipeline` or `/v1/measures`. "
    "Filters and the order; not `limit`, `cursor`, `fields` and the like."
)


class Choice(WirePart):
    """A name, and what is chosen under it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "page": "registrations",
                "name": "Ends next",
                "parameters": {"state": ["protected"], "sort": "protected_until"},
            }
        }
    )

    name: ViewName = Field(
        description=f"1 to {MAX_NAME} characters; kept in NFC, without white space around it. Unique among your own of "
        "the page; case does not matter."
    )
    parameters: dict[str, Value] = _PARAMETERS


class NewSavedView(Choice):
    """What to save."""

    page: Page


class SavedViewChange(WirePart):
    """What the saved view holds from now on. The name stays where there is none."""

    model_config = ConfigDict(json_schema_extra={"example": {"parameters": {"state": ["protected"]}}})

    name: ViewName | None = None
    parameters: dict[str, Value] = _PARAMETERS


class SavedViewShown(BaseModel):
    """A saved view."""

    saved_view: str
    page: Page
    name: str
    parameters: dict[str, Value]
    opens: str = Field(description="Path of the list with this choice.")
    saved_at: datetime
    problems: list[FieldProblemDocument] = Field(
        description="What the list no longer takes of it, as after an upgrade; usually empty. Choose anew."
    )


class SavedViewList(BaseModel):
    """The caller's saved views, by name."""

    saved_views: list[SavedViewShown]


class PageQuery(BaseModel):
    """Query of the list."""

    model_config = ConfigDict(extra="forbid")

    page: Page | None = Field(None, description="Only those of this page.")


def _writing(status: int, model: type[BaseModel] | None, *conflicts: str) -> Responses:
    codes = {**COMMON, 404: ("saved_view.unknown",), **({409: conflicts} if conflicts else {})}
    if status == 201:
        del codes[404]
    if model is None:
        for without_body in (400, 413, 415):
            del codes[without_body]
        return {204: {"description": "Done."}, **MODELS.problems(codes)}
    return {status: {"model": model}, **MODELS.problems(codes)}


def _body(model: type[BaseModel]) -> dict[str, Any]:
    example = model.model_config["json_schema_extra"]["example"]  # type: ignore[index]
    content = {JSON: {"schema": MODELS.reference(model), "example": example}}
    return {"requestBody": {"required": True, "content": content}}


_READING: Responses = {**answers(SavedViewShown), **MODELS.problems({404: ("saved_view.unknown",)})}


@router.get(_PATH, summary="Saved views, by name", response_model=None, responses=answers(SavedViewList, also=()))
async def list_saved_views(
    request: Request, reader: Reader, parts: Parts, asked: Annotated[PageQuery, Query()]
) -> Response:
    """List your saved views. Nobody else sees them, not even with another key of the same vendor or partner."""
    found = await parts.saved_views.of(Owner.of(reader), asked.page)
    return answer(request, {"saved_views": [_shown(one) for one in found]})


@router.get(_PATH + "/{saved_view}", summary="One saved view", response_model=None, responses=_READING)
async def read_saved_view(request: Request, reader: Reader, parts: Parts, saved_view: PathIdentity) -> Response:
    """Read one of your saved views."""
    return answer(request, _shown(await parts.saved_views.get(Owner.of(reader), saved_view)))


@router.post(
    _PATH,
    summary="Save a view",
    status_code=201,
    response_model=None,
    responses=_writing(201, SavedViewShown, "saved_view.exists", "saved_view.too_many"),
    openapi_extra=_body(NewSavedView),
)
async def create_saved_view(request: Request, reader: Reader, parts: Parts) -> Response:
    """Save what you chose on a page under a new name. Sending the same again changes nothing.

    Saved views belong to whoever asks: the person of an identity provider, or the principal of a credential.
    """
    asked = await _read(request, parts, NewSavedView)
    made = await parts.saved_views.save(
        Owner.of(reader), asked.page, asked.name, _checked(asked.page, asked.parameters)
    )
    return _done(request, made, 201, {"Location": f"{_PATH}/{made.saved_view}"})


@router.put(
    _PATH + "/{saved_view}",
    summary="Replace a saved view",
    response_model=None,
    responses=_writing(200, SavedViewShown, "saved_view.exists"),
    openapi_extra=_body(SavedViewChange),
)
async def replace_saved_view(request: Request, reader: Reader, parts: Parts, saved_view: PathIdentity) -> Response:
    """Replace what a saved view holds, and its name where you give one."""
    asked = await _read(request, parts, SavedViewChange)
    old = await parts.saved_views.get(Owner.of(reader), saved_view)
    parameters = _checked(old.page, asked.parameters)
    made = await parts.saved_views.replace(Owner.of(reader), saved_view, asked.name or old.name, parameters)
    return _done(request, made, 200)


@router.delete(
    _PATH + "/{saved_view}",
    summary="Delete a saved view",
    status_code=204,
    response_model=None,
    responses=_writing(204, None),
)
async def delete_saved_view(request: Request, reader: Reader, parts: Parts, saved_view: PathIdentity) -> Response:
    """Delete one of your saved views."""
    await parts.saved_views.delete(Owner.of(reader), saved_view)
    return Response(status_code=204, headers=limits(request))


async def _read(request: Request, parts: Queries, model: Any) -> Any:
    return await read_model(request, model, parts.settings.max_body_bytes)


def _checked(page: Page, parameters: Parameters) -> Parameters:
    kept = in_full(page, parameters)
    if problems := problems_of(page, kept):
        raise RequestInvalid(problems)
    return kept


def _done(request: Request, made: SavedView, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(written_json(_shown(made)), status, {**(headers or {}), **limits(request)}, JSON)


def _shown(one: SavedView) -> dict[str, Any]:
    return {
        "saved_view": one.saved_view,
        "page": one.page,
        "name": one.name,
        "parameters": one.parameters,
        "opens": opens(one.page, one.parameters),
        "saved_at": one.saved_at,
        "problems": [_problem(problem) for problem in problems_of(one.page, one.parameters)],
    }


def _problem(one: FieldProblem) -> dict[str, Any]:
    return {"field": one.field, "code": one.code, "message": one.message}
