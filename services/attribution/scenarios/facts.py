"""Facts of a scenario: a step's words become an event of the edge, with names and defaults filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from pydantic import ValidationError

from services.attribution.scenarios.decider import Key, Opportunity, Registration
from services.attribution.scenarios.engine import Engine
from services.attribution.scenarios.money import money_of
from services.attribution.scenarios.problems import inner
from services.attribution.scenarios.setting import Setting, checked
from shared.events.base import Decision, Event
from shared.events.program import ProgramPublished
from shared.events.registry import EVENTS
from shared.events.vendor import ClockTicked, VendorCreated
from shared.values import BadValue

FACTS: dict[str, type[Event]] = {
    name: event for name, event in EVENTS.items() if not issubclass(event, Decision | ClockTicked | VendorCreated)
}
"""Every fact that a step may state, by its wire name; the vendor exists, and the clock ticks by itself."""
PARTNERS_OWN = frozenset({
    "registration.submitted", "registration.amended", "registration.withdrawn", "registration.confirmed",
    "extension.requested", "objection.raised", "evidence.added",
})  # fmt: skip
"""What a partner sends under its own credential, unless the step says `as`."""
_CUSTOMERS = ("customer", "other_customer")
_MONEY = ("amount", "list_amount", "list_price")


class Facts:
    """Turns steps into events; knows which policies the scenario has published so far."""

    def __init__(self, setting: Setting, engine: Engine) -> None:
        self._setting = setting
        self.engine = engine
        self._source = setting.scenario.source
        self._policies = dict(setting.policies)
        self._filled: dict[str, Callable[[dict[str, Any], str], dict[str, Any]]] = {
            "registration.submitted": self._submitted,
            "registration.amended": self._amended,
            "evidence.added": self._evidence,
            "program.published": self._published,
            "case.resolved": self._case,
            "partner.enrolled": lambda body, _: {"name": body.get("partner"), **body},
            "partner.suspended": lambda body, _: {"reason": "a reason", **body},
            "vendor.configured": lambda body, _: body if "document" in body else {"document": body},
        }

    def event(self, name: str, body: object, path: str) -> Event:
        """Return the event of a step; raises `ScenarioInvalid`, or `NotYet` where no release says such a thing."""
        cls = FACTS.get(name)
        if cls is None:
            raise self._source.not_yet(path, f"no fact is called {name}; docs/events.md lists them")
        fields = body if isinstance(body, dict) else {next(iter(cls.model_fields)): body}
        if name.startswith(("opportunity.", "order.")):
            fields = self._of_crm(name, fields)
        fill = self._filled.get(name)
        fields = self._plain(fill(fields, path) if fill else fields, path)
        if name not in ("program.published", "registration.amended"):
            fields = {key: value for key, value in fields.items() if value is not None or key == "registration"}
        return self._made(cls, fields, path)

    def sender(self, name: str, event: Event, said: str | None) -> str | None:
        """Return the partner whose credential sends it, None for the vendor."""
        if said is not None:
            return None if said == "vendor" else said
        if name not in PARTNERS_OWN:
            return None
        partner = getattr(event, "partner", None)
        if partner is None:
            found = self.engine.ledger.documents[Key("registration", event.registration)]  # type: ignore[attr-defined]
            partner = found.partner if isinstance(found, Registration) else None
        return partner

    def _made(self, cls: type[Event], fields: dict[str, Any], path: str) -> Event:
        try:
            return cls.model_validate_json(orjson.dumps(fields))
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            where = inner(path, ".".join(map(str, problem["loc"])))
            if problem["type"] == "extra_forbidden":
                raise self._source.not_yet(where, f"{cls.type} has no such field") from error
            raise self._source.refuses(where, problem["msg"]) from error

    def _submitted(self, body: dict[str, Any], _: str) -> dict[str, Any]:
        return {"program": self._setting.program, **self._setting.deal, **body}

    def _of_crm(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        deal = self._setting.deal if name.startswith("opportunity.") else {}
        said = {"connection": "crm", "external_id": body.get("opportunity")}
        known = {key: value for key, value in deal.items() if key in FACTS[name].model_fields}
        return {**said, **known, **body}

    def _amended(self, body: dict[str, Any], path: str) -> dict[str, Any]:
        id_ = body.get("registration")
        found = self.engine.ledger.documents[Key("registration", str(id_))]
        revision = found.expected_revision if isinstance(found, Registration) else 1
        patch = {
            key: value for key, value in body.items() if key not in ("registration", "expected_revision", "correction")
        }
        expected = body.get("expected_revision", revision)
        plain = self._plain(patch, path)
        amendment = {"registration": id_, "expected_revision": expected, "patch": plain, "fields": list(patch)}
        return {**amendment, "correction": body["correction"]} if "correction" in body else amendment

    def _evidence(self, body: dict[str, Any], _: str) -> dict[str, Any]:
        if "kind" not in body:
            return body
        kind = body["kind"]
        evidence = {"evidence": body.get("evidence", kind), "kind": kind, "on": body.get("on")}
        return {"registration": body.get("registration"), "evidence": evidence}

    def _published(self, body: dict[str, Any], path: str) -> dict[str, Any]:
        program = body.get("program", self._setting.program)
        last = self._policies.get(program, {"version": 0})
        document = {**last, "version": last["version"] + 1, **body, "program": program}
        policy = checked(self._source, path, document)
        self._policies[program] = document
        return {"program": program, "number": policy.version, "policy": policy.model_dump(mode="json")}

    def opening(self, program: str, document: dict[str, Any]) -> Event:
        """Return the publication of a policy that stands before the first fact."""
        policy = checked(self._source, "policy", document)
        fields = {"program": program, "number": policy.version, "policy": policy.model_dump(mode="json")}
        return self._made(ProgramPublished, fields, "policy")

    def _case(self, body: dict[str, Any], _: str) -> dict[str, Any]:
        # A case has an id that nobody can foresee: a scenario calls it by its opportunity.
        won = self.engine.ledger.documents[Key("opportunity", str(body.get("case")))]
        case = won.breach if isinstance(won, Opportunity) and won.breach else body.get("case")
        return {"reason": "a reason", **body, "case": case}

    def _plain(self, value: Any, path: str, key: str = "") -> Any:
        """Replace customers' names and amounts in words by what events have for them, at any depth."""
        if key in ("policy", "rates"):
            return value  # its words are its own: `customer: entity` names nobody
        if key in _CUSTOMERS:
            value = self._customer(value, path)
        if key == "contact" and isinstance(value, str):
            return {"name": {"person": "contact", "box": "AAAA"}}  # that there is one is all that rules see
        if key in _MONEY and isinstance(value, str | int | float):
            try:
                return money_of(value).model_dump()
            except BadValue as error:
                raise self._source.refuses(path, error.detail) from error
        if isinstance(value, dict) and "currency" not in value:
            return {name: self._plain(one, inner(path, name), name) for name, one in value.items()}
        if isinstance(value, list):
            return [self._plain(one, inner(path, index)) for index, one in enumerate(value)]
        return value

    def _customer(self, value: Any, path: str) -> Any:
        like = value.get("like") if isinstance(value, dict) else value
        if not isinstance(like, str):
            return value
        known = self._setting.customers.get(like)
        if known is None:
            names = ", ".join(self._setting.customers) or "none"
            raise self._source.refuses(path, f"no customer is called {like}; given: {names}")
        more = {name: one for name, one in value.items() if name != "like"} if isinstance(value, dict) else {}
        return {name: one for name, one in {**known, **more}.items() if one is not None}
