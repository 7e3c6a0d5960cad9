"""What each entry makes of a registration's row: the fold alone, in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.projections.views.claim import PipelineRow, claim_of, waiting_of
from services.projections.views.pipeline import Pipeline, PipelineRows
from services.projections.views.versions import Versions
from shared.compression import decompressed
from shared.errors import Corrupt
from shared.events import held as h
from shared.events import opportunity as o
from shared.events import protection as p
from shared.events import registration as r
from shared.events.money import Money
from shared.events.sealed import Contact, Sealed
from tests.contract.samples import sample
from tests.journals import Journal, completed, message

pytestmark = pytest.mark.unit

EMAIL = Sealed(person="per_1", box="ZW1haWw=")


def folded(journal: Journal) -> PipelineRows:
    declared = [one for one in journal.entries if one.event.type in (Pipeline.declares or ())]
    return Pipeline().fold(PipelineRows(Versions({}), {}), declared)


def row(journal: Journal, registration: str = "reg_a") -> PipelineRow:
    return folded(journal).registrations.current[journal.vendor, registration]


def history(journal: Journal, registration: str = "reg_a") -> list[PipelineRow]:
    rows = folded(journal).registrations.inserted.items()
    return [one for key, one in rows if key[1] == registration]


@pytest.fixture
def journal() -> Journal:
    return Journal()


def test_a_submission_is_a_draft_of_revision_one(journal: Journal) -> None:
    entry = journal.submit("reg_a")
    now = row(journal)
    assert (now.state, now.revision, now.submitted_at) == ("draft", 1, entry.clock)
    assert (now.amount_minor, now.currency, now.products) == (55_000, "USD", ["GTX Basic"])


def test_completion_pins_the_policy_and_spells_products_as_the_catalogue_does(journal: Journal) -> None:
    journal.submit("reg_a", products=("gtxpro",))
    entry = journal.complete("reg_a", products=("GTX Pro",), tier="gold")
    now = row(journal)
    assert (now.state, now.policy, now.tier, now.products) == ("submitted", "demo/1", "gold", ["GTX Pro"])
    assert now.completed_at == entry.clock


def test_approval_protects_over_the_interval(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    event: Any = journal.protect("reg_a").event
    now = row(journal)
    assert now.state == "protected"
    assert (now.protected_from, now.protected_until) == (event.protected_from, event.protected_until)


def test_a_claim_in_conflict_waits_behind_the_holder_until_it_is_promoted(journal: Journal) -> None:
    for one in ("reg_h", "reg_a"):
        journal.submit(one)
        journal.complete(one)
    journal.protect("reg_h")
    journal.wait_behind("reg_a", "reg_h")
    assert (row(journal).state, row(journal).behind) == ("waiting", ["reg_h"])
    journal.expire("reg_h")
    journal.protect("reg_a", promoted=True)
    assert (row(journal).state, row(journal).behind, row(journal).promoted) == ("protected", [], True)
    assert row(journal, "reg_h").state == "expired"
    assert row(journal, "reg_h").ended_at is not None


def test_an_incomplete_claim_says_what_is_missing_and_has_no_place_in_the_order(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    journal.add(r.RegistrationHeld(registration="reg_a", reason="incomplete", missing=("customer.tax_id",)))
    now = row(journal)
    assert (now.state, now.missing, now.completed_at) == ("draft", ["customer.tax_id"], None)


def test_a_confirmation_has_its_day(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    until = journal.clock + timedelta(days=5)
    journal.add(r.RegistrationHeld(registration="reg_a", reason="confirmation", until=until))
    assert (row(journal).state, row(journal).confirm_by) == ("waiting", until)


def test_an_amendment_merges_and_raises_the_revision(journal: Journal) -> None:
    journal.submit("reg_a", contact=Contact(email=EMAIL), site="Hamburg")
    journal.add(
        r.RegistrationAmended(
            registration="reg_a",
            expected_revision=1,
            patch=r.Patch(customer={"city": "Berlin"}, amount=Money.of(99, "EUR")),
            fields=("customer", "amount", "site"),
        )
    )
    now = row(journal)
    assert (now.revision, now.customer_city, now.customer_country, now.site) == (2, "Berlin", "DE", None)
    assert (now.amount_minor, now.currency) == (99, "EUR")
    assert now.sealed is not None
    assert b"per_1" in decompressed(now.sealed)


def held(**patch: Any) -> h.AmendmentHeld:
    products = patch.get("products", ("GTX Basic",))
    return h.AmendmentHeld(
        registration="reg_a", patch=r.Patch(**patch), fields=tuple(patch), products=products, keys=("name:globex",)
    )


def test_a_held_amendment_is_shown_and_changes_nothing_until_it_is_taken(journal: Journal) -> None:
    journal.submit("reg_a", site="Hamburg")
    journal.complete("reg_a")
    journal.protect("reg_a")
    end = row(journal).protected_until
    made = journal.add(held(products=("GTX Pro",), site="Berlin", contact=Contact(email=EMAIL)))
    now = row(journal)
    assert (now.products, now.site, now.revision, now.patches, now.sealed) == (["GTX Basic"], "Hamburg", 1, 1, None)
    waiting = waiting_of(now)
    assert waiting is not None
    assert (waiting.at, waiting.products, waiting.patch.site) == (made.clock, ("GTX Pro",), "Berlin")
    patch = r.Patch(site="Bonn")
    journal.add(r.RegistrationAmended(registration="reg_a", expected_revision=2, patch=patch, fields=("site",)))
    journal.add(h.AmendmentTaken(registration="reg_a", products=("GTX Pro",), keys=("name:globex",)))
    now = row(journal)
    assert (now.products, now.site, now.revision, now.patches, now.amendment) == (["GTX Pro"], "Bonn", 3, 0, None)
    assert (now.completed_at, now.protected_until, now.state) == (made.clock, end, "protected")
    assert now.sealed is not None
    assert b"per_1" in decompressed(now.sealed)


def test_a_refused_amendment_leaves_the_claim_and_goes_on_counting(journal: Journal) -> None:
    journal.submit("reg_a", site="Hamburg")
    journal.complete("reg_a")
    journal.protect("reg_a")
    journal.add(held(products=("GTX Pro",)))
    journal.add(h.AmendmentRefused(registration="reg_a", code="claim_ended"))
    now = row(journal)
    assert (now.products, now.revision, now.patches, now.amendment) == (["GTX Basic"], 1, 1, None)


def test_evidence_goes_on_the_file_and_raises_the_revision(journal: Journal) -> None:
    journal.submit("reg_a")
    for number in (1, 2):
        evidence = r.Evidence(evidence=f"ev_{number}", kind="demo", on=journal.clock.date())
        journal.add(r.EvidenceAdded(registration="reg_a", evidence=evidence))
    now = row(journal)
    assert now.revision == 3
    assert now.sealed is not None
    assert decompressed(now.sealed).count(b'"kind":"demo"') == 2


def test_what_a_person_found_of_a_piece_of_evidence_stands_until_found_otherwise(journal: Journal) -> None:
    journal.submit("reg_a")
    for number in (1, 2):
        evidence = r.Evidence(evidence=f"ev_{number}", kind="demo", on=journal.clock.date())
        journal.add(r.EvidenceAdded(registration="reg_a", evidence=evidence))
        journal.add(r.EvidenceVerified(registration="reg_a", evidence=f"ev_{number}"))
    journal.add(r.EvidenceRefuted(registration="reg_a", evidence="ev_1"))
    now = row(journal)
    assert (now.verified, now.refuted, now.revision) == (["ev_2"], ["ev_1"], 3)
    journal.add(r.EvidenceVerified(registration="reg_a", evidence="ev_1"))
    assert (row(journal).verified, row(journal).refuted) == (["ev_1", "ev_2"], [])


def test_a_loss_is_shown_until_it_is_lifted_or_ends_protection(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    journal.protect("reg_a")
    until = journal.clock + timedelta(days=7)
    journal.add(p.LossHeld(registration="reg_a", opportunity="opp_a", until=until))
    journal.add(r.ObjectionRaised(registration="reg_a"))
    assert (row(journal).loss_until, row(journal).objected, row(journal).state) == (until, True, "protected")
    journal.add(p.LossLifted(registration="reg_a", opportunity="opp_a", code="open"))
    assert (row(journal).loss_until, row(journal).objected) == (None, False)
    journal.add(p.LossHeld(registration="reg_a", opportunity="opp_a", until=until))
    journal.add(p.ProtectionLost(registration="reg_a", opportunity="opp_a"))
    assert (row(journal).loss_until, row(journal).state) == (None, "lost")


def test_an_extension_moves_the_end_and_is_counted(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    journal.protect("reg_a")
    end = journal.clock + timedelta(days=180)
    until = end - timedelta(days=90)
    journal.add(p.ExtensionHeld(registration="reg_a", until=until, extension_to=end))
    assert (row(journal).extension_until, row(journal).extension_to) == (until, end)
    journal.add(p.ProtectionExtended(registration="reg_a", protected_until=end, extensions=1))
    now = row(journal)
    assert (now.protected_until, now.extensions, now.state) == (end, 1, "protected")
    assert (now.extension_until, now.extension_to) == (None, None)


def test_an_extension_after_the_end_takes_the_end_back(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    journal.protect("reg_a")
    journal.add(p.ProtectionExpired(registration="reg_a"))
    assert row(journal).ended_at == journal.clock
    end = journal.clock + timedelta(days=180)
    journal.add(p.ProtectionExtended(registration="reg_a", protected_until=end, extensions=1))
    now = row(journal)
    assert (now.state, now.end_code, now.ended_at, now.protected_until) == ("protected", None, None, end)


def test_withdrawing_a_protected_claim_ends_it_by_the_release_that_follows(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    journal.protect("reg_a")
    journal.add(r.RegistrationWithdrawn(registration="reg_a"))
    assert row(journal).state == "protected"
    journal.add(p.ProtectionReleased(registration="reg_a", code="withdrawn"))
    assert (row(journal).state, row(journal).end_code) == ("released", "withdrawn")


def test_a_duplicate_is_rejected_with_a_link(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    journal.add(r.RegistrationRejected(registration="reg_a", code="duplicate_of_own", original="reg_first"))
    now = row(journal)
    assert (now.state, now.end_code, now.original) == ("rejected", "duplicate_of_own", "reg_first")


def test_opportunities_are_counted_where_they_belong_and_their_value_by_currency(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.submit("reg_b")
    journal.opportunity("opp_1", "reg_a")
    journal.opportunity("opp_2", "reg_a")
    journal.opportunity("opp_3", "reg_a")
    assert row(journal).open_opportunities == 3
    journal.win("opp_1", "reg_a", amount=Money.of(500, "USD"))
    journal.win("opp_2", "reg_a", amount=Money.of(700, "EUR"))
    journal.add(message(o.OpportunityLost, "opp_3"))
    now = row(journal)
    assert (now.open_opportunities, now.won_opportunities, now.lost_opportunities) == (0, 2, 1)
    assert dict(zip(now.won_currencies, now.won_minor, strict=True)) == {"EUR": 700, "USD": 500}
    journal.link("opp_2", "reg_b", previous="reg_a")
    assert (row(journal).won_currencies, row(journal, "reg_b").won_currencies) == (["USD"], ["EUR"])
    journal.add(message(o.OpportunityReopened, "opp_1"))
    assert (row(journal).open_opportunities, row(journal).won_currencies) == (1, [])


def test_a_resumed_protection_runs_on(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    journal.protect("reg_a")
    journal.opportunity("opp_1", "reg_a")
    journal.convert("reg_a", "opp_1")
    assert row(journal).state == "converted"
    journal.add(p.ProtectionResumed(registration="reg_a", opportunity="opp_1"))
    assert (row(journal).state, row(journal).ended_at) == ("protected", None)


def test_each_fact_that_changed_it_is_one_version_and_intervals_touch(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    journal.protect("reg_a")
    journal.opportunity("opp_1", "reg_a")
    journal.win("opp_1", "reg_a", amount=Money.of(1, "USD"))
    versions = history(journal)
    # Completed and approved by one fact: as it was in between, it never stood.
    assert [one.from_seq for one in versions] == [1, 2, 5, 6]
    assert [one.to_seq for one in versions] == [2, 5, 6, None]
    assert [one.state for one in versions] == ["draft", "protected", "protected", "protected"]


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_fact_that_goes_on_in_the_next_batch_changes_its_version_in_place(journal: Journal, cut: int) -> None:
    journal.submit("reg_a")
    journal.add(completed("reg_a"), cause="a")
    journal.protect("reg_a", cause="a")
    journal.expire("reg_a", cause="another")
    first, second = journal.entries[:cut], journal.entries[cut:]
    view = Pipeline()
    before = view.fold(PipelineRows(Versions({}), {}), first)
    after = view.fold(view.carry(PipelineRows(Versions({}), {}), before), second).registrations
    whole = folded(journal).registrations
    again = {("maven", "reg_a", 1)} if cut < 3 else set()
    assert after.rewritten == again
    assert {**before.registrations.inserted, **after.inserted}.keys() == whole.inserted.keys()
    assert after.current == whole.current
    if again:
        assert after.inserted["maven", "reg_a", 1] == whole.inserted["maven", "reg_a", 1]
    else:
        assert after.closed == {("maven", "reg_a", 1): 4}


def test_an_entry_that_changes_nothing_leaves_no_version(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.opportunity("opp_1", "reg_a")
    before = len(history(journal))
    journal.add(message(o.OpportunityChanged, "opp_1", close_date=journal.clock.date()))
    assert len(history(journal)) == before


def test_a_transition_outside_the_table_stops_the_fold(journal: Journal) -> None:
    journal.submit("reg_a")
    journal.expire("reg_a")
    with pytest.raises(Corrupt, match="not a transition"):
        folded(journal)


def test_an_entry_about_a_claim_never_submitted_stops_the_fold(journal: Journal) -> None:
    journal.complete("reg_a")
    with pytest.raises(Corrupt, match="never submitted"):
        folded(journal)


def test_vendors_with_the_same_ids_do_not_meet() -> None:
    one, other = Journal("one"), Journal("other")
    for journal, name in ((one, "One"), (other, "Other")):
        journal.submit("reg_a", customer=r.Customer(legal_name=name))
    rows = Pipeline().fold(PipelineRows(Versions({}), {}), [*one.entries, *other.entries]).registrations.current
    assert {vendor: found.customer_name for (vendor, _), found in rows.items()} == {"one": "One", "other": "Other"}


def test_a_row_has_every_field_of_the_claim_that_it_was_made_of(journal: Journal) -> None:
    claim = sample(r.RegistrationSubmitted)
    journal.add(claim)
    assert isinstance(claim, r.RegistrationSubmitted)
    assert claim_of(row(journal, claim.registration)) == claim
