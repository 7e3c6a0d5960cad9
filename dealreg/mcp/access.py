"""Where the API is, and the key with which an assistant may read it. Neither is ever an argument of a command."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from shared.errors import DealregError, FieldProblem, Invalid, Unavailable

URL, KEY, FOLDER = "DEALREG_MCP_URL", "DEALREG_MCP_KEY", "DEALREG_MCP_DIR"
TIMEOUT_SECONDS = 30
MOST_BYTES = 400_000
"""Of one answer: what no assistant reads, and far more than a page of fifty."""
_KEY = re.compile(r"dr_[\x21-\x7e]{10,200}")


class AddressWrong(Invalid):
    """The address of the API is missing, or a key sent there could be read on the way."""

    code = "mcp.address"


class KeyWrong(Invalid):
    """The key is missing, or is no key of dealreg."""

    code = "mcp.key"


class Refused(DealregError):
    """The API refused; `status` is what it answered with."""

    code = "mcp.refused"

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.answered = status
        self.said = str(document.get("code", ""))
        problems = [
            FieldProblem(str(one.get("field", "")), str(one.get("code", "")), str(one.get("message", "")))
            for one in document.get("errors") or ()
        ]
        super().__init__(str(document.get("detail") or f"the API answered {status}"), problems)


@dataclass(frozen=True, slots=True)
class Access:
    """The API and a key."""

    url: str
    key: str

    def __repr__(self) -> str:
        return f"Access({self.url!r}, …)"


def address(environment: Mapping[str, str] = os.environ) -> str:
    """Return the origin of the API; raise `AddressWrong`."""
    given = environment.get(URL, "").strip().rstrip("/")
    try:
        parts = urlsplit(given)
        plain = not (parts.username or parts.password or parts.query or parts.fragment or parts.path)
        _ = parts.port
    except ValueError:
        parts, plain = urlsplit(""), False
    if parts.scheme not in ("https", "http") or not parts.hostname or not plain:
        raise AddressWrong(f"set {URL} to the address of the API, such as https://deals.acme.example")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise AddressWrong(f"{URL} must be https://…: over plain http others read the key")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def access(environment: Mapping[str, str] = os.environ) -> Access:
    """Return what the environment says; raise `AddressWrong` or `KeyWrong`."""
    return Access(address(environment), checked_key(environment.get(KEY, ""), f"set {KEY} to"))


def checked_key(text: str, how: str) -> str:
    """Return the key; raise `KeyWrong`, which never repeats it."""
    key = text.strip()
    if not _KEY.fullmatch(key):
        raise KeyWrong(f"{how} a key of dealreg (dr_…); an assistant needs one that may read and nothing else")
    return key


def folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of proposals: one for each person of this machine."""
    if environment.get(FOLDER):
        return Path(environment[FOLDER])
    state = environment.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "dealreg" / "proposals"


class Reader:
    """The API, read: it has no way to write. Raises `Refused` and `Unavailable`."""

    def __init__(self, granted: Access) -> None:
        headers = {"Authorization": f"Bearer {granted.key}", "Accept": "application/json"}
        self._client = httpx.AsyncClient(base_url=granted.url, headers=headers, timeout=TIMEOUT_SECONDS)

    async def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Return the document at the path."""
        return document(await answered(self._client, "GET", path, params=dict(query or {})))

    async def close(self) -> None:
        await self._client.aclose()


async def answered(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
    """Return what the API answers; raise `Unavailable` where it does not."""
    try:
        return await client.request(method, path, **more)
    except httpx.HTTPError as error:
        raise Unavailable(
            f"the API at {client.base_url} does not answer ({type(error).__name__}); see {URL}"
        ) from error


def document(answer: httpx.Response) -> Any:
    """Return the JSON of an answer; raise `Refused`, or `Unavailable` for what is no answer of the API."""
    if answer.status_code in (502, 503, 504):
        raise Unavailable(f"the API cannot answer now ({answer.status_code}); try again")
    if len(answer.content) > MOST_BYTES:
        raise Refused(413, {"detail": "the answer is too long; ask for fewer rows or narrow the question"})
    try:
        found = answer.json()
    except ValueError as error:
        raise Unavailable(f"what answers at {answer.url.host} is not the API ({answer.status_code})") from error
    if not answer.is_success:
        raise Refused(answer.status_code, found if isinstance(found, dict) else {})
    return found


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
