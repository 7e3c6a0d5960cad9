"""Problem documents (RFC 9457): one shape for every refusal, all errors of a request at once.

Commands and workers write them too, so nothing here needs a framework, nor the catalogue of messages before it is
asked for a sentence: `problem_responses` answers a request.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from shared.errors import MAX_FIELD_PROBLEMS, DealregError, FieldProblem, TooMany
from shared.http.echo import echoed

if TYPE_CHECKING:
    from shared.messages import Language

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2
"""Retry-After of a 503 when nothing better is known: longer than a restart."""
MAX_FIELD = 300
"""Characters of a field's path. Our longest has about sixty; a hostile one may be a whole body."""
MAX_MESSAGE = 2_000
"""Characters of a message: enough for place and reason in a policy."""
MAX_INSTANCE = 500
"""Characters of the request's path; a request line may have thousands."""

VARY = "Accept, Accept-Language"
"""Problems come in the language that was asked for."""

_ISOLATES = re.compile("([\u2067\u2068\u2069])")
_POP = "\u2069"


class FieldProblemDocument(BaseModel):
    """One thing wrong with one field."""

    field: str = Field(description="Dotted path of the field. Empty for the whole request; `header.…` for a header.")
    code: str = Field(description="Stable code. The documentation lists all codes.")
    message: str = Field(description="What is wrong and what to do about it.")
    line: int | None = Field(None, description="Its line in a policy's text, from 1. Absent elsewhere.")
    column: int | None = Field(None, description="Its column in that line, from 1.")


class ProblemDocument(BaseModel):
    """RFC 9457 problem details, with a stable `code` and every error of the request."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "/problems/field.invalid",
                "title": "The request has invalid fields",
                "status": 422,
                "detail": "1 problem in the request; first: amount: EUR has 2 decimals; the amount has 3",
                "instance": "/v1/registrations",
                "code": "request.invalid",
                "errors": [
                    {
                        "field": "amount",
                        "code": "money.decimals",
                        "message": "EUR has 2 decimals; the amount has 3",
                    }
                ],
            }
        }
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldProblemDocument] = []
    request_id: str | None = Field(None, description="The `X-Request-ID` of the response, to find it in the logs.")


def document(
    *, status: int, code: str, detail: str, instance: str, errors: Sequence[FieldProblem] = ()
) -> dict[str, Any]:
    """Build the body of a problem, for a response or a row of a bulk response.

    Whatever of it was foreign is safe to send: no text that a caller chose can keep it from being written.
    """
    return {
        "type": f"/problems/{code}",
        "title": title_of(code),
        "status": status,
        "detail": sendable(detail),
        "instance": echoed(instance, MAX_INSTANCE),
        "code": code,
        "errors": [_field(one) for one in errors[:MAX_FIELD_PROBLEMS]],
    }


def _field(one: FieldProblem) -> dict[str, Any]:
    told = {"field": echoed(one.field, MAX_FIELD), "code": one.code, "message": sendable(one.message)}
    return told if one.line is None else {**told, "line": one.line, "column": one.column}


def sendable(text: str) -> str:
    """Make a sentence safe to send: what is foreign in it is escaped where it cannot be printed.

    The marks by which the catalogue isolates names in right-to-left sentences stay, unless one of them has no end: then
    somebody else has sent it.
    """
    open_marks = 0
    for mark in _ISOLATES.findall(text):
        open_marks += -1 if mark == _POP else 1
        if open_marks < 0:
            break
    if open_marks or len(text) > MAX_MESSAGE:
        return echoed(text, MAX_MESSAGE)
    return "".join(part if _ISOLATES.fullmatch(part) else echoed(part, MAX_MESSAGE) for part in _ISOLATES.split(text))


@lru_cache(maxsize=1_024)  # an API document has ten thousand of these, of two hundred codes
def title_of(code: str) -> str:
    """Return the title of the code; a code without one is titled by its own words."""
    return sentence(code) or code.replace(".", " ").replace("_", " ").capitalize()


def sentence(code: str, said: Language | None = None) -> str | None:
    """Return what the catalogue says of the code, in the default language unless told otherwise; None for nothing."""
    if said is None:
        from shared.messages import language

        said = language()
    return said.say(f"problem.{code}") if said.has(f"problem.{code}") else None


def translated(code: str, message: str, said: Language) -> str:
    """Return what is wrong in that language: our English message, or the catalogue's sentence of the code."""
    from shared.messages import DEFAULT

    return message if said.tag == DEFAULT else sentence(code, said) or message


def in_language(body: dict[str, Any], said: Language, told: str | None = None) -> dict[str, Any]:
    """Return the problem in the reader's language: the sentences of its codes in place of our English details.

    `told` is the language that detail and errors are in already. What the catalogue has no sentence for, such as the
    place of a mistake in a policy, stays as it is.
    """
    from shared.messages import DEFAULT

    if said.tag == DEFAULT:
        return body
    title = sentence(body["code"], said) or body["title"]
    if told == said.tag:
        return {**body, "title": title}
    errors = [{**one, "message": translated(one["code"], one["message"], said)} for one in body["errors"]]
    return {**body, "title": title, "detail": translated(body["code"], body["detail"], said), "errors": errors}


def document_of(error: DealregError, instance: str) -> dict[str, Any]:
    """Build the problem document of one of our errors."""
    return document(status=error.status, code=error.code, detail=error.detail, instance=instance, errors=error.problems)


def retry_headers(error: DealregError) -> dict[str, str]:
    """Return a `Retry-After` header if a retry can help."""
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after_seconds)}
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if error.status == 503 else {}
