"""Reports on scenarios that ran: JSON, and the XML that build servers read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as Xml

from services.attribution.scenarios.findings import Coverage
from services.attribution.scenarios.running import Outcome


def as_json(outcomes: Sequence[Outcome], coverage: Coverage, seconds: float) -> dict[str, Any]:
    """Every scenario with its failures, the counts, and the clauses that were applied."""
    return {
        "scenarios": [
            {
                "file": one.scenario.source.name,
                "line": one.scenario.line,
                "name": one.scenario.name,
                "status": one.status,
                "pending": one.scenario.text.pending,
                "failures": list(one.failures),
                "facts": one.steps,
            }
            for one in outcomes
        ],
        "counts": {status: _count(outcomes, status) for status in ("passed", "failed", "pending")},
        "facts": sum(one.steps for one in outcomes),
        "seconds": round(seconds, 3),
        "coverage": coverage.shown(),
    }


def as_junit(outcomes: Sequence[Outcome]) -> bytes:
    """JUnit XML: a test suite a file, a pending scenario is a skipped test."""
    suites = Xml.Element("testsuites")
    by_file: dict[str, list[Outcome]] = {}
    for one in outcomes:
        by_file.setdefault(one.scenario.source.name, []).append(one)
    for file, several in by_file.items():
        counts = {"tests": len(several), "failures": _count(several, "failed"), "skipped": _count(several, "pending")}
        about = {"name": file, **{name: str(count) for name, count in counts.items()}}
        suite = Xml.SubElement(suites, "testsuite", about)
        for one in several:
            case = Xml.SubElement(
                suite, "testcase", classname=file, name=one.scenario.name, file=file, line=str(one.scenario.line)
            )
            if one.status == "failed":
                Xml.SubElement(case, "failure", message=one.failures[0]).text = "\n".join(one.failures)
            elif one.status == "pending":
                Xml.SubElement(case, "skipped", message=f"waits for {one.scenario.text.pending}")
    return bytes(Xml.tostring(suites, encoding="utf-8", xml_declaration=True))


def _count(outcomes: Sequence[Outcome], status: str) -> int:
    return sum(one.status == status for one in outcomes)
