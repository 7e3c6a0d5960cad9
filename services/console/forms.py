"""Forms as they were typed: read strictly, kept whole, sent again where a page could not take them."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

MAX_BYTES = 65_536
MAX_TEXT_BYTES = 2_000_000
"""Of a form with a policy and its scenarios: each of their letters may be sent as an escape of three or six."""
MAX_FILE_BYTES = 1_000_000
"""Of a file: a thousand rows of a thousand characters. The page that shows it holds it, until it is sent."""
MAX_FILE_FORM_BYTES = 3 * MAX_FILE_BYTES
"""Of a form with such a file in base64, each of whose `+` and `/` may be sent as an escape of three letters."""
MAX_FIELDS = 500
"""A registration has about thirty, and at most 100 products."""
MEDIA_TYPE, IN_PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
KEY, WHO, ACT = "key", "who", "act"
"""Of every form: the idempotency key, whose it is, and which button was pressed."""
CONTENT = "content"
"""Of a form with a file: its bytes in base64, sent again with the rest and too long to be shown."""
SEALED = "client_secret"
"""An input that is sent again with the rest, and never shown."""


class Unreadable(Exception):
    """This is no form of ours."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, in order; a name may come several times."""

    pairs: tuple[tuple[str, str], ...] = ()
    errors: dict[str, list[str]] = field(default_factory=dict)
    """What is wrong, by input; under the empty name what concerns no single one."""

    def one(self, name: str) -> str:
        """The value as it was typed."""
        return next((value for known, value in self.pairs if known == name), "")

    def line(self, name: str) -> str:
        """The value without white space around it, which nobody means."""
        return self.one(name).strip()

    def all(self, name: str) -> list[str]:
        """Every value of the name that says something."""
        return [value.strip() for known, value in self.pairs if known == name and value.strip()]

    def lines(self, name: str) -> list[str]:
        """A text of several lines, without the empty ones."""
        return [line.strip() for line in self.one(name).splitlines() if line.strip()]

    def kept(self) -> list[tuple[str, str]]:
        """What a person typed, without what the form added."""
        return [
            (name, value)
            for name, value in self.pairs
            if name not in (KEY, WHO, ACT, CONTENT, SEALED) and value.strip()
        ]

    def refused(self, errors: Sequence[dict[str, Any]], inputs: Sequence[str]) -> Typed:
        """The same, with each error beside its input, and under a new key: the old one stands for what was refused."""
        found: dict[str, list[str]] = {}
        for error in errors:
            found.setdefault(input_of(error.get("field", ""), inputs), []).append(error.get("message", ""))
        return Typed(self.pairs, found).rekeyed()

    def rekeyed(self) -> Typed:
        """The same under a new idempotency key."""
        return Typed((*((name, value) for name, value in self.pairs if name != KEY), (KEY, new_key())), self.errors)


def input_of(path: str, inputs: Sequence[str]) -> str:
    """The input that an error's field means: itself, the one that it is a part of, or the first of its parts."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        if (whole := ".".join(parts[:length])) in inputs:
            return whole
    return next((name for name in inputs if path and name.startswith(f"{path}.")), "")


def new_key() -> str:
    """A new idempotency key."""
    return f"console-{secrets.token_urlsafe(16)}"


async def typed_of(request: Request, most_bytes: int = MAX_BYTES, *, files: bool = False) -> Typed:
    """Read the form, with `files` also one that brings a file; raise `Unreadable`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != MEDIA_TYPE and not (files and kind == IN_PARTS):
        raise Unreadable
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise Unreadable
    try:
        if kind == IN_PARTS:
            return Typed(tuple(await in_parts(request.headers, body)))
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except (ValueError, MultiPartException) as error:
        raise Unreadable from error
    return Typed(tuple(pairs))


async def in_parts(headers: Headers, body: bytes) -> list[tuple[str, str]]:
    """Return the inputs of a form in parts, in order.

    A file that was chosen is two: its name, and under `content` its bytes in base64. Raises `MultiPartException`.
    """

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(headers, whole(), max_files=1, max_fields=MAX_FIELDS, max_part_size=len(body))
    pairs: list[tuple[str, str]] = []
    form = await parser.parse()
    try:
        for name, value in form.multi_items():
            if isinstance(value, str):
                pairs.append((name, value))
            # A file that nobody chose comes as an empty one without a name.
            elif (content := await value.read()) or value.filename:
                pairs += [("filename", value.filename or ""), (CONTENT, b64encode(content).decode())]
    finally:
        await form.close()
    return pairs


def document(typed: Typed, names: Sequence[str]) -> dict[str, Any]:
    """A JSON body of those inputs that were filled in: `customer.city` is a field of `customer`."""
    body: dict[str, Any] = {}
    for name in names:
        value = typed.line(name)
        if not value:
            continue
        *above, last = name.split(".")
        place = body
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return body
