"""The example of CONTRIBUTING.md, "How to add a rule", in a copy of the project: it decides and explains itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("dealreg", "services", "shared", "migrations")
_BLOCK = re.compile(
    r"in `(?P<file>[^`]+)`(?: (?P<where>before|after) `(?P<anchor>[^`]+)`)?[.;](?:(?!```).)*```\w+\n(?P<text>.*?)```",
    re.S,
)
EXPLAINED = """
from shared.messages import Words
from shared.policy.clauses import CLAUSES, readable
from services.attribution.domain.rules.gates import RULES
print("min_products" in RULES, CLAUSES["gates.min_products"], readable("gates.min_products", "has"))
clause = "gates.min_products"
failed = {"clause": clause, "outcome": "failed", "code": clause, "inputs": {"has": 1, "least": 2}}
print(Words().finding(failed))
print(Words().finding({**failed, "outcome": "passed", "code": "gates.min_products.passed"}))
"""


def section() -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    return text.split("## How to add a rule")[1].split("\n## ")[0]


def in_the_copy(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    return subprocess.run([sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True)


def test_a_gate_costs_one_class_one_function_two_messages_and_one_scenario(tmp_path: Path) -> None:
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    blocks = list(_BLOCK.finditer(section()))
    assert len(blocks) == 5
    for block in blocks:
        file, anchor, text = tmp_path / block["file"], block["anchor"], block["text"]
        if anchor is None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            continue
        before = file.read_text()
        assert before.count(anchor) == 1, f"{block['file']} has {before.count(anchor)} times {anchor!r}"
        at = f"{text}{anchor}" if block["where"] == "before" else f"{anchor}\n{text.rstrip(chr(10))}"
        file.write_text(before.replace(anchor, at))
    ran = in_the_copy(tmp_path, "-m", "dealreg.cli", "policy", "test", "min-products.yaml", "--coverage")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "gates.min_products: failed, passed" in ran.stdout
    said = in_the_copy(tmp_path, "-c", EXPLAINED)
    assert said.stdout.splitlines() == [
        "True {'has': 'own', 'least': 'own'} True",
        "The claim names one product; the program asks for 2.",
        "The claim names enough products.",
    ], said.stdout + said.stderr
