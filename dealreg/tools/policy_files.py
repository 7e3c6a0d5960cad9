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
from shared.policy.publication import Refusal, disagreements
from shared.policy.reading import MAX_DOCUMENT_NODES, Places, decoded, read_placed, read_vendor
from shared.policy.refused import Place, PolicyRefused
from shared.policy.schema import Policy
from shared.policy.yaml_text import read_yaml


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


def document_in(file: Path) -> Policy | VendorDocument:
    """Read a policy, or a vendor document, which names no program; raises `PolicyRefused` with every problem."""
    text = text_in(file)
    keys = read_yaml(decoded(text), MAX_DOCUMENT_NODES).value
    if isinstance(keys, dict) and "program" not in keys and keys.keys() <= VendorDocument.model_fields.keys():
        return read_vendor(text)[0]
    return read_placed(text)[0]


def read_folder(folder: Path) -> tuple[dict[str, Any], str]:
    """The vendor document and the policy's text of a folder, checked together; raises `PolicyRefused`."""
    files = folder / "policy.yaml", folder / "vendor.yaml"
    problems = [problem for one in lint([files[0]], files[1]) for problem in one.problems]
    if problems:
        raise PolicyRefused.of(problems)
    document, _ = read_vendor(text_in(files[1]))
    return document.model_dump(mode="json"), text_in(files[0]).decode()


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
    found = disagreements(policy, document) if document is not None else ()
    return Linted(file, f"policy {policy.program}/{policy.version}", tuple(_placed(one, places) for one in found))


def _problems(error: PolicyRefused) -> tuple[FieldProblem, ...]:
    return error.problems or (FieldProblem("", error.code, error.detail),)


def _placed(one: Refusal, places: Places) -> FieldProblem:
    path = one.field.removeprefix("policy.")
    said = Words().refusal({"code": one.code, "field": one.field, "params": one.params})
    return FieldProblem(path, one.code, places.get(path, Place()).told(f"{path}: {said}"))
