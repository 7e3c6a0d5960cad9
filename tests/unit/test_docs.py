"""The documentation agrees with the code: what it names exists, what it repeats is up to date, its YAML reads."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from dealreg.mcp import access
from services.attribution.scenarios.reading import ScenarioText, read_scenarios
from services.attribution.scenarios.running import BESIDE, Outcome, run
from services.attribution.scenarios.then import CHECKED
from shared.events.vendor import Calendar, Product, VendorDocument
from shared.policy.reading import read_policy
from shared.policy.required_fields import FIELDS
from shared.settings import Settings, variable
from tests.documents import DOCS, PART, PARTS, ROOT, pages, refusals, renewed
from tests.policy_parameters import docstring, parameters
from tests.vendor_fields import fields_of, meaning

LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?://)([^)#\s]*)(?:#([^)\s]*))?\)")
NAMED_TEST = re.compile(r"\[`(test_\w+)`\]\(([^)]+\.py)\)")
NAMED_FILE = re.compile(r"`((?:shared|services|dealreg|migrations|tests|docs)/[\w./-]+)`")
YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)

PAGES = pages()
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@every_page
def test_generated_parts_are_what_the_code_tells(page: Path) -> None:
    text = page.read_text()
    assert renewed(text) == text, "run: python -m tests.documents"


def test_every_generated_part_stands_somewhere() -> None:
    found = {name for page in PAGES for _, name, _ in PART.findall(page.read_text())}
    assert found == PARTS.keys()


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text()):
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in _anchors(file), f"{page.name} links to {target}#{anchor}"


@every_page
def test_every_file_named_exists(page: Path) -> None:
    for name in NAMED_FILE.findall(page.read_text()):
        assert (ROOT / name).exists(), f"{page.name} names {name}"


@every_page
def test_every_test_named_exists(page: Path) -> None:
    for name, target in NAMED_TEST.findall(page.read_text()):
        assert name in _tests_of((page.parent / target).resolve()), f"{page.name} names {name} of {target}"


def test_every_guarantee_names_its_files_and_a_test() -> None:
    sections = re.split(r"^## ", (DOCS / "guarantees.md").read_text(), flags=re.MULTILINE)[1:]
    assert [section.split(".")[0] for section in sections] == [f"G{number}" for number in range(1, 11)]
    for section in sections:
        assert NAMED_TEST.search(section), f"{section.splitlines()[0]} names no test"


def test_the_glossary_is_in_alphabetical_order() -> None:
    table = (DOCS / "glossary.md").read_text().partition("## Terms")[2].partition("\n## ")[0]
    terms = [row.split(" | ")[0].removeprefix("| ").casefold() for row in table.splitlines() if row.startswith("| ")]
    assert terms[0] == "term"
    assert terms[1:] == sorted(terms[1:])
    assert len(terms) > 40


@pytest.mark.parametrize("text", YAML.findall((DOCS / "programs.md").read_text()))
def test_every_policy_shown_can_be_published(text: str) -> None:
    assert read_policy(text.encode()).version >= 1


def test_the_scenario_shown_passes_and_its_difference_is_told_as_shown() -> None:
    page = (DOCS / "scenarios.md").read_text()
    [text] = YAML.findall(page)

    def told(content: str) -> Outcome:
        file = read_scenarios("scenarios/holder.yaml", content.encode(), lambda name: (DOCS / name).read_bytes())
        return run(file.scenarios[0])

    assert told(text).failures == ()
    [difference] = told(text.replace("confirm_by: 2026-01-17", "confirm_by: 2026-01-18")).failures
    assert difference in page


def test_every_fact_key_of_a_step_and_of_then_is_explained() -> None:
    page = (DOCS / "scenarios.md").read_text()
    for key in (*BESIDE, *CHECKED, *(set(ScenarioText.model_fields) - {"name", "given", "when", "then"})):
        assert f"`{key}`" in page or f"`{key}:" in page, f"docs/scenarios.md explains {key}"


def test_every_field_of_the_vendor_document_is_explained() -> None:
    page = (DOCS / "programs.md").read_text()
    paths = [one.path for one in fields_of()]
    parts = {"products.": Product, "calendars.*.": Calendar, "": VendorDocument}
    assert sorted(paths) == sorted(f"{at}{name}" for at, part in parts.items() for name in part.model_fields)
    for one in fields_of():
        assert meaning(one), f"{one.path} has no docstring"
        assert f"| `{one.path}` |" in page, f"programs.md says nothing of {one.path}"


def test_every_policy_parameter_is_explained() -> None:
    page = (DOCS / "programs.md").read_text()
    for one in parameters():
        assert docstring(one), f"{one.path} has no docstring"
        assert f"| `{one.path}` |" in page, f"programs.md says nothing of {one.path}"
    for name in FIELDS:
        assert f"`{name}`" in page, f"programs.md does not say that {name} can be required"


def test_every_refusal_of_the_decider_is_listed_with_its_status() -> None:
    page = (DOCS / "api.md").read_text().partition("## Refusals of the decider")[2]
    listed = {
        (code, int(status))
        for codes, statuses in re.findall(r"^\| (`[^|]+`) \| ([\d, ]+) \|", page, flags=re.MULTILINE)
        for code in re.findall(r"`([^`]+)`", codes)
        for status in statuses.split(", ")
    }
    # Passed on from the merge of an amendment and from the codec, so no call names them.
    passed_on = {("field.invalid", 422), ("event.too_large", 413)}
    assert listed == refusals() | passed_on


def test_every_variable_named_is_a_setting() -> None:
    known = {variable(name) for name in Settings.model_fields} | {
        "DEALREG_TEST_DATABASE_URL", "DEALREG_TEST_KAFKA_BOOTSTRAP", "DEALREG_REQUIRE_SERVERS", "DEALREG_CACHE",
        access.URL, access.KEY, access.FOLDER,
    }  # fmt: skip
    for page in PAGES:
        for name in re.findall(r"DEALREG_[A-Z_]+[A-Z]", page.read_text()):
            assert name in known, f"{page.name} names {name}"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {found[0] for one in wanted if (found := re.match(r"[a-z0-9-]+", one))}
    rows = re.findall(r"^\| ([a-z0-9-]+) \| [^|]+ \| \d{4}-\d\d-\d\d \|", _dependencies(), flags=re.MULTILINE)
    assert set(rows) == names, "docs/adr/0001-dependencies.md"


def _dependencies() -> str:
    return (DOCS / "adr" / "0001-dependencies.md").read_text()


@cache
def _tests_of(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def _anchors(file: Path) -> frozenset[str]:
    """The headings of a page as GitHub makes anchors of them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(), flags=re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
