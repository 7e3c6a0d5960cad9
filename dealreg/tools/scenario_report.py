"""Reports on scenarios that ran: the XML that build servers read."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from services.attribution.scenarios.report import counted
from services.attribution.scenarios.running import Outcome


def as_junit(outcomes: Sequence[Outcome]) -> bytes:
    """JUnit XML: a test suite a file, a pending scenario is a skipped test."""
    suites = Xml.Element("testsuites")
    by_file: dict[str, list[Outcome]] = {}
    for one in outcomes:
        by_file.setdefault(one.scenario.source.name, []).append(one)
    for file, several in by_file.items():
        counts = {"tests": len(several), "failures": counted(several, "failed"), "skipped": counted(several, "pending")}
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
