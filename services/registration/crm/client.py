"""Read deals from HubSpot: a hundred at a time, bounded in bytes and time; what is no JSON is no answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from services.registration.crm.configured import Configured
from services.registration.crm.record import read_numbers_as_text
from shared.errors import Unavailable
from shared.values.numbers import is_count

REQUEST_SECONDS = 10.0
READING_SECONDS = 40.0
"""Of a batch with all that belongs to it; below the lease of its tasks."""
MAX_ANSWER_BYTES = 16 * 1024 * 1024
RATE_WINDOW_SECONDS = 10.0
"""HubSpot counts requests in windows of ten seconds; where it names no other time, the next one begins by then."""
LONGEST_WAIT_SECONDS = 3_600.0
PAGE = 100


class CrmAway(Unavailable):
    """The CRM did not answer with what was asked for: nothing was decided, and the same is asked again later."""

    code = "crm.away"

    def __init__(self, detail: str, wait_seconds: float | None = None) -> None:
        super().__init__(detail)
        self.wait_seconds = wait_seconds


class CrmRateLimited(CrmAway):
    """The CRM asks for a pause."""

    code = "crm.rate_limited"


class CrmTokenRefused(CrmAway):
    """The CRM does not accept the access token, or the token lacks a scope."""

    code = "crm.token_refused"


class CrmRefused(CrmAway):
    """The CRM refused the question itself."""

    code = "crm.request_refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and content of an answer."""

    status: int
    content: Any


class HubSpot:
    """Asks HubSpot's CRM API."""

    def __init__(self, url: str) -> None:
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=10)
        self._client = httpx.AsyncClient(base_url=url, timeout=REQUEST_SECONDS, follow_redirects=False, limits=limits)

    async def close(self) -> None:
        await self._client.aclose()

    async def objects(
        self, place: Configured, kind: str, ids: Sequence[str], properties: Sequence[str], *, archived: bool = False
    ) -> dict[str, dict[str, Any]]:
        """Read up to a hundred objects; those that are not there are left out."""
        if not ids:
            return {}
        asked = {"properties": list(properties), "inputs": [{"id": one} for one in ids]}
        path = f"/crm/v3/objects/{kind}/batch/read" + ("?archived=true" if archived else "")
        answer = await self._ask(place, "POST", path, asked)
        return {str(one["id"]): one for one in _results(answer) if "id" in one}

    async def deal(self, place: Configured, id_: str, *, archived: bool) -> dict[str, Any] | None:
        """Read one deal; of a merged one HubSpot answers the deal that it became. None where there is none."""
        properties = ",".join(place.settings.deal_properties)
        path = f"/crm/v3/objects/deals/{id_}?properties={properties}" + ("&archived=true" if archived else "")
        answer = await self._ask(place, "GET", path)
        return None if answer.status == httpx.codes.NOT_FOUND else dict(answer.content)

    async def associated(self, place: Configured, ids: Sequence[str], to: str) -> dict[str, list[str]]:
        """The ids of what each deal is associated with, a primary one first."""
        if not ids:
            return {}
        asked = {"inputs": [{"id": one} for one in ids]}
        answer = await self._ask(place, "POST", f"/crm/v4/associations/deals/{to}/batch/read", asked)
        return {
            str(one["from"]["id"]): [str(end["toObjectId"]) for end in sorted(_ends(one), key=_secondary)]
            for one in _results(answer)
            if isinstance(one.get("from"), dict)
        }

    async def search(self, place: Configured, filters: Sequence[Mapping[str, Any]], after: str) -> list[dict[str, Any]]:
        """A page of deals that fit, by ascending id: further pages begin after the last, so there is no last page."""
        above = {"propertyName": "hs_object_id", "operator": "GT", "value": after}
        asked = {
            "filterGroups": [{"filters": [*filters, above]}],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "properties": ["dealstage", "pipeline", "hs_lastmodifieddate"],
            "limit": PAGE,
        }
        return _results(await self._ask(place, "POST", "/crm/v3/objects/deals/search", asked))

    async def _ask(self, place: Configured, method: str, path: str, content: Any = None) -> Answer:
        if place.access_token is None:
            raise CrmTokenRefused("no access token is set; PUT it to /v1/crm/{connection}/secrets")
        headers = {"Authorization": f"Bearer {place.access_token}", "Accept": "application/json"}
        body = None
        if content is not None:
            body, headers["Content-Type"] = orjson.dumps(content), "application/json"
        with _transport_errors():
            async with (
                asyncio.timeout(REQUEST_SECONDS),
                self._client.stream(method, path, content=body, headers=headers) as response,
            ):
                text = await _bounded(response)
        _raise_for(response, text, path)
        try:
            found = read_numbers_as_text(text)
        except (ValueError, RecursionError) as error:
            raise CrmAway(f"HubSpot answered {response.status_code} without JSON") from error
        if not isinstance(found, dict):
            raise CrmAway(f"HubSpot answered {response.status_code} with JSON that is no object")
        return Answer(response.status_code, found)


