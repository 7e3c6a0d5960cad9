"""Policies and vendor documents in files: read, checked, and checked against each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dealreg.tools.files import refused
from shared.errors import FieldProblem
from shared.events.vendor import VendorDocument
from shared.messages import Words
from shared.policy.json_text import json_as_yaml
from shared.policy.publication import Refusal, unknown_names
from shared.policy.reading import Places, read_placed, read_vendor
from shared.policy.refused import Place, PolicyRefused
from shared.policy.schema import Policy


@dataclass(frozen=True, slots=True)
class Linted:
    """One file: what it is, or everything that is wrong with it."""

    file: Path
    states: str
    problems: tuple[FieldProblem, ...] = ()

    def shown(self) -> dict[str, Any]:
        """The file as JSON has it."""
        problems = [{"field": one.field, "code": one.code, "message": one.message} for one in self.problems]
        return {"file": str(self.file), "valid": not self.problems, "states": self.states, "problems": problems}


def lint(files: list[Path], vendor: Path | None) -> list[Linted]:
    """Check each policy file, and the names that it takes from the vendor document where that is given."""
    document, found = None, []
    if vendor is not None:
        document, one = _lint_vendor(vendor)
        found.append(one)
    return found + [_lint_policy(file, document) for file in files]


def policy_in(file: Path) -> Policy:
    """Read a policy file; raises `PolicyRefused` with every problem and its place."""
    return read_placed(text_in(file))[0]


def text_in(file: Path) -> bytes:
    """Read a file as YAML; what is named `.json` must be JSON. Raises `FileRefused`, `PolicyRefused`."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise refused(file, f"cannot be read: {error.strerror or error}") from error
    return json_as_yaml(text).encode() if file.suffix == ".json" else text


def _lint_vendor(file: Path) -> tuple[VendorDocument | None, Linted]:
    try:
        document, _ = read_vendor(text_in(file))
    except PolicyRefused as error:
        return None, Linted(file, "vendor document", _problems(error))
    return document, Linted(file, "vendor document")


def _lint_policy(file: Path, document: VendorDocument | None) -> Linted:
    try:
        policy, places = read_placed(text_in(file))
    except PolicyRefused as error:
        return Linted(file, "policy", _problems(error))
    unknown = unknown_names(policy, document) if document is not None else ()
    return Linted(file, f"policy {policy.program}/{policy.version}", tuple(_placed(one, places) for one in unknown))


def _problems(error: PolicyRefused) -> tuple[FieldProblem, ...]:
    return error.problems or (FieldProblem("", error.code, error.detail),)


def _placed(one: Refusal, places: Places) -> FieldProblem:
    path = one.field.removeprefix("policy.")
    said = Words().refusal({"code": one.code, "field": one.field, "params": one.params})
    return FieldProblem(path, one.code, places.get(path, Place()).told(f"{path}: {said}"))
