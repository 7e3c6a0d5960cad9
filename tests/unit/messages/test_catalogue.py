"""The catalogue has a message for every code that the product can say, and none that nobody says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from fluent.runtime import FluentResource
from fluent.syntax import ast as ftl

from services.attribution.domain.handlers.blind import Answer
from services.attribution.domain.rules.order import RANKS
from services.projections.timeline.feed import words_of
from shared.events.base import Operator
from shared.events.credit import ShareRole
from shared.events.lifecycle import HOLDS, State
from shared.events.opportunity import WinOutcome
from shared.events.registry import EVENTS
from shared.messages import Words, catalogue, language, languages, negotiated
from shared.messages.words import CHOSEN_BY, VARIANTS
from shared.policy.clauses import CLAUSES
from shared.policy.references import SECTIONS

ROOT = Path(__file__).parents[3]
DOMAIN = ROOT / "services" / "attribution" / "domain"
PUBLICATION = ROOT / "shared" / "policy" / "publication.py"
CODE = re.compile(r"[a-z_]+(\.[a-z_]+)*")
OWN_CODES = {"always.own_duplicate": "duplicate_of_own", "same_deal.customer": "customer_match",
             "conflict.on_won": "won_by_holder"}  # fmt: skip
"""Clauses whose findings have the published code of what they end."""
PASSED = ("eligibility.partner_types", "eligibility.min_tier", "eligibility.max_open_registrations",
          "eligibility.min_score", "eligibility.certifications", "eligibility.segments", "eligibility.territories",
          "eligibility.own_territory", "gates.min_amount",
          "gates.min_units", "gates.min_term_months", "gates.before_rfp", "gates.single_end_customer",
          "same_deal", "exclusivity", "conflict.runner_up_order",
          "review.auto_approve_if", "protection.extension", "clock.starts",
          "protection.days", "protection.months", "credit.model", "credit.roles", "credit.late_win_days",
          "credit.unprotected_win.rival_holds", "credit.unprotected_win.nobody_holds")  # fmt: skip
ELSEWHERE = frozenset({"same_deal", "protection.extension", "rewards", "always.person", "always.win", "clock.starts",
                       "protection.days", "protection.months", "credit.model", "credit.roles", "clawback",
                       "credit.unprotected_win.rival_holds", "credit.unprotected_win.nobody_holds"})  # fmt: skip
"""Clauses that never fail: what they find has codes of its own."""
VERDICTS = ("approve", "reject", "action_required", "grant_extension", "uphold_objection", "dismiss_objection")


def ids() -> set[str]:
    return {str(one.id.name) for one in resource() if isinstance(one, ftl.Message)}


def resource() -> list[Any]:
    text = (ROOT / "shared" / "messages" / "en.ftl").read_text(encoding="utf-8")
    return list(FluentResource(text).body)


def called(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for one in ast.walk(tree):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == name:
            yield one


def trees() -> list[ast.AST]:
    return [ast.parse(path.read_text()) for path in sorted((ROOT / "services" / "attribution").rglob("*.py"))]


def refusals() -> dict[str, list[set[str]]]:
    """Every code that the decider refuses with, and the parameters that each place gives."""
    found: dict[str, list[set[str]]] = {}
    for tree in trees():
        for call in called(tree, "FactRejected"):
            params = {one.arg for one in call.keywords if one.arg is not None} - {"status"}
            for text in ast.walk(call.args[0]) if call.args else ():
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and CODE.fullmatch(text.value):
                    found.setdefault(text.value, []).append(params)
    for call in called(ast.parse(PUBLICATION.read_text()), "Refusal"):
        code, _, *params = call.args
        if isinstance(code, ast.Constant):
            names = {key.value for one in params for key in getattr(one, "keys", ()) if isinstance(key, ast.Constant)}
            found.setdefault(str(code.value), []).append({str(name) for name in names})
    for kind, section in SECTIONS.items():
        found.setdefault(section.code, []).append({kind, "known", "similar", "place", "program", "version"})
    return found


def findings() -> set[str]:
    """Every code that a finding can have."""
    failing = {OWN_CODES.get(clause, clause) for clause in CLAUSES if clause not in ELSEWHERE}
    found = failing | {f"{clause}.passed" for clause in PASSED} | {f"conflict.order.{name}" for name in RANKS}
    found |= {f"review.{verdict}" for verdict in VERDICTS} | {f"win.{case}" for case in get_args(WinOutcome)}
    for tree in trees():
        for call in [*called(tree, "Finding"), *called(tree, "asks")]:
            found |= {str(one.value.value) for one in call.keywords
                      if one.arg == "code" and isinstance(one.value, ast.Constant)}  # fmt: skip
        for call in called(tree, "_withhold"):
            found |= {one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


def variants(type_: str, field: str) -> set[str]:
    """The values that choose the message of an entry, where its type names them all."""
    hint = get_type_hints(EVENTS[type_])[field]
    return {str(one) for one in get_args(hint) if isinstance(one, str)} if hint is not str else set()


def entries() -> set[str]:
    found = set()
    for type_ in EVENTS:
        field = VARIANTS.get(type_)
        of_type = variants(type_, field) if field is not None else set()
        found |= {f"entry.{type_}.{one}" for one in of_type} or {f"entry.{type_}"}
    return found


def missing(codes: set[str]) -> list[str]:
    return sorted(code for code in codes if not language().has(code))


def test_every_entry_has_a_message() -> None:
    codes = entries()
    # Of some types a code that is free text chooses, where it is one of the product's own.
    open_ = {f"entry.{type_}" for type_, field in VARIANTS.items() if not variants(type_, field)}
    assert not missing(codes - open_)
    assert {code for code in open_ if not language().has(code)} <= {"entry.refund.waiting", "entry.refund.disregarded"}


def test_every_hold_and_every_refund_that_is_left_out_has_a_message() -> None:
    assert not missing({f"entry.registration.held.{reason}" for reason in HOLDS})
    refunds = ast.parse((DOMAIN / "handlers" / "refunds.py").read_text())
    waits = next(
        one.value for one in ast.walk(refunds)
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id == "_WAITS"
    )  # fmt: skip
    waiting = {str(one.value) for one in ast.walk(waits) if isinstance(one, ast.Constant)}
    assert not missing({f"entry.refund.waiting.{code}" for code in waiting})
    given = {str(one.args[0].value) for one in called(refunds, "_Verdict") if one.args
             and isinstance(one.args[0], ast.Constant)}  # fmt: skip
    assert not missing({f"entry.refund.disregarded.{code}" for code in given - waiting})


def test_every_finding_has_a_message() -> None:
    assert not missing({f"finding.{code}" for code in findings()})


def test_every_refusal_has_a_message_that_names_only_what_it_is_given() -> None:
    found = refusals()
    assert len(found) >= 55
    assert not missing({f"refused.{code}" for code in found})
    named = {one.id.name: {str(part.id.name) for part in parts(one)} for one in resource()
             if isinstance(one, ftl.Message)}  # fmt: skip
    for code, places in found.items():
        given = set().union(*places) | {"field", "code", *CHOSEN_BY}
        assert named[f"refused.{code}".replace(".", "-")] <= given, code


def parts(node: Any, kinds: Any = ftl.VariableReference) -> Iterator[Any]:
    """Every variable that the message names, or another kind of part."""
    if isinstance(node, kinds):
        yield node
    for value in vars(node).values() if isinstance(node, ftl.BaseNode) else ():
        for inner in value if isinstance(value, list) else [value]:
            yield from parts(inner, kinds)


def test_every_other_word_has_a_message() -> None:
    codes = {f"need.{one}" for one in get_args(Operator)} | {f"blind.{one}" for one in get_args(Answer)}
    states = set(get_args(State))
    roles = {text for one in get_args(ShareRole) for text in (get_args(one) or (one,))}
    codes |= {f"word.{one}" for one in states | roles}
    assert not missing(codes)


def test_every_rule_of_likeness_has_a_message() -> None:
    tables = ast.parse((DOMAIN / "matching" / "score.py").read_text())
    rules = {one.args[2].value for one in called(tables, "Judgement") if len(one.args) > 2
             and isinstance(one.args[2], ast.Constant)}  # fmt: skip
    for function in ast.walk(tables):
        if isinstance(function, ast.FunctionDef) and function.returns is not None \
                and isinstance(function.returns, ast.Name) and function.returns.id == "str":  # fmt: skip
            for back in ast.walk(function):
                if isinstance(back, ast.Return) and back.value is not None:
                    rules |= {one.value for one in ast.walk(back.value) if isinstance(one, ast.Constant)}
    parties = ast.parse((DOMAIN / "matching" / "parties.py").read_text())
    rules |= {one.value.value for call in called(parties, "replace") for one in call.keywords
              if one.arg == "rule" and isinstance(one.value, ast.Constant)}  # fmt: skip
    codes = {f"likeness.{one}" for one in rules if isinstance(one, str) and CODE.fullmatch(one)}
    assert len(codes) >= 15
    assert not missing(codes | {"likeness.identifier", "likeness.contradiction"})


def test_no_message_is_left_that_nobody_says() -> None:
    text = "".join(path.read_text() for folder in ("services", "shared", "dealreg")
                   for path in sorted((ROOT / folder).rglob("*.py")))  # fmt: skip
    said = {code.replace(".", "-") for code in text_codes(text)}
    known = {code.replace(".", "-") for code in {*entries(), *(f"finding.{one}" for one in findings())}}
    unused = []
    pages = {one for one in ids() if one.startswith("page-")}  # tests/unit/console has these
    for one in sorted(ids() - known - pages - {"locale", "share", "share-own", "against", "refused"}):
        family, _, rest = one.partition("-")
        types = [type_.replace(".", "-") for type_ in EVENTS if rest.startswith(type_.replace(".", "-"))]
        rest = rest.removeprefix(max(types, key=len)).strip("-") if types and family == "entry" else rest
        if rest and not {rest, one} & said:
            unused.append(one)
    assert not unused


def text_codes(text: str) -> set[str]:
    return {one[1] for one in re.finditer(r'"([a-z_]+(?:\.[a-z_]+)*)"', text)}


@pytest.mark.parametrize("tag", sorted(languages()))
def test_a_language_has_no_junk_and_the_same_messages(tag: str) -> None:
    path = catalogue.HERE / f"{tag}.ftl"
    body = FluentResource(path.read_text(encoding="utf-8")).body
    assert not [one for one in body if isinstance(one, ftl.Junk)]
    names = [one.id.name for one in body if isinstance(one, ftl.Message)]
    assert len(names) == len(set(names))
    assert set(names) == ids() == set(languages()[tag].texts)


@pytest.mark.parametrize("tag", sorted(languages()))
def test_a_message_is_read_alone_as_it_is_read_in_its_file(tag: str) -> None:
    for one in FluentResource((catalogue.HERE / f"{tag}.ftl").read_text(encoding="utf-8")).body:
        if isinstance(one, ftl.Message):
            [alone, *rest] = FluentResource(languages()[tag].texts[one.id.name]).body
            assert alone.equals(one, ignored_fields=["span", "comment"]), one.id.name
            assert all(isinstance(other, ftl.BaseComment) for other in rest), one.id.name
            assert not list(parts(one, (ftl.MessageReference, ftl.TermReference))), one.id.name


@pytest.mark.parametrize("tag", sorted(languages()))
def test_a_message_takes_the_same_arguments_in_every_language(tag: str) -> None:
    assert arguments(catalogue.HERE / f"{tag}.ftl") == arguments(catalogue.HERE / "en.ftl")


def arguments(path: Path) -> dict[str, set[str]]:
    """What each message of the file names."""
    body = FluentResource(path.read_text(encoding="utf-8")).body
    return {one.id.name: {str(part.id.name) for part in parts(one)} for one in body if isinstance(one, ftl.Message)}


@pytest.mark.parametrize("tag", sorted(languages()))
def test_a_count_is_told_apart_by_the_plural_categories_of_the_language(tag: str) -> None:
    said = languages()[tag]
    categories = {*said.locale.plural_form.tags, "other"}
    foreign = PLURALS - categories
    for one in FluentResource((catalogue.HERE / f"{tag}.ftl").read_text(encoding="utf-8")).body:
        for choice in choices(one) if isinstance(one, ftl.Message) else ():
            assert not choice & foreign, one.id.name
            # A language with a form for two counts nothing right by the form for one alone.
            assert not choice & PLURALS - {"other"} or {"one", "two"} & categories <= choice, one.id.name


PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})


def choices(node: Any) -> Iterator[set[str]]:
    """The names of the variants of each choice that the message makes."""
    if isinstance(node, ftl.SelectExpression):
        yield {str(one.key.name) for one in node.variants if isinstance(one.key, ftl.Identifier)}
    for value in vars(node).values() if isinstance(node, ftl.BaseNode) else ():
        for inner in value if isinstance(value, list) else [value]:
            yield from choices(inner)


def test_arabic_has_six_forms_and_local_dates() -> None:
    arabic = Words(language("ar"), ZoneInfo("Africa/Cairo"))
    code = "eligibility.max_open_registrations"
    said = [
        arabic.finding({"clause": code, "outcome": "failed", "code": code, "inputs": {"open": count, "most": 5}})
        for count in (0, 1, 2, 3, 11, 100)
    ]
    assert len(set(said)) == 6
    assert "تسجيلان" in said[2]
    approved = arabic.entry("registration.approved", {"protected_until": "2026-03-31T22:00:00Z", "findings": []})
    assert "04" in approved, "the first of April begins in Cairo at 22:00 UTC"


def test_every_entry_can_be_said_in_every_language() -> None:
    for said in languages().values():
        for type_ in EVENTS:
            assert "{" not in Words(said).entry(type_, {"errors": []}), (said.tag, type_)


@pytest.fixture
def third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One file more, which says one word in German and the rest as English does: a made-up third language."""
    for file in catalogue.HERE.glob("*.ftl"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (tmp_path / "en.ftl").read_text(encoding="utf-8").replace("locale = en-GB", "locale = de-DE")
    file = tmp_path / "de.ftl"
    file.write_text(text.replace("word-house = house", "word-house = Haus"), encoding="utf-8")
    monkeypatch.setattr(catalogue, "HERE", tmp_path)
    languages.cache_clear()
    yield file
    languages.cache_clear()


def test_a_third_language_needs_one_file_only(third: Path) -> None:
    tag = negotiated("de-AT, en;q=0.5")
    words = Words(language(tag))
    assert (tag, words.word("house")) == ("de", "Haus")
    assert words.language.money("1234.50", "EUR") == "1.234,50 EUR"
    test_a_language_has_no_junk_and_the_same_messages("de")
    test_a_message_takes_the_same_arguments_in_every_language("de")
    test_a_count_is_told_apart_by_the_plural_categories_of_the_language("de")


def test_what_a_third_language_lacks_is_found(third: Path) -> None:
    whole = third.read_text(encoding="utf-8")
    third.write_text(whole.replace("word-house = Haus\n", ""), encoding="utf-8")
    with pytest.raises(AssertionError):
        test_a_language_has_no_junk_and_the_same_messages("de")
    third.write_text(whole.replace("{ $least }", "{ $fewest }", 1), encoding="utf-8")
    with pytest.raises(AssertionError):
        test_a_message_takes_the_same_arguments_in_every_language("de")


def test_moments_are_local_and_amounts_as_people_write_them() -> None:
    said = words_of({"acme": "Acme Systems"}, {"reg_a": "acme"}, ZoneInfo("Europe/Berlin"), None)
    data = {"protected_until": "2026-06-30T22:00:00Z", "promoted": True, "findings": []}
    assert said.entry("registration.approved", data) == "Approved, since its turn came; protected until 1 Jul 2026."
    assert said.language.moment(datetime(2026, 6, 30, 12, 5, tzinfo=UTC), said.zone) == "30 Jun 2026 14:05"
    submitted = {
        "partner": "acme", "customer": {"legal_name": "{ $x }"}, "products": ["A", "B"],
        "amount": {"amount": "1234567.50", "currency": "EUR"},
    }  # fmt: skip
    # Nothing that somebody typed is read as part of a message.
    registers = "Acme Systems registers { $x }: A and B, 1,234,567.50 EUR."
    assert said.entry("registration.submitted", submitted) == registers
    assert said.entry("opportunity.linked", {"by": "number", "registration": "reg_a", "opportunity": "o"}) == (
        "Linked to Acme Systems (reg_a): the CRM names it."
    )


def test_what_the_catalogue_lacks_is_said_by_its_code() -> None:
    assert Words().refusal({"field": "amount", "code": "new.code"}) == "amount is not valid (new.code)."
    assert Words().refusal({"field": "", "code": "new.code"}) == "The request is not valid (new.code)."
    assert Words().finding({"clause": "gates.new", "outcome": "failed", "code": "gates.new"}) == "gates.new: failed."
    assert Words().entry("thing.happened", {}) == "Thing happened."


def test_an_entry_with_nothing_but_its_type_can_be_said() -> None:
    for type_ in EVENTS:
        assert "{" not in Words().entry(type_, {"errors": []}), type_


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        (None, "en"), ("", "en"), ("ar", "ar"), ("ar-EG, en;q=0.5", "ar"), ("de, ar;q=0.2, en;q=0.8", "en"),
        ("*", "en"), ("ar;q=0", "en"), ("ar;q=oops, en;q=0.1", "en"), ("EN-us", "en"), ("fr", "en"), (",;=", "en"),
        ("en;q=0.5, ar;q=0.5", "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_that_the_caller_likes_best(stated: str | None, tag: str) -> None:
    assert negotiated(stated, ["en", "ar"]) == tag


@pytest.mark.parametrize("typed", ["2026-13-45", "0001-01-01", "9999-12-31T23:59:59-12:00", "12345 USD", "{ $x }"])
def test_what_somebody_typed_is_never_read_as_a_day_or_an_amount(typed: str) -> None:
    won = {"external_id": typed, "opportunity": "opp_1", "connection": "crm"}
    assert typed in Words(zone=ZoneInfo("Asia/Tokyo")).entry("opportunity.won", won)
    refused = {"field": "products.0", "code": "product.unknown", "params": {"product": typed}}
    assert typed in Words().refusal(refused)


@pytest.mark.parametrize("until", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue"])
def test_the_first_and_the_last_of_all_times_are_said(until: str, zone: str) -> None:
    extended = {"registration": "reg_1", "protected_until": until, "extensions": 1}
    assert Words(zone=ZoneInfo(zone)).entry("protection.extended", extended)
