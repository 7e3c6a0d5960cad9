"""What all requests with a CSV file have in common: how it is to be read, who may send it, and how it is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.registration.api.documents import plain_spec
from services.registration.api.edge import edge_of
from services.registration.api.reading import CSV
from services.registration.files.declared import Days, Decimals, Declared, Encoding, Separator
from services.registration.files.fields import FileKind
from services.registration.files.reasons import FileRefused
from shared.credentials import Caller
from shared.credentials.dependency import caller
from shared.http.problems import VARY
from shared.http.wire.accept import chosen
from shared.http.wire.body import JSON, read_bytes
from shared.http.wire.fields import Line
from shared.http.wire.off_loop import in_thread
from shared.messages import Language, language, negotiated

MAX_DECLARED = 100


Read = TypeVar("Read")


class FileQuery(BaseModel):
    """How the file is to be read. What is left out is found in the file, and refused where it is not plain."""

    model_config = ConfigDict(extra="forbid")

    encoding: Encoding | None = Field(None, description="Found: UTF-8 and UTF-16. Any other must be declared.")
    separator: Separator | None = Field(None, description="Found: the one that makes most headers known names.")
    decimal: Decimals | None = Field(None, description="What stands before the decimals of amounts.")
    dates: Days | None = Field(None, description="The order in dates such as 03/04/2026. `iso` is YYYY-MM-DD alone.")
    column: list[Line] = Field(
        [],
        max_length=MAX_DECLARED,
        description="`header=field` for a header that is no field; `header=` leaves it out.",
    )
    value: list[Line] = Field(
        [], max_length=MAX_DECLARED, description="`field=value`, the same for every row, such as `currency=EUR`."
    )

    def declared(self) -> Declared:
        return Declared(self.encoding, self.separator, self.decimal, self.dates, tuple(self.column), tuple(self.value))


_EXAMPLES: dict[FileKind, str] = {
    "registrations": "program,partner,customer.legal_name,products,amount,currency,close_date\n"
    "hunting,partner-7,Kanzlei Adler GmbH,GTX Pro,48000.00,EUR,2026-03-31\n",
    "opportunities": "event,external_id,partner,customer.legal_name,products,amount,currency,order_number\n"
    "won,0061t00000AbCdE,partner-7,Kanzlei Adler GmbH,GTX Pro,45500.00,EUR,SO-2025-1183\n",
}
_PROBLEMS: dict[int, tuple[str, ...]] = {
    409: ("import.paused",),
    413: ("body.too_large",),
    415: ("body.media_type", "body.encoding"),
    422: ("request.invalid",),
    429: ("rate.exceeded", "bulk.busy", "bulk.backlog"),
}


def described(kind: FileKind, answered: type[BaseModel]) -> dict[str, Any]:
    """What the document says of an operation that is sent a file of that kind."""
    spec = plain_spec(None, 200, answered, _PROBLEMS)
    content = {CSV[0]: {"schema": {"type": "string"}, "example": _EXAMPLES[kind]}}
    body = {"required": True, "description": "A header line, then a row for each.", "content": content}
    return {**spec, "response_model": None, "openapi_extra": {**spec["openapi_extra"], "requestBody": body}}


Submitter = Annotated[Caller, Depends(caller("registrations:write"))]
Messenger = Annotated[Caller, Depends(caller("opportunities:write"))]


async def readable(request: Request, read: Callable[[bytes], Read]) -> tuple[Read, Language]:
    """Read the file of the request off the loop; what is refused is said in the language of the answer."""
    chosen(request.headers.get("accept"), JSON)  # before anything is taken
    body = await read_bytes(request, edge_of(request).settings.max_bulk_body_bytes, CSV)
    said = language(negotiated(request.headers.get("accept-language")))
    try:
        return await in_thread(partial(read, body)), said
    except FileRefused as refused:
        raise refused.in_language(said) from refused


def in_language_of(answered: Response, said: Language) -> Response:
    """The answer, which names its language."""
    answered.headers["Content-Language"], answered.headers["Vary"] = said.tag, VARY
    return answered
