"""The parts of docs/ that the code itself tells: `python -m tests.documents` writes them, `--check` only compares.

A generated part stands between `<!-- generated: name -->` and `<!-- end -->`.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import services.attribution.api
import services.projections
import services.registration
import shared
from dealreg.runtime.http_protocol import REFUSALS
from shared.errors import DealregError
from shared.events.base import Decision, Event
from shared.events.lifecycle import TRANSITIONS
from shared.events.opportunity_state import TRANSITIONS as OPPORTUNITY_TRANSITIONS
from shared.events.registry import EVENTS
from shared.http.problem_codes import FIELD_CODES, REQUEST_CODES
from shared.http.problem_remedies import REMEDIES
from shared.http.problems import title_of
from shared.policy.reading import NOT_IMPLEMENTED, NOT_IMPLEMENTED_VALUES, SAME_AS_DONE
from shared.policy.references import SECTIONS
from tests.policy_parameters import policy_parameters
from tests.preset_tables import preset_clauses, preset_programs
from tests.vendor_fields import vendor_fields

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DECIDER = ROOT / "services" / "attribution"
PUBLICATION = ROOT / "shared/policy/publication.py"

PAGES = ("deploy", "docs", "examples")
"""Folders with pages, beside those in the root."""

PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def facts() -> str:
    return _events(False)


def decisions() -> str:
    return _events(True)


def _events(decision: bool) -> str:
    lines = ["| event | version | what it says |", "|---|---|---|"]
    for name, event in EVENTS.items():
        if issubclass(event, Decision) is decision:
            lines.append(f"| `{name}` | {event.version} | {_words(event)} |")
    return "\n".join(lines)


def _words(event: type[Event]) -> str:
    return " ".join((event.__doc__ or "").split()).replace("|", "\\|")


def transitions() -> str:
    lines = ["| entry | review before | protection before |", "|---|---|---|"]
    for event, (reviews, protections) in TRANSITIONS.items():
        lines.append(f"| `{event.type}` | {_states(reviews)} | {_states(protections)} |")
    return "\n".join(lines)


def opportunity_transitions() -> str:
    lines = ["| entry | nothing told | `open` | `won` | `lost` |", "|---|---|---|---|---|"]
    for event, leads in OPPORTUNITY_TRANSITIONS.items():
        cells = (_states((leads.get(state),)) for state in (None, "open", "won", "lost"))
        lines.append(f"| `{event.type}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _states(states: tuple[str | None, ...]) -> str:
    return ", ".join("–" if state is None else f"`{state}`" for state in states)


def problems() -> str:
    """Every titled code with the statuses that its errors have; those without one stand in `errors` alone."""
    errors = {error.code: error for error in _errors() if error.code not in _INSIDE}
    lines = ["| code | status | meaning |", "|---|---|---|"]
    for code in sorted(REQUEST_CODES | errors.keys()):
        told = errors[code].status if code in errors else _BY_HAND.get(code, "in `errors`")
        words = title_of(code) if code in REQUEST_CODES else " ".join((errors[code].__doc__ or "").split()).rstrip(".")
        lines.append(f"| `{code}` | {told} | {words} |")
    return "\n".join(lines)


def remedies() -> str:
    """What a caller does about each code."""
    lines = ["| code | what it means | what to do |", "|---|---|---|"]
    lines += [f"| `{code}` | {title_of(code)} | {told} |" for code, told in sorted(REMEDIES.items())]
    return "\n".join(lines)


def problem_codes() -> set[str]:
    """Every code of an error class that a client of the API can be answered with."""
    return {error.code for error in _errors() if error.code not in _INSIDE}


_BY_HAND = {
    "path.unknown": "404",
    "method.not_allowed": "405",
    "http.host_unknown": "421",
    **{code: str(status) for status, code, _ in REFUSALS},
}
_INSIDE = frozenset(
    ["fenced", "corrupt", "misconfigured", "conflict", "contended", "database_refused", "invalid", "view.halted"]
) | {"vendor.exists", "vendor.unknown", "amendment.invalid", "view.differs", "view.newly_parked", "view.share_failed"}
"""Codes that no client of the API is answered with here: they stop a worker or a command, or the decider uses them."""


def _errors() -> Iterator[type[DealregError]]:
    for package in (services.attribution.api, services.projections, services.registration, shared):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for error in _subclasses(DealregError):
        if error.__module__.startswith(_WITH_ERRORS):
            yield error


_WITH_ERRORS = (
    "services.attribution.api", "services.attribution.scenarios", "services.attribution.trials",
    "services.projections.api", "services.registration", "shared",
)  # fmt: skip


def _subclasses(cls: type[DealregError]) -> Iterator[type[DealregError]]:
    yield cls
    for one in cls.__subclasses__():
        yield from _subclasses(one)


def fields() -> str:
    codes = sorted({*FIELD_CODES.values(), *_own_field_codes()} - REQUEST_CODES)
    return ", ".join(f"`{code}`" for code in codes) + "."


def _own_field_codes() -> Iterator[str]:
    """Codes that our own validators and readers of requests give to a field."""
    for folder in (
        "services/attribution/api",
        "services/registration",
        "services/projections/api",
        "shared/events",
        "shared/identity",
        "shared/policy",
        "shared/values",
        "shared/wire",
    ):
        for file in (ROOT / folder).rglob("*.py"):
            for call in _calls(file, {"BadValue", "PydanticCustomError", "FieldProblem"}):
                place = 1 if _name(call) == "FieldProblem" else 0
                if len(call.args) > place and _constant(call.args[place]):
                    yield str(ast.literal_eval(call.args[place]))


def not_implemented() -> str:
    """What a policy may not say yet, whole parameters first."""
    whole = ", ".join(f"`{name}`" for name in sorted(NOT_IMPLEMENTED - SAME_AS_DONE.keys()))
    values = [f"`{name}`: {', '.join(f'`{one}`' for one in words)}" for name, words in NOT_IMPLEMENTED_VALUES.items()]
    same = [f"`{name}: {_yaml(value)}`" for name, value in SAME_AS_DONE.items()]
    return "\n".join(
        [
            f"* Parameters: {whole}.",
            f"* Values: {'; '.join(values)}.",
            f"* Allowed in this one form: {', '.join(same)}.",
        ]
    )


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def refusals() -> set[tuple[str, int]]:
    """Every code and status with which the decider refuses a fact, as far as its source names them."""
    told = {found for file in (*DECIDER.rglob("*.py"), PUBLICATION) for found in _refused_in(file)}
    return told | {(section.code, 422) for section in SECTIONS.values()}


def _refused_in(file: Path) -> Iterator[tuple[str, int]]:
    names = {
        target.id: assigned.value
        for assigned in ast.walk(ast.parse(file.read_text()))
        if isinstance(assigned, ast.Assign)
        for target in assigned.targets
        if isinstance(target, ast.Name) and target.id == "code"
    }
    for call in _calls(file, {"FactRejected", "Refusal"}):
        said = [
            ast.literal_eval(word.value) for word in call.keywords if word.arg == "status" and _constant(word.value)
        ]
        given = call.args[0]
        if isinstance(given, ast.Name):
            given = names[given.id]
        codes = (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,)
        yield from ((ast.literal_eval(code), said[0] if said else 422) for code in codes if _constant(code))


def _constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _calls(file: Path, names: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and _name(node) in names and node.args:
            yield node


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


PARTS: dict[str, Callable[[], str]] = {
    part.__name__: part
    for part in (facts, decisions, transitions, opportunity_transitions, problems, remedies, fields, not_implemented,
                 policy_parameters, vendor_fields, preset_programs, preset_clauses)
}  # fmt: skip


def renewed(page: str) -> str:
    """The page with every generated part as the code tells it now."""
    return PART.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", page)


def pages() -> list[Path]:
    """Every page that a reader finds in the repository, tests aside."""
    return sorted([*ROOT.glob("*.md"), *(page for folder in PAGES for page in (ROOT / folder).rglob("*.md"))])


def outdated() -> list[Path]:
    """Pages with a part that is not what the code tells now."""
    return [page for page in pages() if renewed(page.read_text()) != page.read_text()]


def main() -> None:
    pages_to_write = outdated()
    if "--check" in sys.argv[1:]:
        if pages_to_write:
            names = ", ".join(str(page.relative_to(ROOT)) for page in pages_to_write)
            sys.exit(f"out of date: {names}; run: python -m tests.documents")
        return
    for page in pages_to_write:
        page.write_text(renewed(page.read_text()))


if __name__ == "__main__":
    main()
