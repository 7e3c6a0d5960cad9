"""The policy editor: written, checked, tried and published without a script, and nothing that was typed is lost."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from services.console.policy_text import dated, findings, numbered
from tests.e2e.channel import Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown, shown
from tests.e2e.console.person import FORM
from tests.e2e.console.test_forms import SCRIPT, _stopped

WRONG = "program: hunting\nversion: 2\nprotecton: {days: 60}\nprotection: {days: 60}\n"
BETTER = "program: hunting\nversion: 2\nprotection: {days: 60}\n"
SCENARIOS = """topic: sixty days
partners: [A]
scenarios:
- name: protected at once
  when:
  - registration.submitted: {registration: a, partner: A, products: [X], customer: {legal_name: Nile}}
  then: {registrations: {a: {protected_until: 2026-01-02}}}
"""


def text_of(page: Shown, name: str = "policy") -> str:
    return dict(page.forms[-1].pairs)[name]


async def test_the_next_version_is_written_checked_and_published_and_says_what_it_does(
    live: Channel, sign_in: SignIn
) -> None:
    await live.house("acme")
    manager = await sign_in(live, None)
    listed = await manager.see("/console/programs")
    assert "/console/programs/hunting" in listed.links
    versions = await manager.see("/console/programs/hunting")
    assert "/console/policy?program=hunting" in versions.links
    editor = await manager.see("/console/policy?program=hunting")
    assert text_of(editor) == "program: hunting\nversion: 2\nprotection:\n  days: 90\n"
    policy = editor.answer.headers["content-security-policy"]
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    [script] = [one for one in editor.sources if one.endswith(".js")]
    kept = await manager.get(script)
    assert (kept.headers["content-type"].partition(";")[0], len(kept.content) < 60_000) == ("text/javascript", True)

    wrong = shown("", await manager.submit(editor, button="check", policy=WRONG))
    assert wrong.answer.status_code == 422
    assert text_of(wrong) == WRONG, "the text is there again, to the letter"
    assert "Line 3, column 12: protecton: no such parameter; did you mean protection?" in wrong.text
    assert "3 │ protecton: {days: 60}" in wrong.text
    better = shown("", await manager.submit(wrong, button="check", policy=BETTER))
    assert "protection.days changes from 90 to 60." in better.text
    assert "Compared with hunting/1" in better.text

    asked = shown("", await manager.submit(better, button="publish", effective_from="2031-01-01"))
    assert "It counts from the beginning of 1 Jan 2031" in asked.text
    assert "This cannot be taken back" in asked.text
    assert len((await live.read("/v1/programs/hunting"))["versions"]) == 1, (
        "nothing is published before it is confirmed"
    )
    back = shown("", await manager.submit(asked, button="edit"))
    assert text_of(back) == "program: hunting\nversion: 2\neffective_from: 2031-01-01\nprotection: {days: 60}\n"
    done = await manager.follow(await manager.submit(asked, button="confirm"))
    assert "Published." in done.text
    assert (await live.read("/v1/programs/hunting/versions/2"))["policy"]["effective_from"] == "2031-01-01"
    again = await manager.follow(await manager.submit(asked, button="confirm"))
    assert "Published." in again.text, "pressed twice, published once"
    assert "published, not in force" in (await manager.see("/console/programs/hunting")).text
    late = shown("", await manager.submit(better, button="publish"))
    assert late.answer.status_code == 409, "somebody published this version meanwhile"
    assert text_of(late) == BETTER


async def test_scenarios_are_run_in_place_and_both_texts_stay(live: Channel, sign_in: SignIn) -> None:
    await live.house()
    manager = await sign_in(live, None)
    editor = await manager.see("/console/policy?program=hunting")
    # what stands there to begin with runs as it is
    began = shown("", await manager.submit(editor, button="try"))
    assert "Passed: 1. Failed: 0. Pending: 0." in began.text
    page = shown("", await manager.submit(editor, button="try", policy=BETTER, scenarios=SCENARIOS))
    assert "Passed: 0. Failed: 1. Pending: 0." in page.text
    assert "expected 2026-01-02, found 2026-03-0" in page.text
    assert (text_of(page), text_of(page, "scenarios")) == (BETTER, SCENARIOS)
    broken = shown("", await manager.submit(page, button="try", scenarios="topic: x\nscenarios: [\n"))
    assert "The scenarios cannot be run yet: Line 3, column 1" in broken.text
    passes = SCENARIOS.replace("2026-01-02", "2026-03-03")
    found = shown("", await manager.submit(broken, button="try", scenarios=passes))
    assert "Passed: 1. Failed: 0. Pending: 0." in found.text


async def test_a_program_is_withdrawn_only_by_whoever_says_that_it_is_meant(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    manager = await sign_in(live, None)
    page = await manager.see("/console/programs/hunting")
    form = page.form("/console/programs/hunting/withdrawal")
    unsure = shown("", await manager.submit(page, form, reason="too dear"))
    assert unsure.answer.status_code == 422
    assert ("reason", "too dear") in unsure.forms[unsure.form("/console/programs/hunting/withdrawal")].pairs
    assert not (await live.read("/v1/programs/hunting"))["withdrawn"]
    form = unsure.form("/console/programs/hunting/withdrawal")
    gone = await manager.follow(await manager.submit(unsure, form, sure="yes", reason="too dear"))
    assert "The program is withdrawn." in gone.text
    assert (await live.read("/v1/programs/hunting"))["withdrawn"]


async def test_nothing_typed_is_lost_when_the_session_ends_or_the_api_is_away(live: Channel, sign_in: SignIn) -> None:
    await live.house()
    manager = await sign_in(live, None)
    editor = await manager.see("/console/policy?program=hunting")
    text = f"# {SCRIPT} قواعد\n{BETTER}" + "# long\n" * 9_000
    async with _stopped(live, manager) as browser:
        pairs = editor.forms[-1].filled({"policy": text, "scenarios": SCENARIOS}, "check")
        headers = {"Origin": "http://localhost", "Content-Type": FORM}
        answer = await browser.post("/console/policy", content=urlencode(pairs), headers=headers)
    away = shown("/console/policy", answer)
    assert away.answer.status_code == 503
    assert dict(away.forms[-1].pairs)["policy"] == text
    assert "script" not in away.tags
    await manager.submit(editor, editor.form("/console/sign-out"))
    ended = shown("", await manager.submit(editor, button="check", policy=text, scenarios=SCENARIOS))
    assert ended.answer.status_code == 401
    await manager.sign_in(None)
    sent = shown("", await manager.submit(ended))
    assert sent.answer.status_code == 200, sent.text
    assert text_of(sent) == text


async def test_partners_have_no_such_pages(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    partner = await sign_in(live, "acme")
    pages = ("programs", "programs/hunting", "policy", "program-templates")
    paths = (*pages, "partners", "partners/acme", "wins", "health", "desk/next")
    for path in paths:
        assert (await partner.get(f"/console/{path}")).status_code == 404, path


@pytest.mark.parametrize(
    ("text", "day", "wanted"),
    [
        ("version: 1\na: b\n", "2027-01-01", "version: 1\neffective_from: 2027-01-01\na: b\n"),
        ("version: 1", "2027-01-01", "version: 1\neffective_from: 2027-01-01\n"),
        ("effective_from: immediately # now\n", "2027-01-01", "effective_from: 2027-01-01\n"),
        ("a: b\n", "2027-01-01", "effective_from: 2027-01-01\na: b\n"),
        ("a: b\n", "2027-13-01", "a: b\n"),
        ("a: b\n", "2027-01-01\nx: y", "a: b\n"),
    ],
)
def test_a_day_is_written_into_the_text_once(text: str, day: str, wanted: str) -> None:
    assert dated(text, day) == wanted


def test_the_number_is_changed_and_the_comment_behind_it_stays() -> None:
    assert numbered("a: 1\nversion: 3 # third\n", 4) == "a: 1\nversion: 4 # third\n"
    assert numbered("version: '3'\n", 4) == "version: '3'\n"


def test_errors_are_in_the_order_of_the_text_with_the_lines_around_them() -> None:
    errors = [
        {"field": "b", "message": "line 2, column 1: b: wrong", "line": 2, "column": 1},
        {"field": "policy.a", "message": "is unknown"},
    ]
    first, second = findings("a\nb", errors, "")
    assert (first.path, first.line, first.excerpt) == ("a", None, ())
    assert (second.message, second.excerpt) == ("b: wrong", ((1, "a"), (2, "b")))
    [whole] = findings("a", [], "too long")
    assert whole.message == "too long"
    [beyond] = findings("", [{"field": "", "message": "m", "line": 9, "column": 1}], "")
    assert beyond.excerpt == ()
