"""`dealreg policy`: policies checked, and tested with scenario files."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console

from dealreg.commands import policy_life, policy_rates
from dealreg.commands.policy_replay import policy_replay
from dealreg.runtime.loading import settled
from dealreg.tools.policy_files import Linted, lint
from dealreg.tools.scenario_files import read_all
from dealreg.tools.scenario_report import as_junit
from services.attribution.scenarios.findings import Coverage
from services.attribution.scenarios.report import report, waiting
from services.attribution.scenarios.running import Outcome, run_all
from shared.policy.clauses import clause_paths
from shared.values.written import written_json

command = typer.Typer(help="Begin, check, test, show and compare policies.", no_args_is_help=True)
_MARKS = {"passed": "[green]passed[/green] ", "failed": "[red]failed[/red] ", "pending": "[yellow]pending[/yellow]"}


def register(app: typer.Typer) -> None:
    """Add `dealreg policy`."""
    app.add_typer(command, name="policy")


Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


@command.command("lint")
def lint_files(
    files: Annotated[list[Path] | None, typer.Argument(help="Policy files, YAML or JSON.")] = None,
    vendor: Annotated[Path | None, typer.Option(help="The vendor document: checked too, and names in it.")] = None,
    json: Json = False,
) -> None:
    """Check policies and the vendor document: every error at once, with line, column, path and what is allowed.

    Without `--vendor`, names that the vendor document must have (lines, tiers, types, calendars) are not checked.

    Exit code 1 where a file has errors, 2 where one cannot be read.
    """
    if not files and vendor is None:
        raise typer.BadParameter("name a policy file, or a vendor document with --vendor")
    found = lint(files or [], vendor)
    if json:
        print(written_json({"files": [one.shown() for one in found]}, indented=True).decode())
    else:
        for one in found:
            _tell_linted(one)
    raise typer.Exit(1 if any(one.problems for one in found) else 0)


def _tell_linted(one: Linted) -> None:
    if not one.problems:
        print(f"{one.file}: {one.states} is valid")
    for problem in one.problems:
        print(f"{one.file}, {problem.message} [{problem.code}]")


@command.command("test")
def run_scenarios(
    paths: Annotated[list[Path], typer.Argument(help="Scenario files, or folders with *.yaml files of scenarios.")],
    json: Json = False,
    junit: Annotated[Path | None, typer.Option(help="Also write a JUnit XML report to this file.")] = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="List the clauses that were applied.")] = False,
) -> None:
    """Run scenario files: given these facts, when that happens, then this must hold.

    Facts are decided in memory by the decider of production; nothing is stored and no server is needed. A scenario
    marked `pending` may fail; once it passes, the mark is an error. docs/scenarios.md describes the format.

    What policies state and this release does not apply is listed whole, unless a scenario waits for it.

    Exit code 1 where a scenario fails, 2 where a file cannot be read or states what is not applied.
    """
    begun = perf_counter()
    files = read_all(paths)
    settled()
    outcomes = run_all(scenario for file in files for scenario in file.scenarios)
    seconds = perf_counter() - begun
    found = Coverage()
    for one in outcomes:
        found.merge(one.coverage)
    if junit is not None:
        junit.write_bytes(as_junit(outcomes))
    if json:
        print(written_json(report(outcomes, found, seconds), indented=True).decode())
    else:
        _tell(outcomes, found, seconds)
        if coverage:
            _tell_coverage(found)
    raise typer.Exit(1 if any(one.status == "failed" for one in outcomes) else 0)


def _tell(outcomes: list[Outcome], coverage: Coverage, seconds: float) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for one in outcomes:
        console.print(_MARKS[one.status], end=" ")
        waits = f" (waits for {one.scenario.text.pending})" if one.status == "pending" else ""
        console.print(f"{one.scenario.source.name}: {one.scenario.name}{waits}", markup=False)
        if one.status == "failed":
            for failure in one.failures:
                console.print(f"        {failure}", markup=False)
    counts = {status: sum(one.status == status for one in outcomes) for status in _MARKS}
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    steps = sum(one.steps for one in outcomes)
    console.print(f"{told}; {steps} facts in {seconds:.2f} s")
    known = clause_paths()
    console.print(f"{len(known & coverage.outcomes.keys())} of {len(known)} clauses applied")
    for clause, count in waiting(outcomes).items():
        console.print(f"  {count} {_scenarios(count)} for {clause}", markup=False)


def _scenarios(count: int) -> str:
    return "waits" if count == 1 else "wait"


def _tell_coverage(found: Coverage) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print("Clauses applied, and how they came out:")
    for clause, outcomes in found.shown()["clauses"].items():
        console.print(f"  {clause}: {', '.join(outcomes)}", markup=False)
    console.print("Clauses that no scenario applied:")
    console.print(f"  {', '.join(sorted(clause_paths() - found.outcomes.keys())) or 'none'}", markup=False)
    console.print("Parameters that the policies state:")
    console.print(f"  {', '.join(sorted(found.parameters))}", markup=False)


# With the module, not with `register`: whoever makes the application twice in a process has each of them once.
policy_life.register(command)
command.command("replay")(policy_replay)
policy_rates.register(command)
