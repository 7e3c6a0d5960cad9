"""A HubSpot of our own: a real HTTP server on loopback that keeps deals, and fails as the real one does."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dealreg.runtime.server import listen, serving, url_of
from services.registration.crm.signature import signature

PORTAL, APP = 50112233, 4400123
CLIENT_SECRET = "dealreg-test-client-secret-0001"
TOKEN = "pat-eu1-test-token"


@dataclass
class FakeHubSpot:
    """Its objects by kind and id, what was asked of it, and how it fails next."""

    url: str = ""
    objects: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {kind: {} for kind in ("deals", "companies", "line_items", "contacts")}
    )
    associations: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    failures: list[Response] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    clock: int = 0

    def put(self, kind: str, id_: str, **properties: Any) -> dict[str, Any]:
        """Write properties of an object; a deal is changed by it at the next millisecond."""
        one = self.objects[kind].setdefault(id_, {"id": id_, "properties": {}, "archived": False})
        one["properties"].update(properties)
        self.clock = max(self.clock + 1, int(time.time() * 1000) - 5_000)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self.clock / 1000)) + f".{self.clock % 1000:03d}Z"
        one["properties"]["hs_lastmodifieddate"] = one["updatedAt"] = moment
        return one

    def associate(self, deal: str, kind: str, *ids: str) -> None:
        """Associate a deal with other objects."""
        self.associations[deal, kind] = list(ids)

    def archive(self, deal: str) -> None:
        """Delete a deal as people do: it can be restored."""
        self.put("deals", deal)["archived"] = True

    def merge(self, gone: str, into: str) -> None:
        """Merge a deal into another one."""
        self.merged[gone] = into
        self.put("deals", into)
        del self.objects["deals"][gone]

    def app(self) -> Starlette:
        """The application that answers."""
        return Starlette(
            routes=[
                Route("/crm/v3/objects/{kind}/batch/read", self._guarded(self._batch), methods=["POST"]),
                Route("/crm/v3/objects/deals/search", self._guarded(self._search), methods=["POST"]),
                Route("/crm/v3/objects/deals/{id}", self._guarded(self._single), methods=["GET"]),
                Route(
                    "/crm/v4/associations/deals/{kind}/batch/read", self._guarded(self._associated), methods=["POST"]
                ),
            ]
        )

    def _guarded(self, endpoint: Any) -> Any:
        async def answer(request: Request) -> Response:
            self.asked.append(f"{request.method} {request.url.path}")
            if self.failures:
                return self.failures.pop(0)
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return _json({"status": "error"}, 401)
            return _json(*await endpoint(request))

        return answer

    async def _batch(self, request: Request) -> tuple[Any, int]:
        asked = orjson.loads(await request.body())
        ids = [one["id"] for one in asked["inputs"]]
        assert len(ids) <= 100
        archived = request.query_params.get("archived") == "true"
        kept = self.objects[request.path_params["kind"]]
        found = [kept[id_] for id_ in ids if id_ in kept and kept[id_]["archived"] == archived]
        wanted = {"hs_lastmodifieddate", *asked["properties"]}
        results = [{**one, "properties": {k: v for k, v in one["properties"].items() if k in wanted}} for one in found]
        missing = [id_ for id_ in ids if id_ not in {one["id"] for one in found}]
        errors = [{"status": "error", "category": "OBJECT_NOT_FOUND", "context": {"ids": missing}}] if missing else []
        return {"status": "COMPLETE", "results": results, "errors": errors}, 207 if missing else 200

    async def _single(self, request: Request) -> tuple[Any, int]:
        id_ = self.merged.get(request.path_params["id"], request.path_params["id"])
        archived = request.query_params.get("archived") == "true"
        found = self.objects["deals"].get(id_)
        if found is None or found["archived"] != archived:
            return {"status": "error", "category": "OBJECT_NOT_FOUND"}, 404
        return found, 200

    async def _associated(self, request: Request) -> tuple[Any, int]:
        kind = request.path_params["kind"]
        ids = [one["id"] for one in orjson.loads(await request.body())["inputs"]]
        results = [
            {"from": {"id": id_}, "to": [{"toObjectId": int(one), "associationTypes": []} for one in ends]}
            for id_ in ids
            if (ends := self.associations.get((id_, kind)))
        ]
        return {"status": "COMPLETE", "results": results}, 200

    async def _search(self, request: Request) -> tuple[Any, int]:
        asked = orjson.loads(await request.body())
        found = [one for one in self.objects["deals"].values() if not one["archived"]]
        for one in asked["filterGroups"][0]["filters"]:
            found = [deal for deal in found if _fits(deal, one)]
        return {"results": sorted(found, key=lambda one: int(one["id"]))[: asked["limit"]]}, 200


def _fits(deal: dict[str, Any], asked: dict[str, Any]) -> bool:
    name = asked["propertyName"]
    value = deal["id"] if name == "hs_object_id" else deal["properties"].get(name)
    if asked["operator"] == "IN":
        return value in asked["values"]
    if asked["operator"] == "GT":
        return int(value) > int(asked["value"])
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(asked["value"]) / 1000))
    return str(value) >= moment


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def html(status: int) -> Response:
    """A page of a proxy in place of an answer."""
    return Response("<!doctype html><h1>Just a moment…</h1>", status, media_type="text/html")


@asynccontextmanager
async def hubspot() -> AsyncIterator[FakeHubSpot]:
    """A HubSpot that runs inside the block."""
    fake, listener = FakeHubSpot(), listen("127.0.0.1", 0)
    fake.url = url_of(listener)
    async with serving(fake.app(), listener):
        yield fake


def event(deal: str, kind: str = "deal.propertyChange", number: int = 1, **more: Any) -> dict[str, Any]:
    """One event of a batch."""
    common = {
        "eventId": number, "subscriptionId": 7100001, "portalId": PORTAL, "appId": APP, "attemptNumber": 0,
        "occurredAt": int(time.time() * 1000), "subscriptionType": kind, "objectId": int(deal),
        "changeSource": "CRM_UI", "sourceId": "userId:9001",
    }  # fmt: skip
    return {**common, **more}


def signed(url: str, body: bytes, *, secret: str = CLIENT_SECRET, at_ms: int | None = None) -> dict[str, str]:
    """The headers of a signed delivery."""
    at = str(int(time.time() * 1000) if at_ms is None else at_ms)
    return {
        "Content-Type": "application/json",
        "X-HubSpot-Signature-v3": signature(secret, "POST", url, body, at),
        "X-HubSpot-Request-Timestamp": at,
    }


def batch(events: Sequence[dict[str, Any]]) -> bytes:
    """The body of a delivery."""
    return orjson.dumps(list(events))
