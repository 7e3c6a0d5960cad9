"""Forms as they were typed: read strictly, kept whole, sent again where a page could not take them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from services.console.multipart import is_multipart, pairs_of

MAX_BYTES = 65_536
MAX_TEXT_BYTES = 2_000_000
"""Of a form with a policy and its scenarios: each of their letters may be sent as an escape of three or six."""
MAX_FILE_BYTES = 1_000_000
"""Of a file: a thousand rows of a thousand characters. The page that shows it holds it, until it is sent."""
MAX_FILE_FORM_BYTES = 3 * MAX_FILE_BYTES
"""Of a form with such a file in base64, each of whose `+` and `/` may be sent as an escape of three letters."""
MAX_FIELDS = 500
"""A registration has about thirty, and at most 100 products."""
MEDIA_TYPE = "application/x-www-form-urlencoded"
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
    kind = request.headers.get("content-type", "")
    in_parts = files and is_multipart(kind)
    if not in_parts and kind.partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise Unreadable
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise Unreadable
    try:
        if in_parts:
            return Typed(tuple(pairs_of(kind, body)))
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Unreadable from error
    return Typed(tuple(pairs))


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