def _results(answer: Answer) -> list[dict[str, Any]]:
    found = answer.content.get("results")
    if not isinstance(found, list):
        raise CrmAway(f"HubSpot answered {answer.status} without results")
    return [one for one in found if isinstance(one, dict)]


def _ends(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    ends = one.get("to")
    return [end for end in ends if isinstance(end, dict) and "toObjectId" in end] if isinstance(ends, list) else []


def _secondary(end: Mapping[str, Any]) -> bool:
    kinds = end.get("associationTypes")
    labels = [kind.get("label") for kind in kinds if isinstance(kind, dict)] if isinstance(kinds, list) else []
    return "Primary" not in labels


async def _bounded(response: httpx.Response) -> bytes:
    found = bytearray()
    async for chunk in response.aiter_bytes():
        found += chunk
        if len(found) > MAX_ANSWER_BYTES:
            raise CrmAway(f"HubSpot answered more than {MAX_ANSWER_BYTES} bytes")
    return bytes(found)


def _raise_for(response: httpx.Response, text: bytes, path: str) -> None:
    status, asked = response.status_code, path.partition("?")[0]
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise CrmRateLimited("HubSpot asks for a pause (429)", _wait(response, text))
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise CrmTokenRefused(
            f"HubSpot refuses the access token for {asked} ({status}); give the app the scope that this needs, or set "
            "a token that has it"
        )
    if status == httpx.codes.NOT_FOUND and "/objects/deals/" in asked and "/batch/" not in asked:
        return
    if 400 <= status < 500:
        raise CrmRefused(f"HubSpot refuses {asked} ({status}); check the properties that the settings name")
    if not 200 <= status < 300:
        raise CrmAway(f"HubSpot answered {status} to {asked}")


def _wait(response: httpx.Response, text: bytes) -> float:
    stated = response.headers.get("retry-after", "")
    if stated.isascii() and stated.isdigit() and len(stated) < 10:
        return min(float(stated), LONGEST_WAIT_SECONDS)
    return LONGEST_WAIT_SECONDS if b"DAILY" in text.upper() else RATE_WINDOW_SECONDS


@contextlib.contextmanager
def _transport_errors() -> Any:
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, TimeoutError, OSError) as error:
        raise CrmAway(f"HubSpot does not answer ({type(error).__name__})") from error


async def pages(
    client: HubSpot, place: Configured, filters: Sequence[Mapping[str, Any]]
) -> AsyncIterator[list[dict[str, Any]]]:
    """Every page of a search."""
    after = "0"
    while found := await client.search(place, filters, after):
        yield found
        last = str(found[-1].get("id", ""))
        if len(found) < PAGE or not is_count(last) or int(last) <= int(after):
            return
        after = last
