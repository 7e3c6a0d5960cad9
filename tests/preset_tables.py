"""The tables of docs/presets.md, read from the headers and scenarios of the presets."""

from __future__ import annotations

from dealreg.tools.scenario_files import read_all
from shared.program_templates.folder import PRESETS, headers
from shared.program_templates.header import Header


def preset_programs() -> str:
    """Every preset with its public material, its year, and how many of its scenarios hold and wait."""
    lines = ["| preset | modelled on | year | scenarios that hold | that wait |", "|---|---|---|---|---|"]
    for name, header in headers().items():
        waits = [one.text.pending is not None for file in read_all([PRESETS / name]) for one in file.scenarios]
        held = waits.count(False)
        lines.append(f"| `{name}` | {_material(header)} | {header.year} | {held} | {len(waits) - held} |")
    return "\n".join(lines)


def preset_clauses() -> str:
    """Every clause, fact or field that presets wait for, with the rules that do; those that most wait for first."""
    waiting: dict[str, list[str]] = {}
    for name, header in headers().items():
        for clause, rule in header.missing.items():
            waiting.setdefault(clause, []).append(f"{name}: {rule}")
    lines = ["| waits for | presets | what they would say |", "|---|---|---|"]
    for clause, rules in sorted(waiting.items(), key=lambda one: (-len(one[1]), one[0])):
        told = "; ".join(rules)
        lines.append(f"| `{clause}` | {len(rules)} | {told} |")
    return "\n".join(lines)


def _material(header: Header) -> str:
    linked = [f"[{number}]({one.url})" for number, one in enumerate(header.sources, start=1) if one.url is not None]
    return " ".join([header.modelled_on, *linked])
