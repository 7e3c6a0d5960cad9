"""The console's client of the public API: of the application in this process that serves everybody, or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpx
from starlette.types import ASGIApp

from services.console.sessions import Session
from services.console.wording import worded
from shared.messages import language

WAIT_SECONDS = 5
"""How long a page waits for a decision before it says that there is none yet."""
ANSWER_SECONDS = 30
"""How long an API elsewhere may take for an answer; a whole CSV may take longer from its first byte to its last."""
CSV = "text/csv"
FORMS = {"csv": CSV, "parquet": "application/vnd.apache.parquet"}
"""Media types of lists as files, by the ending of a file's name."""
YAML = "application/yaml"

_ALTERNATE = re.compile(r'<[^>]*>; rel="alternate"; type="([^"]+)"')

Values = Mapping[str, str | int | Sequence[str] | None]


class SignedOut(Exception):
    """The API takes the session's credential no more: it ended, or the role was taken away."""


class Away(Exception):
    """The API does not answer, or only that it cannot. A write may have been taken; its key makes repeating it safe."""


class Refused(Exception):
    """The API refused; `errors` names each field."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(document.get("code", ""))
        self.detail = str(document.get("detail", ""))
        self.errors: list[dict[str, Any]] = list(document.get("errors") or ())
        super().__init__(self.code)


def within(app: ASGIApp) -> httpx.AsyncClient:
    """Return a client of the API as an application of this process."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://console.invalid")


def at(url: str) -> httpx.AsyncClient:
    """Return a client of the API at its address."""
    # What proxies the environment names are for the world outside; this is part of the installation.
    return httpx.AsyncClient(base_url=url, timeout=ANSWER_SECONDS, trust_env=False)


class Api:
    """The public API, wherever it is."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    def asked_by(self, session: Session, tag: str, request_id: str | None = None) -> Asked:
        """The API as this person may ask it, in that language."""
        headers = {"Authorization": f"Bearer {session.key}", "Accept-Language": tag}
        if request_id is not None:
            headers["X-Request-ID"] = request_id
        return Asked(self._client, headers)


class Listed(NamedTuple):
    """A list, and the endings of the files as which it can be had."""

    document: Any
    forms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests in the name of one person. Each raises `SignedOut`, `Away` or `Refused`."""

    _client: httpx.AsyncClient
    _headers: Mapping[str, str]

    async def get(self, path: str, **values: Any) -> Any:
        """Read a document; absent values are left out."""
        return (await self._request("GET", path, params=_stated(values))).json()

    async def listed(self, path: str, **values: Any) -> Listed:
        """Read a list, and in which other forms the API has it."""
        answer = await self._request("GET", path, params=_stated(values))
        types = _ALTERNATE.findall(answer.headers.get("Link", ""))
        return Listed(answer.json(), frozenset(name for name, one in FORMS.items() if one in types))

    async def file(self, path: str, form: str, **values: Any) -> httpx.Response:
        """Read every row of a list in that form."""
        return await self._request("GET", path, params=_stated(values), headers={"Accept": form})

    async def yaml(self, path: str) -> str:
        """Read a text in YAML."""
        return (await self._request("GET", path, headers={"Accept": YAML})).text

    async def ask(self, path: str, body: Any) -> Any:
        """Ask by POST what changes nothing; a text is sent as YAML."""
        return (await self._request("POST", path, **_body(body))).json()

    async def send_file(self, path: str, content: bytes, **values: Any) -> Any:
        """Send a table as CSV, and return what was found in it and what became of its rows."""
        headers = {"Content-Type": CSV}
        return (await self._request("POST", path, params=_stated(values), content=content, headers=headers)).json()

    async def make(self, path: str, body: Any) -> dict[str, Any]:
        """Make what the API answers at once, and only once: a key."""
        return dict((await self._request("POST", path, json=body)).json())

    async def delete(self, path: str) -> None:
        """End what the path names."""
        await self._request("DELETE", path)

    async def write(
        self, path: str, body: Any, key: str, *, method: str = "POST", headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Write, and return what was decided; with `pending` where that takes longer than a page waits.

        A text is sent as YAML.
        """
        stated = {"Idempotency-Key": key, "Prefer": f"wait={WAIT_SECONDS}", **(headers or {})}
        sent = _body(body)
        answer = await self._request(method, path, **{**sent, "headers": {**sent.get("headers", {}), **stated}})
        return {**answer.json(), "pending": answer.status_code == 202}

    async def _request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        try:
            answer = await self._client.request(method, path, headers={**self._headers, **(headers or {})}, **more)
        except httpx.HTTPError as error:
            raise Away from error
        if answer.status_code == 401:
            raise SignedOut
        if answer.status_code >= 500:
            raise Away
        if answer.status_code >= 400:
            said = language(self._headers["Accept-Language"])
            raise Refused(answer.status_code, worded(_document(answer), said))
        return answer


def _document(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _body(body: Any) -> dict[str, Any]:
    if isinstance(body, str):
        return {"content": body.encode(), "headers": {"Content-Type": YAML}}
    return {"json": body}


def _stated(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], ())}
