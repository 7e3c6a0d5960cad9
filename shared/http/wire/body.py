"""Read request bodies: bounded while they stream, of the announced type, as a model with every problem at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from shared.errors import DealregError, RequestInvalid
from shared.http.echo import echoed
from shared.http.field_problems import field_problems
from shared.http.wire.json_body import canonical, read_json
from shared.http.wire.off_loop import read_off_loop
from shared.values import is_count

JSON = ("application/json",)

_Model = TypeVar("_Model", bound=BaseModel)


class BodyTooLarge(DealregError):
    """The body is over its limit; reading stopped there."""

    code = "body.too_large"
    status = 413


class MediaTypeUnsupported(DealregError):
    """The body has a media type that is not accepted here."""

    code = "body.media_type"
    status = 415


def headers_of(request: Request) -> dict[str, str]:
    """Return the headers by lower-case name, repeated ones joined by commas (RFC 9110)."""
    found: dict[str, str] | None = request.scope.get("dealreg.headers")
    if found is None:
        # Starlette walks all headers for each look-up, and a write needs eight of them.
        found = request.scope["dealreg.headers"] = headers_by_name(request.scope["headers"])
    return found


def headers_by_name(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return what came on the wire, as `headers_of` does."""
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


class EncodingUnsupported(DealregError):
    """The body is compressed, so its real size is unknown."""

    code = "body.encoding"
    status = 415


async def read_bytes(request: Request, limit: int, media_types: tuple[str, ...]) -> bytes:
    """Read the body: at most `limit` bytes of an accepted type.

    Raises `BodyTooLarge`, `MediaTypeUnsupported`, `EncodingUnsupported`.
    """
    encoding = headers_of(request).get("content-encoding", "identity")
    if encoding.strip().lower() != "identity":
        raise EncodingUnsupported(f"send the body as it is, without Content-Encoding: {echoed(encoding)}")
    stated = headers_of(request).get("content-length", "")
    # A body with too large a Content-Length is refused before it is read.
    if is_count(stated) and int(stated) > limit:
        raise _too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise _too_large(limit)
    if body:
        stated = headers_of(request).get("content-type", "")
        if not is_of_type(stated, media_types):
            given = echoed(stated) or "no content type"
            raise MediaTypeUnsupported(f"send {' or '.join(media_types)} in UTF-8, not {given}")
    return bytes(body)


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"the body is over {limit} bytes; send less")


def is_of_type(stated: str, media_types: tuple[str, ...]) -> bool:
    """Return whether the stated Content-Type is one of these, in UTF-8."""
    if stated in media_types:
        return True
    kind, _, parameters = stated.partition(";")
    charset = parameters.replace(" ", "").lower()
    return kind.strip().lower() in media_types and (
        "charset=" not in charset or "charset=utf-8" in charset.replace('"', "")
    )


async def read_model(
    request: Request, model: type[_Model], limit: int, context: dict[str, Any] | None = None
) -> _Model:
    """Read the body as the model; raise `RequestInvalid` with every problem."""
    body = await read_bytes(request, limit, JSON) or b"{}"
    return await read_off_loop(len(body), lambda: _as_model(body, model, context))


def _as_model(body: bytes, model: type[_Model], context: dict[str, Any] | None) -> _Model:
    try:
        return model.model_validate_json(canonical(read_json(body)), context=context)
    except ValidationError as error:
        raise RequestInvalid(field_problems(error.errors(include_url=False, include_input=False))) from error
