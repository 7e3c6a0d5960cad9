"""What a contributor's tools read agrees with the repository: hooks, workflow, editor, changelog."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HOOKS = ROOT / ".pre-commit-config.yaml"
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
ENVIRONMENT = ".venv/bin/"
SECONDS = 300
"""Of a hook: each takes one to five on a free machine."""


def _read(file: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(file.read_text())
    return found


HOOK_LIST: list[dict[str, Any]] = [hook for repo in _read(HOOKS)["repos"] for hook in repo["hooks"]]


def test_the_hooks_are_valid_and_local(tmp_path: Path) -> None:
    subprocess.run(
        [_installed("pre-commit"), "validate-config", str(HOOKS)],
        check=True, capture_output=True, env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path)},
    )  # fmt: skip
    assert [repo["repo"] for repo in _read(HOOKS)["repos"]] == ["local"], "a hook fetches nothing"


@pytest.mark.parametrize("hook", HOOK_LIST, ids=lambda hook: str(hook["id"]))
def test_each_hook_runs_from_the_locked_environment_and_passes(hook: dict[str, Any]) -> None:
    program, *arguments = shlex.split(hook["entry"])
    assert program.startswith(ENVIRONMENT), "a contributor has it after make setup"
    done = subprocess.run(
        [_installed(program.removeprefix(ENVIRONMENT)), *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_hooks_that_make_check_has_as_well_are_the_same_commands() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    checks = {line.removeprefix("\t@$(BIN)/") for line in recipe[1].splitlines()}
    hooks = {hook["entry"].removeprefix(ENVIRONMENT) for hook in HOOK_LIST}
    assert checks - hooks == {"mypy --strict $(CODE)"}, "of make check only the strict types take longer than seconds"


def test_the_workflow_runs_what_a_change_must_pass() -> None:
    job = _read(WORKFLOW)["jobs"]["ci"]
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands == ["bash .ci/run"]
    assert (ROOT / ".ci" / "run").exists()
    for step in job["steps"]:
        assert "uses" not in step or re.search(r"@[0-9a-f]{40}$", step["uses"]), f"{step['uses']} can be moved"


def test_the_workflow_runs_the_oldest_python_that_is_promised() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions = _read(WORKFLOW)["jobs"]["ci"]["strategy"]["matrix"]["python"]
    assert versions[0] == project["requires-python"].removeprefix(">=")
    assert all(f"Programming Language :: Python :: {one}" in project["classifiers"] for one in versions)


def test_the_changelog_begins_with_the_version_of_the_tree() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest = re.search(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    number = re.search(r"\d+\.\d+\.\d+", newest[1])
    assert number
    assert number[0] == version.partition(".dev")[0]
    assert newest[1].startswith("Unreleased") == (".dev" in version)


def test_files_are_as_the_editor_is_told_to_leave_them() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a clone: there is no list of files")
    for name in filter(None, listed.stdout.split("\0")):
        file = ROOT / name
        if file.suffix in (".gz", ".xz", ".tsv", ".csv", ".dictionary", ".png") or not file.exists():
            continue
        content = file.read_bytes()
        assert b"\r" not in content, f"{name}: lines end with LF"
        assert not content or content.endswith(b"\n"), f"{name}: the last line has no end"
        assert not re.search(rb"[ \t]$", content, re.MULTILINE), f"{name}: space at the end of a line"


def test_no_two_files_of_tests_are_one_module() -> None:
    """Run by one process, the second would be taken for the first, and its tests with it."""
    names: list[str] = []
    for file in (ROOT / "tests").rglob("test_*.py"):
        parts, folder = [file.stem], file.parent
        while (folder / "__init__.py").exists():
            parts, folder = [folder.name, *parts], folder.parent
        # A file in no package is named by its whole path.
        names += [".".join(parts)] if len(parts) > 1 else []
    assert len(names) > 100
    assert sorted(set(names)) == sorted(names)


def _installed(program: str) -> str:
    """The command of the environment in which the tests run, which is `.venv` in a clone."""
    return str(Path(sys.executable).parent / program)
