"""The runner of scenario files: what it tells of a difference, of a mistake in a file, of what waits for a clause."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from dealreg.cli import application
from services.attribution.domain.handlers import decide
from services.attribution.scenarios.problems import NotYet, ScenarioInvalid
from services.attribution.scenarios.reading import ScenarioFile, read_scenarios
from services.attribution.scenarios.running import Outcome, run, run_all
from shared.events.registration import RegistrationWithdrawn
from shared.policy.clauses import clause_paths

HEAD = """\
topic: A test
partners: [A, B]
customers:
  nile: {legal_name: Nile Trading, country: EG, tax_id: 204-829-305}
deal: {customer: nile, products: [X]}
scenarios:
- name: one
"""
A_HOLDS = "  given:\n  - registration.submitted: {registration: a, partner: A}\n"


def read(text: str, *, files: dict[str, bytes] | None = None) -> ScenarioFile:
    return read_scenarios("one.yaml", text.encode(), lambda name: (files or {})[name])


def outcome(body: str, **more: dict[str, bytes]) -> Outcome:
    return run(read(HEAD + body, **more).scenarios[0])


class TestDifferences:
    def test_a_difference_names_file_line_path_expected_and_found(self) -> None:
        found = outcome(A_HOLDS + "  then:\n    states: {a: rejected}\n")
        assert found.status == "failed"
        assert found.failures == (
            "one.yaml, line 11, column 17: scenarios.0.then.states.a: expected rejected, found protected",
        )

    @pytest.mark.parametrize(
        ("then", "told"),
        [
            ("registrations: {a: {protected_until: 2026-04-03}}", "expected 2026-04-03, found 2026-04-02"),
            ("registrations: {b: {state: protected}}", "expected b: {state: protected}, found only a"),
            ("registrations: {a: {sate: protected}}", "expected sate: protected, found only state, review"),
            ("registrations: {a: {products: [X, Y]}}", "expected [X, Y], found [X]"),
            ("registrations: {a: {revision: '1'}}", "expected '1', found 1"),
            ("balances: {A: {held: 1 USD}}", "expected held: 1 USD, found only nothing"),
            ("credit: {o1: {sourced: {A: 1 USD}}}", "expected sourced A: 1 USD, found only nothing"),
            ("cases: {o1: {state: open}}", "found only nothing"),
            ("rewards: [{partner: A}]", "expected [{partner: A}], found []"),
            ("findings: {a: [{clause: same_deal, outcome: behind}]}", "expected {clause: same_deal, outcome: behind}"),
            ("entries: [registration.approved, registration.completed]", "(in this order)"),
            ("no_entries: [registration.approved]", "expected no {type: registration.approved}"),
            ("entries_exactly: [registration.approved]", "found [{type: registration.submitted}"),
        ],
    )
    def test_each_part_of_then_can_fail(self, then: str, told: str) -> None:
        when = A_HOLDS.replace("given", "when")
        failures = outcome(f"{when}  then:\n    {then}\n").failures
        assert len(failures) == 1
        assert told in failures[0]

    def test_an_entry_that_is_there_otherwise_is_told_by_its_field(self) -> None:
        then = "    entries: [{type: registration.approved, promoted: true}]\n"
        [failure] = outcome(f"{A_HOLDS.replace('given', 'when')}  then:\n{then}").failures
        assert failure.endswith("expected true, found false")

    def test_what_is_credited_beside_is_told(self) -> None:
        win = "  when:\n  - opportunity.won: {opportunity: o1, partner: A, amount: 100 USD}\n"
        [failure] = outcome(f"{A_HOLDS}{win}  then:\n    credit: {{o1: {{sourced: {{A: 80 USD}}}}}}\n").failures
        assert failure.endswith("expected no fulfilled A, found fulfilled A: 20.00 USD")

    def test_a_refusal_that_nobody_expected_and_one_that_did_not_come(self) -> None:
        late = "  when:\n  - registration.withdrawn: z\n  - registration.withdrawn: a\n    refused: state.wrong\n"
        unexpected, absent = outcome(A_HOLDS + late).failures
        assert "refused: " in unexpected
        assert unexpected.endswith("registration.unknown (registration z)")
        assert absent.endswith("expected refused: state.wrong, found accepted")


class TestTime:
    def test_waiting_fires_timers_one_after_the_other(self) -> None:
        second = "  - on: 1\n    registration.submitted: {registration: b, partner: B}\n"
        waits = "  when:\n  - wait: 200 days\n"
        exactly = (
            "  then:\n    entries_exactly:\n    - {type: protection.expired, registration: a}\n"
            "    - {type: registration.approved, registration: b, protected_from: 2026-04-02}\n"
            "    - conflict.resolved\n    - {type: protection.expired, registration: b}\n"
        )
        assert outcome(A_HOLDS + second + waits + exactly).failures == ()

    @pytest.mark.parametrize("wait", ["11 weeks", "-1 days", "3", "[]"])
    def test_a_wait_that_is_none_is_refused(self, wait: str) -> None:
        with pytest.raises(ScenarioInvalid, match=r"line 9, column \d+: .*write how long to wait"):
            outcome(f"  when:\n  - wait: {wait}\n")

    def test_business_days_are_those_of_the_policys_calendar(self) -> None:
        text = (
            "  policy: {calendar: EG}\n"
            "  vendor: {products: [{product: X, line: one}], partner_types: [reseller], tiers: [silver], "
            "calendars: {EG: {weekend: [5, 6]}}}\n"
            "  when:\n  - wait: 1 business day\n    registration.submitted: {registration: a, partner: A}\n"
            "  then:\n    registrations: {a: {submitted_at: 2026-01-05}}\n"
        )
        # Friday and Saturday are free: the one business day is Sunday, and it ends at Monday's midnight.
        assert outcome(text).failures == ()

    @pytest.mark.parametrize(
        "lists", ["", ", tiers: [], partner_types: []", ", tiers: [bronze], partner_types: [agent]"]
    )
    def test_a_partner_of_whom_nothing_is_said_fits_any_vendor_document(self, lists: str) -> None:
        vendor = f"  vendor: {{products: [{{product: X, line: one}}]{lists}}}\n"
        assert outcome(f"{vendor}{A_HOLDS}  then: {{states: {{a: protected}}}}\n").failures == ()

    def test_time_does_not_go_backwards(self) -> None:
        with pytest.raises(ScenarioInvalid, match="time goes backwards; it is 2026-01-03 09:00:00 already"):
            outcome("  when:\n  - on: 2\n  - on: 2026-01-02\n")


class TestMistakes:
    @pytest.mark.parametrize(
        ("body", "told"),
        [
            ("  thne: {}\n", "line 8, column 9: scenarios.0.thne: no such key"),
            ("  then: {state: {}}\n", "scenarios.0.then.state: no such key; known: states, registrations"),
            ("  then: {entries: {}}\n", "scenarios.0.then.entries: write a list"),
            ("  when: [{partner: A}]\n", "no fact is called partner"),
            ("  when: [{as: A}]\n", "write a fact such as"),
            ("  when: [{partner.suspended: A, partner.reinstated: A}]\n", "write one fact a step"),
            (
                "  when: [{registration.submitted: {registration: a}}]\n",
                "registration.submitted.partner: Field required",
            ),
            (
                "  when: [{registration.submitted: {registration: a, partner: A, customer: nil}}]\n",
                "no customer is called nil; given: nile",
            ),
            (
                "  when: [{registration.submitted: {registration: a, partner: A, amount: 10000}}]\n",
                "registration.submitted.amount: write an amount with its currency, such as 10,000 USD",
            ),
            ("  policy: {gates: {net_new: true}}\n", "scenarios.0.policy.gates.net_new"),
            ("  partners: {A: {tier: tin}}\n", "partner.enrolled"),
            ("  when: []\n- name: one\n", "'one' names two scenarios"),
            ("  name: two\n", "scenarios.0.name: given twice"),
            ("  when: [\n", "one.yaml, line"),
        ],
    )
    def test_a_mistake_is_named_with_its_place(self, body: str, told: str) -> None:
        with pytest.raises(ScenarioInvalid) as refused:
            outcome(body)
        assert told in refused.value.detail
        assert refused.value.detail.startswith("one.yaml, line ")

    def test_a_policy_of_another_file_is_found_beside(self) -> None:
        policy = {"policy.yaml": b"program: other\nversion: 3\nprotection: {days: 7}\n"}
        then = "  then:\n    registrations: {a: {program: other, policy: 3, protected_until: 2026-01-09}}\n"
        assert outcome("  policy: policy.yaml\n" + A_HOLDS + then, files=policy).failures == ()


def test_a_decider_that_raises_fails_the_scenario_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no rule divides")

    monkeypatch.setitem(decide.HANDLERS, RegistrationWithdrawn, broken)
    [failure] = outcome(A_HOLDS + "  when:\n  - registration.withdrawn: a\n").failures
    assert failure == "one.yaml: the decider failed: ZeroDivisionError: no rule divides"


class TestPending:
    WAITS = "  pending: gates.net_new\n"

    def test_what_cannot_be_said_yet_may_wait_for_it_and_is_a_mistake_otherwise(self) -> None:
        later = "  policy: {gates: {net_new: true}}\n"
        assert outcome(self.WAITS + later).status == "pending"
        with pytest.raises(NotYet):
            outcome(later)

    def test_everything_that_is_not_applied_is_named_with_its_own_place(self) -> None:
        head = "topic: t\npolicy: {corrects: 1, protection: {days: 9, reminders: [3d]}}\npartners: [A]\nscenarios:\n"
        one = "- name: one\n  policies: [{program: b, claim: {window_days: 3}}, {program: c, stack_cap_pct: 9}]\n"
        two = "- name: two\n  policy: {gates: {net_new: true}}\n"
        waits = "- name: three\n  pending: funds\n  policy: {funds: {}}\n"
        with pytest.raises(NotYet) as refused:
            run_all(read(head + one + two + waits).scenarios)
        assert refused.value.detail == refused.value.problems[0].message
        assert [(found.field, found.line) for found in refused.value.problems] == [
            ("policy.protection.reminders", 2), ("policy.corrects", 2), ("scenarios.0.policies.0.claim", 6),
            ("scenarios.0.policies.1.stack_cap_pct", 6), ("scenarios.1.policy.gates.net_new", 8),
        ]  # fmt: skip
        assert {found.code for found in refused.value.problems} == {"scenario.not_expressible"}
        alone = run(read("topic: t\nscenarios:\n" + waits).scenarios[0])
        assert (alone.status, len(alone.failures)) == ("pending", 1)
        both = run(read("topic: t\npolicy: {corrects: 1}\nscenarios:\n" + waits).scenarios[0])
        assert [one.partition(" is not")[0].rpartition(" ")[2] for one in both.failures] == ["corrects", "funds"]

    def test_what_does_not_hold_yet_waits_too(self) -> None:
        assert outcome(f"{self.WAITS}{A_HOLDS}  then:\n    states: {{a: rejected}}\n").status == "pending"

    def test_a_pending_scenario_that_passes_is_an_error(self) -> None:
        found = outcome(f"{self.WAITS}{A_HOLDS}  then:\n    states: {{a: protected}}\n")
        assert found.status == "failed"
        assert "it passes: remove `pending`" in found.failures[0]

    def test_a_misspelt_name_does_not_hide_behind_it(self) -> None:
        with pytest.raises(ScenarioInvalid, match="no customer is called nil"):
            outcome(self.WAITS + "  when: [{registration.submitted: {registration: a, partner: A, customer: nil}}]\n")


class TestCommand:
    def test_exit_codes_json_and_junit(self, tmp_path: Path) -> None:
        file, report = tmp_path / "one.yaml", tmp_path / "report.xml"
        two = "- name: two\n  pending: gates.net_new\n  policy: {gates: {net_new: true}}\n"
        file.write_text(HEAD + A_HOLDS + "  then:\n    states: {a: rejected}\n" + two)
        answer = CliRunner().invoke(
            application(["policy"]), ["policy", "test", str(tmp_path), "--json", "--junit", str(report)]
        )
        assert answer.exit_code == 1
        told = orjson.loads(answer.stdout)
        assert told["counts"] == {"passed": 0, "failed": 1, "pending": 1}
        assert told["waiting"] == {"gates.net_new": 1}
        assert [one["line"] for one in told["scenarios"]] == [7, 12]
        assert told["coverage"]["clauses"] == {
            "clock.starts": ["passed"],
            "exclusivity": ["passed"],
            "protection.days": ["passed"],
            "review.auto_approve_if": ["passed"],
            "same_deal": ["passed"],
        }
        assert b'failures="1" skipped="1"' in report.read_bytes()
        file.write_text(HEAD + A_HOLDS + "  then:\n    states: {a: protected}\n")
        answer = CliRunner().invoke(application(["policy"]), ["policy", "test", str(file), "--coverage"])
        assert answer.exit_code == 0
        assert "1 passed, 0 failed, 0 pending; 1 facts in" in answer.stdout
        assert "review.auto_approve_if: passed" in answer.stdout
        assert f"5 of {len(clause_paths())} clauses applied" in answer.stdout
        [never] = re.findall("Clauses that no scenario applied:\n  (.*)\n", answer.stdout)
        assert set(never.split(", ")) == clause_paths() - told["coverage"]["clauses"].keys()

    def test_all_that_is_not_applied_in_all_files_is_listed(self, tmp_path: Path) -> None:
        for name in ("one", "two"):
            (tmp_path / f"{name}.yaml").write_text("policy: {corrects: 1, claim: {window_days: 3}}\n" + HEAD)
        with pytest.raises(NotYet) as refused:
            CliRunner().invoke(application(["policy"]), ["policy", "test", str(tmp_path)], catch_exceptions=False)
        files = [one.message.partition(",")[0].rpartition("/")[2] for one in refused.value.problems]
        assert files == ["one.yaml", "one.yaml", "two.yaml", "two.yaml"]

    def test_what_waits_is_summed_by_what_it_waits_for_most_first(self, tmp_path: Path) -> None:
        later = ["gates.net_new", "confirmation", "gates.net_new"]
        text = "".join(
            f"- name: waits {index}\n  pending: {clause}\n  policy: {{{clause.split('.')[0]}: {{net_new: true}}}}\n"
            for index, clause in enumerate(later)
        )
        (tmp_path / "one.yaml").write_text(HEAD.removesuffix("- name: one\n") + text)
        answer = CliRunner().invoke(application(["policy"]), ["policy", "test", str(tmp_path)])
        assert answer.exit_code == 0
        assert answer.stdout.splitlines()[-2:] == ["  2 wait for gates.net_new", "  1 waits for confirmation"]
