"""Scenarios that a caller sent, run against a policy: what the process for them does, one request a line.

A scenario is written by hand, but nothing keeps one from asking for more work than the service could give without
others waiting. So this process knows neither the database nor a key, and whoever asks it ends it when its time is over.
"""

from __future__ import annotations

import gc
import resource
import signal
import sys
from dataclasses import replace
from time import perf_counter
from typing import Any

import orjson

from services.attribution.scenarios.findings import Coverage
from services.attribution.scenarios.reading import ScenarioFile, read_scenarios
from services.attribution.scenarios.report import report
from services.attribution.scenarios.running import run_all
from shared.errors import Invalid
from shared.policy.reading import read_policy

POLICY, VENDOR, SCENARIOS = "policy.yaml", "vendor.yaml", "scenarios.yaml"
"""What the texts are called, as in the folder of a template: scenarios name the others so."""
MEMORY_BYTES = 1_073_741_824
"""Thirty scenarios take some 150 MB, most of it the interpreter."""
MOST_FAILURES, MOST_LETTERS = 20, 1_000
"""Failures of one scenario, and letters of each: the first ones say what is wrong."""


def tried(policy: str, scenarios: str, vendor: dict[str, Any]) -> dict[str, Any]:
    """Report how the scenarios came out against the policy; raises `PolicyRefused`, `ScenarioInvalid`."""
    begun = perf_counter()
    read_policy(policy.encode())  # so that what is wrong with it is told by its own lines
    beside = {POLICY: policy.encode(), VENDOR: orjson.dumps(vendor)}

    def load(name: str) -> bytes:
        if name not in beside:
            raise FileNotFoundError(2, f"only {' and '.join(beside)} are there")
        return beside[name]

    file = _completed(read_scenarios(SCENARIOS, scenarios.encode(), load), vendor)
    outcomes = run_all(file.scenarios)
    coverage = Coverage()
    for one in outcomes:
        coverage.merge(one.coverage)
    told = report(outcomes, coverage, perf_counter() - begun)
    for scenario in told["scenarios"]:
        scenario["failures"] = [one[:MOST_LETTERS] for one in scenario["failures"][:MOST_FAILURES]]
    return told


def _completed(file: ScenarioFile, vendor: dict[str, Any]) -> ScenarioFile:
    """The file with the policy and the vendor document that were sent, where it names none of its own."""
    scenarios = []
    for one in file.scenarios:
        shared = one.shared
        named = {
            "policy": POLICY if shared.policy is None else shared.policy,
            "vendor": VENDOR if shared.vendor is None and vendor else shared.vendor,
        }
        scenarios.append(replace(one, shared=shared.model_copy(update=named)))
    return replace(file, scenarios=tuple(scenarios))


def answered(line: bytes) -> dict[str, Any]:
    """What is answered to one request."""
    asked = orjson.loads(line)
    try:
        return tried(asked["policy"], asked["scenarios"], asked["vendor"])
    except Invalid as refused:
        problems = [(one.field, one.code, one.message, one.line, one.column) for one in refused.problems]
        return {"refused": {"code": refused.code, "detail": refused.detail, "problems": problems}}
    except MemoryError:
        return {"memory": True}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"[:MOST_LETTERS]}


def main() -> None:
    """Answer requests until nobody is there to ask."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the service, which ends this process
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    gc.freeze()
    _say({"ready": True})
    for line in sys.stdin.buffer:
        _say(answered(line))


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
