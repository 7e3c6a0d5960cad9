"""The setting of a scenario: vendor, programs, partners and customers that stand before its first fact."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from pydantic import ValidationError

from services.attribution.scenarios.decider import STANDARD
from services.attribution.scenarios.problems import NotYet, Source, inner
from services.attribution.scenarios.reading import Scenario
from services.attribution.scenarios.times import moment
from shared.errors import FieldProblem
from shared.events.vendor import Calendar
from shared.policy.reading import decoded, read_policy
from shared.policy.refused import PolicyRefused
from shared.policy.schema import Policy
from shared.policy.yaml_text import read_yaml
from shared.values import BadValue

VENDOR: dict[str, Any] = {
    "products": [
        {"product": "X", "line": "hardware", "aliases": ["X-One"]},
        {"product": "Y", "line": "hardware"},
        {"product": "Z", "line": "services"},
    ],
    "partner_types": ["reseller", "distributor"],
    "tiers": ["silver", "gold"],
    "scores": ["index"],
    "certifications": ["Pro", "Expert"],
    "territories": {"DACH": ["DE", "AT", "CH"], "Nile": ["EG", "SD"]},
}
"""The vendor document where a scenario gives none."""
POLICY: dict[str, Any] = {"program": "hunting", "version": 1, "protection": {"days": 90}}
"""What a policy says where a scenario's says nothing."""
_PLACE = re.compile(r"^line [0-9]+, column [0-9]+: ")


@dataclass
class Setting:
    """What the scenario's facts may name; `policies` are documents by program, the first program's first."""

    scenario: Scenario
    vendor: dict[str, Any]
    policies: dict[str, dict[str, Any]]
    partners: dict[str, dict[str, Any]]
    customers: dict[str, dict[str, Any]]
    deal: dict[str, Any]
    zone: ZoneInfo
    start: datetime
    calendar: Calendar

    @property
    def program(self) -> str:
        """The program of a registration that names none."""
        return next(iter(self.policies))


def setting_of(scenario: Scenario) -> Setting:
    """Merge what the scenario says over what its file says; raises `ScenarioInvalid`, `NotYet`."""
    own, shared = scenario.text, scenario.shared
    policies: dict[str, dict[str, Any]] = {}
    written = _written(scenario)
    first, *_ = found = _all_checked(scenario.source, written)
    for policy, one in zip(found, written, strict=True):
        policies[policy.program] = one.document
    vendor = _mapping(scenario, own.vendor if own.vendor is not None else shared.vendor, "vendor") or VENDOR
    start = own.start if "start" in own.model_fields_set else shared.start
    try:
        begins = moment(start, first.zone, datetime(2026, 1, 1, 9, tzinfo=UTC))
    except BadValue as error:
        raise scenario.source.refuses("start", error.detail) from error
    return Setting(
        scenario=scenario,
        vendor=vendor,
        policies=policies,
        partners={**_partners(shared.partners, vendor), **_partners(own.partners, vendor)},
        customers={**shared.customers, **own.customers},
        deal={**shared.deal, **own.deal},
        zone=first.zone,
        start=begins,
        calendar=_calendar(scenario, vendor.get("calendars"), first.calendar),
    )


def _calendar(scenario: Scenario, calendars: Any, name: str | None) -> Calendar:
    """Return the calendar of that name; the standard one where none is named, or none of the name is listed."""
    named = calendars.get(name) if isinstance(calendars, dict) and name is not None else None
    if not named:
        return STANDARD
    try:
        return Calendar.model_validate_json(orjson.dumps(named))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(map(str, ("vendor", "calendars", name, *first["loc"])))
        raise scenario.source.refuses(path, first["msg"]) from error


class _Written(NamedTuple):
    """A policy of the scenario: its path, the document, and of a merged one the parameters that stand at that path."""

    path: str
    document: dict[str, Any]
    own: Collection[str] | None = None


def _written(scenario: Scenario) -> list[_Written]:
    """Return each policy of the scenario, the first program's first."""
    own, shared = scenario.text, scenario.shared
    base = _mapping(scenario, shared.policy, "policy")
    changed = _mapping(scenario, own.policy, inner(scenario.path, "policy"))
    where = inner(scenario.path, "policy") if own.policy is not None else "policy"
    found = [_Written(where, {**POLICY, **base, **changed}, changed if own.policy is not None else None)]
    for index, more in enumerate(own.policies or shared.policies):
        where = inner(scenario.path, f"policies.{index}") if own.policies else f"policies.{index}"
        found.append(_Written(where, {**POLICY, **_mapping(scenario, more, where)}))
    return found


def _all_checked(source: Source, written: Sequence[_Written]) -> list[Policy]:
    """Return the policies; raises one `NotYet` for all of them."""
    found: list[Policy] = []
    problems: list[FieldProblem] = []
    for one in written:
        try:
            found.append(checked(source, *one))
        except NotYet as refused:
            problems += refused.problems
    if problems:
        raise NotYet.of(problems)
    return found


def checked(source: Source, path: str, document: dict[str, Any], own: Collection[str] | None = None) -> Policy:
    """Return the policy that the document states; raises `NotYet` with each parameter's place in the scenario.

    Parameters that are not its `own` stand in the policy of the file, if any are named.
    """
    try:
        return _policy(orjson.dumps(document))
    except PolicyRefused as refused:
        # A policy of another file is named as a whole: its own places are not those of the scenario.
        raise NotYet.of([_problem(source, path, own, one) for one in refused.problems]) from refused


def _problem(source: Source, path: str, own: Collection[str] | None, one: FieldProblem) -> FieldProblem:
    where = path if own is None or one.field.partition(".")[0] in own else "policy"
    return source.problem(NotYet.code, inner(where, one.field), _PLACE.sub("", one.message))


@lru_cache(maxsize=256)  # scenarios of a file share policies, and reading one takes longer than ten facts
def _policy(text: bytes) -> Policy:
    return read_policy(text)


def _partners(
    written: list[str] | dict[str, dict[str, Any] | None], vendor: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the partners; of what is not said of one it has what the vendor document lists, if anything."""
    plain = {name: one for name, one in (
        ("tier", _usual("silver", vendor.get("tiers"))),
        ("partner_type", _usual("reseller", vendor.get("partner_types"))),
    ) if one is not None}  # fmt: skip
    if isinstance(written, list):
        return dict.fromkeys(written, plain)
    return {name: {**plain, **(more or {})} for name, more in written.items()}


def _usual(name: str, listed: Any) -> str | None:
    """Return the name where it is listed, else the first that is; nothing where a vendor lists none."""
    names = listed if isinstance(listed, list) else []
    return name if name in names else next(iter(names), None)


def _mapping(scenario: Scenario, written: dict[str, Any] | str | None, path: str) -> dict[str, Any]:
    """Return what is written inline, or in the file that is named."""
    if not isinstance(written, str):
        return written or {}
    try:
        found = read_yaml(decoded(scenario.load(written))).value
    except PolicyRefused as refused:
        raise scenario.source.refuses(path, f"{written}, {refused.detail}") from refused
    except OSError as error:
        raise scenario.source.refuses(path, f"{written} cannot be read: {error.strerror}") from error
    if not isinstance(found, dict):
        raise scenario.source.refuses(path, f"{written} is no mapping")
    return found
