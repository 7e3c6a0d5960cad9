"""A scenario's facts told again through the public API, after the decider in memory decided them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from services.attribution.scenarios.engine import Engine
from shared.events.envelope import Fact
from shared.events.vendor import FactRefused
from tests.e2e.channel import Channel

_ROWS = {
    "partner.enrolled": "partner.enroll", "vendor.configured": "vendor.configure", "partner.changed": "partner.change",
    "partner.scored": "partner.score", "partner.certified": "partner.certify", "program.withdrawn": "program.withdraw",
    "rates.published": "rates.publish", "target.set": "target.set", "target.dropped": "target.drop",
}  # fmt: skip
_ON_REGISTRATION = {
    "registration.withdrawn": "withdrawal", "registration.confirmed": "confirmation",
    "extension.requested": "extension", "objection.raised": "objection", "review.decided": "review",
    "customer.match_decided": "match",
}  # fmt: skip
_ON_PARTNER = {"partner.suspended": "suspension", "partner.reinstated": "reinstatement"}
_ORDERS = {"order.refunded": "refunded", "order.cancelled": "cancelled"}
_SILENT = ("vendor.created", "clock.ticked")
"""What the public API does by itself."""


@dataclass
class Retold:
    """A vendor that is told what an engine was told; `ids` has what the service calls the scenario's registrations."""

    channel: Channel
    engine: Engine
    ids: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    """What the service calls the scenario's pieces of evidence."""

    async def everything(self) -> None:
        """Tell each fact; it must be refused where the engine refused it, and by the same code."""
        await self.tell(self.engine.taken)

    async def tell(self, facts: Sequence[Fact]) -> None:
        """Tell these facts of the engine, in order."""
        refused = {one.event.fact: one.event.code for one in self.engine.entries if isinstance(one.event, FactRefused)}
        for fact in facts:
            if fact.event.type not in _SILENT:
                self.channel.on((fact.recorded_at - Channel.START).total_seconds() / 86_400)
                answer = await self._tell(fact)
                code = answer.json().get("code") if answer.status_code >= 400 else None
                assert code == refused.get(fact.id), (fact.event.type, answer.text)

    async def _tell(self, fact: Fact) -> httpx.Response:
        event = fact.event
        name, body = event.type, orjson.loads(event.model_dump_json(exclude_defaults=True))
        if name in _ROWS:
            return await self._row(_ROWS[name], body.get("document", body))
        if name == "program.published":
            return await self._row("program.publish", {"policy": body["policy"]})
        if name.startswith("opportunity.") or name in _ORDERS:
            body.pop("opportunity")
            if "registration" in body:
                body["registration"] = self.ids[body["registration"]]
            what = _ORDERS.get(name) or name.removeprefix("opportunity.")
            return await self._row("opportunity", {"event": what, **body})
        if name == "registration.submitted":
            return await self._submit(body)
        if name in _ON_PARTNER:
            return await self._post(f"/v1/partners/{body.pop('partner')}/{_ON_PARTNER[name]}", body)
        if name == "case.resolved":
            [case] = (await self.channel.read("/v1/cases?state=open"))["items"]
            body.pop("case")
            return await self._post(f"/v1/cases/{case['case']}/resolution", body)
        id_ = self.ids[body.pop("registration")]
        if name == "registration.amended":
            return await self._amend(id_, body)
        if name.startswith("evidence."):
            return await self._evidence(id_, name, body)
        if name == "customer.match_decided":
            body["other"] = self.ids[body["other"]]
        return await self._post(f"/v1/registrations/{id_}/{_ON_REGISTRATION[name]}", body)

    async def _amend(self, id_: str, body: dict[str, Any]) -> httpx.Response:
        patch = {field: _unsealed(body["patch"]).get(field) for field in body["fields"]}
        more = {"correction": body["correction"]} if "correction" in body else {}
        headers = {"If_Match": f'"{body["expected_revision"]}"', "Content-Type": "application/merge-patch+json"}
        return await self.channel.send("PATCH", f"/v1/registrations/{id_}", {**patch, **more}, **headers)

    async def _evidence(self, id_: str, name: str, body: dict[str, Any]) -> httpx.Response:
        if name == "evidence.added":
            short = body["evidence"].pop("evidence")
            answer = await self._post(f"/v1/registrations/{id_}/evidence", body["evidence"])
            self.evidence[short] = (await self.channel.registration(id_))["evidence"][-1]["evidence"]
            return answer
        judged = {"evidence": self.evidence[body["evidence"]], "verdict": name.removeprefix("evidence.")}
        return await self._post(f"/v1/registrations/{id_}/verification", judged)

    async def _submit(self, body: dict[str, Any]) -> httpx.Response:
        short = body.pop("registration")
        names = [one.pop("evidence") for one in body.get("evidence", ())]
        answer = await self._post("/v1/registrations", _unsealed(body))
        if answer.status_code == 200:
            self.ids[short] = answer.json()["registration"]
        if names:
            shown = (await self.channel.registration(self.ids[short]))["evidence"]
            self.evidence |= {name: one["evidence"] for name, one in zip(names, shown, strict=True)}
        return answer

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return await self.channel.send("POST", path, {name: one for name, one in body.items() if one is not None})

    async def _row(self, kind: str, body: dict[str, Any]) -> httpx.Response:
        [line] = await self.channel.bulk([self.channel.row(kind, body)])
        return await self.channel.get(line["location"])


def _unsealed(body: dict[str, Any]) -> dict[str, Any]:
    """The body with a contact as a partner writes it: in memory only that there is one counts."""
    return {**body, "contact": {"name": "Contact"}} if body.get("contact") else body
