"""Every sentence of the pages is in the catalogue, and every message of the pages is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from services.console import decided, fields, saved
from services.console.pages import (
    design,
    files,
    finance,
    home,
    measures,
    money,
    program_templates,
    providers,
    registration,
    registrations,
    targets,
    webhooks,
)
from services.projections.audited import AUDITED
from services.projections.views import audience
from services.registration.files.fields import FIELDS
from shared.credentials import SCOPES
from shared.messages import language, languages
from shared.outward.posting import Failure
from shared.policy.references import Kind
from shared.program_templates.folder import names

CONSOLE = Path(fields.__file__).parent
SAID = re.compile(r'\bt\("([a-z_.]+)"[,)]|\.say\("page\.([a-z_.]+)"[,)]')
BEGUN = re.compile(r'\b(?:t|knows)\("([a-z_.]+\.)" ~ ')


def texts() -> Iterator[str]:
    for path in [*CONSOLE.rglob("*.html"), *CONSOLE.rglob("*.py")]:
        yield path.read_text(encoding="utf-8")


def said() -> set[str]:
    return {one or other for text in texts() for one, other in SAID.findall(text)}


def begun() -> set[str]:
    return {one for text in texts() for one in BEGUN.findall(text)}


def pages() -> set[str]:
    known = re.findall(r"^page-([\w-]+) =", (CONSOLE.parents[1] / "shared/messages/en.ftl").read_text(), re.MULTILINE)
    return set(known)


def test_what_a_template_says_is_in_the_catalogue() -> None:
    assert len(said()) > 100
    assert not [code for code in said() if not language().has(f"page.{code}")]


def test_no_message_of_a_page_is_left_that_nobody_says() -> None:
    known = {code.replace(".", "-") for code in said()}
    families = (*(one.replace(".", "-") for one in begun()), "wrong-")
    assert not [one for one in pages() if one not in known and not one.startswith(families)]


def test_what_is_said_of_a_wrong_field_is_said_of_a_code_that_there_is() -> None:
    texts = (CONSOLE.parents[1] / "shared/messages/en.ftl").read_text()
    codes = tuple(re.findall(r"^problem-([\w-]+) =", texts, re.MULTILINE))
    found = [one.removeprefix("wrong-") for one in pages() if one.startswith("wrong-")]
    assert not [one for one in found if one != "else" and not one.startswith(codes)]


@pytest.mark.parametrize("tag", sorted(languages()))
def test_what_is_chosen_by_a_value_has_a_message_for_each(tag: str) -> None:
    codes = [f"field.{name}" for name in (*fields.CUSTOMER, *fields.CONTACT, *registration.CLOCKS)]
    codes += [f"{family}.{act}" for act in registration.ACTS for family in ("act", "consequence", "done")]
    codes += [f"decided.{one}" for one in decided.VERDICTS]
    codes += [f"field.{one}" for one in (*registration.ASKABLE, *fields.LISTS, *fields.DEAL) if "amount." not in one]
    codes += [f"scope.{one.replace(':', '_')}" for one in SCOPES]
    codes += [f"sort.{one.replace('-', 'down_')}" for one in registrations.SORTS]
    codes += [f"field.{one.removeprefix('-')}" for one in registrations.MORE_SORTS]
    codes += [f"field.{one}" for one in (*files.DECLARED, files.VALUE)]
    codes += [f"field.{one}" for one in FIELDS["registrations"] if one not in files.NOT_OFFERED]
    codes += [f"file.{name}.{one}" for name, them in files.DECLARED.items() if name != "encoding" for one in them]
    lists = (registrations.INPUTS, measures.INPUTS)
    codes += [f"filter.{name}" for inputs in lists for name in (*inputs.one, *inputs.rest)]
    codes += [f"saved.hint.{inputs.page}" for inputs in lists] + [f"saved.done.{one}" for one in saved.DONE]
    codes += [f"account.{one}" for one in (*home.ACCOUNTS, *money.STATUSES, "expense", "paid")]
    codes += [f"measures.by.{one}" for one in measures.GROUPS]
    codes += [f"number.{one}" for one in (*measures.SHOWN, *measures.REST)]
    codes += [f"account.{one}" for one in finance.ACCOUNTS]
    codes += [f"role.{one}" for one in (*measures.ROLES, "unregistered")]
    codes += [
        f"finance.{family}.{one}" for family, them in (("by", finance.GROUPS), ("dated", finance.DATES)) for one in them
    ]
    codes += [f"templates.kind.{one}" for one in get_args(Kind)]
    codes += [f"templates.grade.{one}" for one in program_templates.GRADES.values()]
    codes += [f"templates.is.{one}" for one in names()]
    codes += [f"targets.measure.{one}" for one in targets.MEASURES] + ["targets.coming", "targets.over"]
    codes += [f"partners.done.{one}" for one in targets.DONE]
    codes += [f"webhooks.outcome.{one}" for one in webhooks.OUTCOMES]
    codes += [f"webhooks.failure.{one}" for one in (*get_args(Failure), "redirect")]
    codes += [f"webhooks.done.{one}" for one in webhooks.DONE] + [f"webhooks.grace.{one}" for one in webhooks.GRACES]
    codes += [f"audit.{one.type}" for one in audience._PARTNER if one.type in AUDITED]
    codes += [f"providers.done.{one}" for one in providers.DONE]
    codes += [f"people.done.{one}" for one in providers.PEOPLE_DONE]
    codes += [f"kept.{part}.{why}" for part in ("title", "what") for why in ("ended", "away", "other")]
    assert not [code for code in codes if not languages()[tag].has(f"page.{code}")]
    words = (*registrations.STATES, *fields.KINDS, *design.STATES)
    assert not [code for code in words if not languages()[tag].has(f"word.{code}")]
