"""A scenario played through the public API: told fact by fact, and each of its `then` compared with what is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.attribution.scenarios.expected import plain
from services.attribution.scenarios.findings import Finding, findings_of
from services.attribution.scenarios.found import HOUSE
from services.attribution.scenarios.money import in_words
from services.attribution.scenarios.reading import Scenario, Steps
from services.attribution.scenarios.running import Running
from services.attribution.scenarios.setting import Setting, setting_of
from services.attribution.scenarios.then import Then
from shared.events.money import Money
from tests.e2e.channel import Channel
from tests.e2e.retold import Retold

Flat = dict[str, Any]
BYSTANDER = "bystander-"
"""Whose enrolment lets time pass: no scenario knows of it."""
TURNOVER = ("expense", "accrued")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a scenario compares: after so many facts, at that time; nothing is said where `when` begins."""

    taken: int
    now: datetime
    said: Flat | None
    path: str


class Marked(Running):
    """A scenario run in memory that keeps where it compares."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.marks: list[Mark] = []

    def _take(self, steps: Steps, path: str) -> None:
        if path.endswith(".when"):
            self.marks.append(Mark(len(self.engine.taken), self.now, None, path))
        super()._take(steps, path)

    def _compare(self, said: Flat, path: str) -> None:
        self.marks.append(Mark(len(self.engine.taken), self.now, said, path))
        super()._compare(said, path)

    def then(self, found: Any, entries: list[Flat]) -> Then:
        return Then(self._source, self._comparing, found, entries)


async def played(channel: Channel, scenario: Scenario) -> list[str]:
    """Tell the scenario to the vendor of the channel; what it says and the public API does not, place by place."""
    memory = Marked(setting_of(scenario))
    assert memory.all() == ()
    retold, failures, told = Retold(channel, memory.engine), [], 0
    page = Page(channel, retold.ids)
    for mark in memory.marks:
        await retold.tell(memory.engine.taken[told : mark.taken])
        told = mark.taken
        day = (mark.now - Channel.START).total_seconds() / 86_400
        if channel.day is None or day > channel.day:
            await channel.pass_time(day)
        entries = await page.turn()
        if mark.said is not None:
            await page.read(mark.said)
            then = memory.then(page, entries)
            failures += [f"{one.path}: {one}" for one in then.differences(mark.said, mark.path)]
    return failures


@dataclass
class Page:
    """What the public API shows of a vendor, in the words of a scenario: `turn` reads its entries, `read` the rest."""

    channel: Channel
    ids: dict[str, str]
    _entries: list[Flat] = field(default_factory=list)
    _after: int = 0
    _all: dict[str, Any] = field(default_factory=dict)

    async def turn(self) -> list[Flat]:
        """The entries since the last turn."""
        new: list[Flat] = []
        while items := (await self.channel.read(f"/v1/events?after={self._after}&limit=1000"))["items"]:
            self._after = items[-1]["position"]
            new += [{"type": one["type"].removeprefix("dealreg."), **_parsed(one["data"])} for one in items]
        names = await self._names()
        known = [_renamed(one, names) for one in new if not str(one.get("partner", "")).startswith(BYSTANDER)]
        self._entries += known
        return known

    async def read(self, said: Flat) -> None:
        """Everything that this `then` names."""
        names = await self._names()
        found: dict[str, Any] = {}
        if said.keys() & {"states", "registrations"}:
            claims = {short: await self.channel.registration(id_) for short, id_ in self.ids.items()}
            found["registrations"] = {short: _registration(one, self._held(short)) for short, one in claims.items()}
        if said.keys() & {"states", "opportunities"}:
            deals = await self._list("opportunities")
            found["opportunities"] = {one["external_id"]: _opportunity(one) for one in deals}
        if "partners" in said:
            known = (await self.channel.read("/v1/partners?limit=200"))["partners"]
            found["partners"] = {one["partner"]: _partner(one) for one in known}
        if "cases" in said:
            found["cases"] = {one["opportunity"]: _case(one) for one in await self._list("cases")}
        if "credit" in said:
            rows = {short: await self._list(f"credits?opportunity={id_}") for id_, short in names.items()}
            found["credit"] = {short: _credit(one) for short, one in rows.items() if one}
        if "rewards" in said:
            found["rewards"] = await self._rewards()
        self._all = _renamed(_parsed(found), names)
        self._all["balances"] = {one: await self._balances(one) for one in said.get("balances", ())}

    def registrations(self) -> Flat:
        return dict(self._all.get("registrations", {}))

    def opportunities(self) -> Flat:
        return dict(self._all.get("opportunities", {}))

    def partners(self) -> Flat:
        return dict(self._all.get("partners", {}))

    def cases(self) -> Flat:
        return dict(self._all.get("cases", {}))

    def states(self) -> dict[str, str]:
        known = {**self.opportunities(), **self.registrations()}
        return {id_: one["state"] for id_, one in known.items()}

    def credit(self) -> Flat:
        return dict(self._all.get("credit", {}))

    def rewards(self) -> list[Flat]:
        return list(self._all.get("rewards", []))

    def balances(self) -> Flat:
        return dict(self._all.get("balances", {}))

    def findings(self) -> dict[str, list[Finding]]:
        decided = (one for one in self._entries if "registration" in one and one.get("findings"))
        return {one["registration"]: findings_of(one) for one in decided}

    async def _names(self) -> dict[str, str]:
        deals = {one["opportunity"]: one["external_id"] for one in await self._list("opportunities")}
        return {**{id_: short for short, id_ in self.ids.items()}, **deals}

    async def _list(self, path: str) -> list[Flat]:
        sign = "&" if "?" in path else "?"
        items: list[Flat] = (await self.channel.read(f"/v1/{path}{sign}limit=200"))["items"]
        return items

    def _held(self, short: str) -> int:
        held = 0
        for one in self._entries:
            if one.get("registration") == short:
                held = held + 1 if one["type"] == "amendment.held" else 0 if one["type"] == "amendment.taken" else held
        return held

    async def _rewards(self) -> list[Flat]:
        """In the order in which they accrued, as the journal has it."""
        order = [one["reward"] for one in self._entries if one["type"] == "reward.accrued"]
        return sorted(await self._list("rewards"), key=lambda one: order.index(one["reward"]))

    async def _balances(self, partner: str) -> dict[str, str]:
        rows = await self._list(f"payouts?partner={partner}&sort=month")
        latest = {one["account"]: _in_words(one["balance"]) for one in rows if one["account"] not in TURNOVER}
        return {account: amount for account, amount in latest.items() if float(amount.split()[0])}


def _registration(shown: Flat, held: int) -> Flat:
    # A scenario counts what changed the claim; the revision that a client must send counts held patches too.
    shown, policy = {**shown, "revision": shown["revision"] - held}, shown["policy"]
    holders = [one["registration"] for one in shown["behind"]]
    return {**shown, "behind": holders, "policy": int(policy.rpartition("/")[2]) if policy else None}


def _opportunity(shown: Flat) -> Flat:
    return {**shown, "by_person": shown["linked_by"] == "person"}


def _partner(shown: Flat) -> Flat:
    return {**shown, "suspended": shown["status"] == "suspended"}


def _case(shown: Flat) -> Flat:
    return {**shown, "reversed": shown["outcome"] == "reversed"}


def _credit(rows: list[Flat]) -> Flat:
    found: Flat = {}
    for one in rows:
        found.setdefault(one["role"], {})[one["partner"] or HOUSE] = one["amount"]
    return found


def _in_words(amount: Flat) -> str:
    below = amount["amount"].startswith("-")
    return "-" * below + in_words(Money(amount=amount["amount"].removeprefix("-"), currency=amount["currency"]))


def _parsed(value: Any) -> Any:
    """JSON as a scenario compares it: instants, and amounts in words."""
    if isinstance(value, dict):
        if value.keys() == {"amount", "currency"} and value["amount"] is not None:
            return _in_words(value)
        return {name: _parsed(one) for name, one in plain(value).items()}
    if isinstance(value, list):
        return [_parsed(one) for one in value]
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return datetime.fromisoformat(value)
    return value


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The same with what the service calls a thing replaced by what the scenario calls it."""
    if isinstance(value, dict):
        return {names.get(name, name): _renamed(one, names) for name, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value
