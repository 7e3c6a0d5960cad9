"""Running a scenario: its facts decided in order, time passing between them, and what must hold compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from services.attribution.scenarios.decider import Fault, Halted
from services.attribution.scenarios.engine import Engine
from services.attribution.scenarios.expected import Comparing, Difference
from services.attribution.scenarios.facts import FACTS, Facts
from services.attribution.scenarios.findings import Coverage
from services.attribution.scenarios.found import Found, payload_of, said_of
from services.attribution.scenarios.problems import NotYet, Source, inner
from services.attribution.scenarios.reading import Scenario, Steps
from services.attribution.scenarios.setting import Setting, setting_of
from services.attribution.scenarios.then import Then
from services.attribution.scenarios.times import after_wait, moment
from shared.errors import FieldProblem
from shared.events.base import Decision, Event
from shared.events.partner import PartnerEnrolled
from shared.events.vendor import FactRefused, VendorCreated
from shared.values import BadValue

Status = Literal["passed", "failed", "pending"]
MOST_OPENED = 64
"""Beginnings that are kept: a file of scenarios has a few."""
_OPENED: dict[bytes, Engine] = {}
BESIDE = ("on", "wait", "as", "refused", "then")
"""Keys of a step that are not its fact."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scenario came out: `failures` in words, with their place; `pending` says what it waits for."""

    scenario: Scenario
    status: Status
    failures: tuple[str, ...] = ()
    steps: int = 0
    coverage: Coverage = field(default_factory=Coverage)


def run(scenario: Scenario) -> Outcome:
    """Run it; raises `ScenarioInvalid` where it cannot be run at all, unless it is pending for what it says."""
    waits = scenario.text.pending
    steps = 0
    try:
        setting = setting_of(scenario)
        running = Running(setting)
        failures = running.all()
        steps, coverage = running.steps, running.coverage()
    except NotYet as not_yet:
        if waits is None:
            raise
        return Outcome(scenario, "pending", tuple(one.message for one in not_yet.problems))
    if waits is None:
        return Outcome(scenario, "failed" if failures else "passed", failures, steps, coverage)
    if failures:
        return Outcome(scenario, "pending", failures, steps)
    passed = scenario.source.told(
        inner(scenario.path, "pending"), "it passes: remove `pending`, so that it must from here on"
    )
    return Outcome(scenario, "failed", (passed,), steps, coverage)


def run_all(scenarios: Iterable[Scenario]) -> list[Outcome]:
    """Run each; raises one `NotYet` with all that they say and no release applies, `ScenarioInvalid` as `run` does."""
    outcomes: list[Outcome] = []
    unready: list[FieldProblem] = []
    for one in scenarios:
        try:
            outcomes.append(run(one))
        except NotYet as not_yet:
            unready += not_yet.problems
    if unready:
        raise NotYet.of(unready)
    return outcomes


