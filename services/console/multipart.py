"""A form with a file, as browsers send it: read strictly, the file to the byte."""

from __future__ import annotations

import re
from base64 import b64encode

MEDIA_TYPE = "multipart/form-data"
MAX_PARTS = 40
_BOUNDARY = re.compile(r'multipart/form-data *; *boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70})"?', re.IGNORECASE)
_NAMED = re.compile(
    rb'content-disposition: *form-data; *name="([^"\r\n]*)"(?:; *filename="([^"\r\n]*)")?', re.IGNORECASE
)
_END = b"\r\n"


def is_multipart(content_type: str) -> bool:
    """Whether the form says that it is of this kind."""
    return content_type.partition(";")[0].strip().lower() == MEDIA_TYPE


def pairs_of(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """Return the inputs in order; a file that was chosen is two: its name, and under `content` its bytes in base64.

    Raises `ValueError` where a browser would have sent something else.
    """
    found = _BOUNDARY.fullmatch(content_type.strip())
    if found is None:
        raise ValueError("a form in parts has a boundary")
    before, *parts, after = (_END + body).split(_END + b"--" + found[1].encode())
    if before or after.rstrip() != b"--" or len(parts) > MAX_PARTS:
        raise ValueError("a form in parts begins and ends with its boundary")
    return [pair for part in parts for pair in _pairs(part)]


def _pairs(part: bytes) -> list[tuple[str, str]]:
    head, end, content = part.removeprefix(_END).partition(_END * 2)
    named = [match for line in head.split(_END) if (match := _NAMED.fullmatch(line.strip()))]
    if not end or len(named) != 1:
        raise ValueError("each part of a form has a name")
    name, filename = (None if text is None else text.decode() for text in named[0].groups())
    if filename is None:
        return [(name or "", content.decode())]
    # A file that nobody chose comes as an empty one without a name.
    return [("filename", filename), ("content", b64encode(content).decode())] if filename or content else []
