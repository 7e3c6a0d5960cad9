"""What questions about customers become: asked, answered, lapsed, taken back, asked again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.projections.views import MATCHES
from services.projections.views.matches import MatchRow
from services.projections.views.versions import Versions
from shared.errors import Corrupt
from shared.events import registration as r
from shared.events.customer import CustomerMatchRevoked, match_id, match_sides
from tests.journals import Journal

A, B = "a" * 32, "b" * 32


def held() -> Journal:
    """reg_a is protected; reg_b's customer may be the same."""
    journal = Journal()
    for name in ("reg_a", "reg_b", "reg_c"):
        journal.submit(name, f"partner-{name[-1]}")
        journal.complete(name)
    journal.protect("reg_a")
    journal.ask("reg_b", "reg_a", until=journal.clock + timedelta(days=3))
    return journal


def rows(journal: Journal) -> Versions[MatchRow]:
    entries = [entry for entry in journal.entries if entry.event.type in MATCHES.declares]
    return MATCHES.fold(Versions({}), entries)


def now(journal: Journal, one: str = "reg_b", other: str = "reg_a") -> MatchRow:
    return rows(journal).current[journal.vendor, match_id(one, other)]


def test_the_id_of_a_question_names_both_registrations_in_either_order() -> None:
    assert match_id(f"reg_{B}", f"reg_{A}") == match_id(f"reg_{A}", f"reg_{B}") == f"mat_{A}_{B}"
    assert match_sides(f"mat_{A}_{B}") == (f"reg_{A}", f"reg_{B}")
    assert match_sides(f"mat_{A}") is match_sides(f"reg_{A}") is match_sides(f"mat_{A}_{B}\n") is None


def test_a_question_is_open_from_the_hold_with_its_deadline() -> None:
    journal = held()
    row = now(journal)
    assert (row.state, row.registration_id, row.other_id, row.asked) == ("open", "reg_b", "reg_a", 1)
    assert row.asked_at == journal.clock
    assert row.decide_by == journal.clock - timedelta(minutes=1) + timedelta(days=3)


@pytest.mark.parametrize("same", [True, False])
def test_an_answer_ends_it_whichever_side_it_names_first(same: bool) -> None:
    journal = held()
    journal.add(r.CustomerMatchDecided(registration="reg_a", other="reg_b", same=same), principal="key:judge")
    row = now(journal)
    assert (row.state, row.same, row.decided_by, row.decided_at) == ("decided", same, "key:judge", journal.clock)
    assert (row.registration_id, row.ended_by) == ("reg_b", "customer.match_decided")
    # What follows from it concerns it no more.
    journal.protect("reg_b")
    assert now(journal) == row


def test_it_lapses_when_its_claim_moves_on_without_an_answer() -> None:
    journal = held()
    journal.add(r.RegistrationWithdrawn(registration="reg_a"))  # the other side's end says nothing of it yet
    assert now(journal).state == "open"
    journal.protect("reg_b")
    row = now(journal)
    assert (row.state, row.same, row.ended_by, row.ended_at) == ("lapsed", None, "registration.approved", journal.clock)


def test_a_hold_over_others_ends_those_that_it_names_no_longer_and_asks_no_other_one_again() -> None:
    journal = held()
    asked_at = journal.clock
    journal.ask("reg_b", "reg_a", "reg_c", until=journal.clock + timedelta(days=9))
    first = now(journal)
    assert (first.state, first.asked, first.asked_at) == ("open", 1, asked_at)
    assert first.decide_by == asked_at - timedelta(minutes=1) + timedelta(days=3)
    journal.ask("reg_b", "reg_c")
    assert now(journal).state == "lapsed"
    assert now(journal, other="reg_c").state == "open"
    journal.wait_behind("reg_b", "reg_a")
    assert now(journal, other="reg_c").ended_by == "registration.held"


def test_an_answer_that_is_taken_back_is_gone_and_the_question_may_be_asked_again() -> None:
    journal = held()
    journal.add(r.CustomerMatchDecided(registration="reg_b", other="reg_a", same=True))
    journal.add(CustomerMatchRevoked(registration="reg_a", other="reg_b"), principal="key:boss")
    row = now(journal)
    assert (row.state, row.same, row.decided_at, row.revoked_by) == ("lapsed", None, None, "key:boss")
    journal.ask("reg_b", "reg_a")
    row = now(journal)
    assert (row.state, row.asked, row.ended_at, row.revoked_by) == ("open", 2, None, "key:boss")
    journal.add(r.CustomerMatchDecided(registration="reg_b", other="reg_a", same=False))
    assert (now(journal).state, now(journal).revoked_at) == ("decided", None)


def test_an_answer_that_nobody_asked_for_is_kept_and_the_later_question_is_about_who_is_held() -> None:
    journal = held()
    journal.add(r.CustomerMatchDecided(registration="reg_a", other="reg_c", same=True))
    row = now(journal, "reg_c")
    assert (row.state, row.asked, row.asked_at) == ("decided", 0, None)
    journal.ask("reg_c", "reg_a")
    row = now(journal, "reg_c")
    assert (row.registration_id, row.other_id, row.asked) == ("reg_c", "reg_a", 1)


def test_what_nobody_said_cannot_be_taken_back() -> None:
    journal = held()
    journal.add(CustomerMatchRevoked(registration="reg_c", other="reg_a"))
    with pytest.raises(Corrupt, match="nobody decided"):
        rows(journal)