class Running:
    """One scenario under way: the vendor in `engine`, the time in `now`, the entries since the last comparison."""

    def __init__(self, setting: Setting) -> None:
        self.steps = 0
        self._setting = setting
        self._source: Source = setting.scenario.source
        self.engine = Engine()
        self._facts = Facts(setting, self.engine)
        self._found = Found(self.engine)
        self._comparing = Comparing(setting.zone, setting.start)
        self.now = setting.start
        self._since = 0
        self._failures: list[str] = []

    def all(self) -> tuple[str, ...]:
        """Tell what is otherwise than the scenario says, from its first fact to its `then`."""
        self._open()
        text, path = self._setting.scenario.text, self._setting.scenario.path
        try:
            self._take(text.given, inner(path, "given"))
            self._since = len(self.engine.entries)
            self._take(text.when, inner(path, "when"))
            self._compare(text.then, inner(path, "then"))
        except (Fault, Halted) as fault:
            cause = fault.__cause__ or fault
            self._failures.append(f"{self._source.name}: the decider failed: {type(cause).__name__}: {cause}")
        return tuple(self._failures)

    def coverage(self) -> Coverage:
        """Count the clauses that were applied."""
        found = Coverage()
        events = (one.event for one in self.engine.entries)
        decided = (payload_of(one) for one in events if isinstance(one, Decision) and one.findings)
        found.add(decided, self._setting.policies.values())
        return found

    def _open(self) -> None:
        """Decide what stands before the first fact; most scenarios of a file begin alike, and go on from a copy."""
        setting = self._setting
        stands = (setting.start, setting.vendor, setting.partners, setting.policies)
        key = orjson.dumps(stands, option=orjson.OPT_SORT_KEYS)
        opened = _OPENED.get(key)
        if opened is None:
            self._decide_opening()
            if len(_OPENED) >= MOST_OPENED:
                _OPENED.clear()
            _OPENED[key] = self.engine.copy()
            return
        self.engine = self._facts.engine = self._found.engine = opened.copy()

    def _decide_opening(self) -> None:
        start, engine = self._setting.start, self.engine
        engine.decide(VendorCreated(name="Acme", mode="live"), start)
        engine.decide(self._facts.event("vendor.configured", self._setting.vendor, "vendor"), start)
        for name, more in self._setting.partners.items():
            event = self._facts.event("partner.enrolled", {"partner": name, **more}, f"partners.{name}")
            assert isinstance(event, PartnerEnrolled)
            engine.decide(event, start)
        for program, document in self._setting.policies.items():
            engine.decide(self._facts.opening(program, document), start)
        refused = next((one.event for one in engine.entries if isinstance(one.event, FactRefused)), None)
        if refused is not None:
            raise self._source.refuses(self._setting.scenario.path, f"{refused.fact_type}: {said_of(refused)}")

    def _take(self, steps: Steps, path: str) -> None:
        for index, step in enumerate(steps):
            self._step(step, inner(path, index))

    def _step(self, step: dict[str, Any], path: str) -> None:
        for name in ("as", "refused"):
            if not isinstance(step.get(name, ""), str):
                raise self._source.refuses(inner(path, name), "write a name" if name == "as" else "write a code")
        self._pass_time(step, path)
        facts = [name for name in step if name not in BESIDE]
        if len(facts) > 1:
            raise self._source.refuses(path, f"{' and '.join(facts)}: write one fact a step")
        for name in facts:
            self.steps += 1
            where = inner(path, name)
            event = self._facts.event(name, step[name], where)
            partner = self._facts.sender(name, event, step.get("as"))
            written = self.engine.decide(event, self.now, partner=partner)
            self._failures += self._refusal(written, step.get("refused"), where)
        if "then" in step:
            self._compare(step["then"], inner(path, "then"))
        elif not facts and "on" not in step and "wait" not in step:
            raise self._source.refuses(path, f"write a fact such as {next(iter(FACTS))}, `on`, `wait` or `then`")

    def _pass_time(self, step: dict[str, Any], path: str) -> None:
        try:
            now = self.now
            if "on" in step:
                now = moment(step["on"], self._setting.zone, self._setting.start)
            if "wait" in step:
                now = after_wait(now, step["wait"], self._setting.zone, self._setting.calendar)
        except BadValue as error:
            raise self._source.refuses(inner(path, "wait" if "wait" in step else "on"), error.detail) from error
        if now < self.now:
            told = self._comparing.shown(self.now)
            raise self._source.refuses(inner(path, "on"), f"time goes backwards; it is {told} already")
        if now > self.now:
            self.engine.pass_time(now)
            self.now = now

    def _refusal(self, written: list[Event], expected: str | None, path: str) -> Iterator[str]:
        refused = next((one for one in reversed(written) if isinstance(one, FactRefused)), None)
        if refused is not None and expected is None:
            yield self._source.told(path, f"refused: {said_of(refused)}")
        elif expected is not None and (refused is None or refused.code != expected):
            found = refused.code if refused is not None else "accepted"
            yield self._source.told(path, f"expected refused: {expected}, found {found}")

    def _compare(self, said: dict[str, Any], path: str) -> None:
        if not isinstance(said, dict):
            raise self._source.refuses(path, "write a mapping of what must hold")
        entries = [payload_of(one.event) for one in self.engine.entries[self._since :]] if _of_entries(said) else []
        then = Then(self._source, self._comparing, self._found, entries)
        self._failures += [self._told(one) for one in then.differences(said, path)]
        self._since = len(self.engine.entries)

    def _told(self, difference: Difference) -> str:
        return self._source.told(difference.path, str(difference))


def _of_entries(said: dict[str, Any]) -> bool:
    return any("entries" in name for name in said)
