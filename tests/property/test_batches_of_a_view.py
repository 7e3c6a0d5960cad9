"""However the journal is cut into batches, every view ends with the same rows, past versions included (G4, G6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.projections.views import CONFLICTS, FEED, MATCHES, OPPORTUNITIES, PIPELINE
from services.projections.views.feed_rows import FeedRows
from services.projections.views.pipeline import PipelineRows
from services.projections.views.versions import Versions
from shared.errors import Corrupt
from shared.events import conflict as c
from shared.events import opportunity as o
from shared.events import order as od
from shared.events import protection as p
from shared.events import registration as r
from shared.events.base import Event
from shared.events.customer import CustomerMatchRevoked, match_id
from shared.events.envelope import Entry
from shared.events.lifecycle import Life, after
from shared.events.money import Money
from shared.events.opportunity_state import State, follows
from tests.journals import Journal, batches, completed, message, submitted

REGISTRATIONS = tuple(f"reg_{name}" for name in "abcd")
OPPORTUNITIES_OF = tuple(f"opp_{number}" for number in range(3))
Draft = Callable[[str, str, str, int], Event]

DRAFTS: tuple[Draft, ...] = (
    lambda one, _other, _opp, n: submitted(one, f"partner-{n % 2}"),
    lambda one, _other, _opp, n: completed(one),
    lambda one, other, _opp, n: r.RegistrationHeld(registration=one, reason="conflict", behind=(other,)),
    lambda one, _other, _opp, n: r.RegistrationHeld(
        registration=one, reason="incomplete", missing=("site",)
    ),
    lambda one, _other, _opp, n: r.RegistrationApproved(
        registration=one, protected_from=MOMENT, protected_until=MOMENT, promoted=n % 2 == 0
    ),
    lambda one, other, _opp, n: r.RegistrationRejected(registration=one, code="own", original=other),
    lambda one, _other, _opp, n: r.RegistrationWithdrawn(registration=one),
    lambda one, _other, _opp, n: r.RegistrationAmended(
        registration=one, expected_revision=1, patch=r.Patch(amount=Money.of(n, "USD")), fields=("amount", "site")
    ),
    lambda one, _other, _opp, n: p.ProtectionExpired(registration=one),
    lambda one, _other, opp, n: p.ProtectionConverted(registration=one, opportunity=opp),
    lambda one, _other, opp, n: p.ProtectionResumed(registration=one, opportunity=opp),
    lambda one, other, _opp, n: c.ConflictDetected(
        conflict=f"con_{n % 3}", registration=one,
        opponents=(c.Opponent(registration=other, partner="x", keys=("k",), products=("p",)),),
    ),
    lambda one, _other, _opp, n: c.ConflictResolved(
        conflict=f"con_{n % 3}", registration=one, outcome="promoted"
    ),
    lambda one, other, _opp, n: r.RegistrationHeld(
        registration=one, reason="customer_match", lookalikes=(other,), until=MOMENT
    ),
    lambda one, other, _opp, n: r.CustomerMatchDecided(registration=one, other=other, same=n % 2 == 0),
    lambda one, other, _opp, n: CustomerMatchRevoked(registration=one, other=other),
    lambda _one, _other, opp, n: message(o.OpportunityCreated, opp, amount=Money.of(n, "EUR")),
    lambda _one, _other, opp, n: message(o.OpportunityChanged, opp, amount=Money.of(n, "USD")),
    lambda _one, _other, opp, n: message(o.OpportunityWon, opp),
    lambda _one, _other, opp, n: message(o.OpportunityLost, opp, reason="price"),
    lambda _one, _other, opp, n: message(o.OpportunityReopened, opp),
    lambda _one, _other, opp, n: message(od.OrderRefunded, opp, refund=f"f{n % 2}", amount=Money.of(n, "EUR")),
    lambda _one, _other, opp, n: message(od.OrderCancelled, opp, refund=f"f{n % 2}"),
    lambda _one, _other, opp, n: od.RefundWaiting(opportunity=opp, refund=f"f{n % 2}", code="before_win"),
    lambda _one, _other, opp, n: od.RefundCounted(
        opportunity=opp, refund=f"f{n % 2}", amount=Money.of(n, "EUR"), total=Money.of(n, "EUR")
    ),
    lambda one, other, opp, n: o.OpportunityLinked(
        opportunity=opp, registration=one, previous=other, by="number"
    ),
    lambda one, _other, opp, n: o.OpportunityUnlinked(opportunity=opp, previous=one, code="by_person"),
)  # fmt: skip
MOMENT = Journal().start


def possible(event: Any, lives: dict[str, Life], known: set[str], states: dict[str, State]) -> bool:
    """Whether the decider could have written it here; if so, what it changes is noted."""
    if isinstance(event, od.OrderRefunded | od.OrderCancelled):
        known.add(f"{event.opportunity} refunded")
        return True
    if isinstance(event, od.RefundWaiting | od.RefundCounted):
        return f"{event.opportunity} refunded" in known
    named = [getattr(event, "registration", None), getattr(event, "previous", None)]
    if isinstance(event, o.OpportunityLinked | o.OpportunityUnlinked):
        return event.opportunity in known and all(one in lives for one in named if one)
    if isinstance(event, c.ConflictResolved):
        return event.conflict in known
    if isinstance(event, CustomerMatchRevoked):
        return match_id(event.registration, event.other) in known
    if isinstance(event, r.CustomerMatchDecided):
        if event.registration in lives:
            known.add(match_id(event.registration, event.other))
        return event.registration in lives
    if isinstance(event, c.ConflictDetected):
        known.add(event.conflict)
        return True
    if getattr(event, "connection", None) is not None:
        if (state := follows(states.get(event.opportunity), event)) is None:
            return False
        known.add(event.opportunity)
        states[event.opportunity] = state
        return True
    try:
        lives[event.registration] = after(lives.get(event.registration), event)
    except Corrupt:
        return False
    return True


@st.composite
def journals(draw: st.DrawFn) -> Journal:
    journal = Journal()
    lives: dict[str, Life] = {}
    known: set[str] = set()
    states: dict[str, State] = {}
    for draft in draw(st.lists(st.sampled_from(DRAFTS), min_size=5, max_size=60)):
        one = draw(st.sampled_from(REGISTRATIONS))
        other = draw(st.sampled_from(REGISTRATIONS))
        event = draft(one, other, draw(st.sampled_from(OPPORTUNITIES_OF)), draw(st.integers(0, 5)))
        if possible(event, lives, known, states):
            journal.add(event)
    return journal


sizes = st.lists(st.integers(1, 9), min_size=1, max_size=5).map(tuple)


def declared(view: Any, entries: Sequence[Entry]) -> list[Entry]:
    return [one for one in entries if view.declares is None or one.event.type in view.declares]


def keep(stored: dict[Any, Any], versions: Versions[Any]) -> None:
    """What writing the changes does to the table."""
    for key, to_seq in versions.closed.items():
        assert stored[key].to_seq is None
        stored[key] = stored[key]._replace(to_seq=to_seq)
    for key, row in versions.inserted.items():
        assert (key in stored) == (key in versions.rewritten)
        stored[key] = row


def versioned(view: Any, entries: Sequence[Entry], cut: tuple[int, ...]) -> dict[Any, Any]:
    stored: dict[Any, Any] = {}
    rows: Versions[Any] = Versions({})
    for batch in batches(declared(view, entries), *cut):
        changes = view.fold(Versions(dict(rows.current)), batch)
        keep(stored, changes)
        rows = changes
    return stored


def pipeline(entries: Sequence[Entry], cut: tuple[int, ...]) -> Any:
    stored: dict[Any, Any] = {}
    current: dict[Any, Any] = {}
    opportunities: dict[Any, Any] = {}
    for batch in batches(declared(PIPELINE, entries), *cut):
        changes = PIPELINE.fold(PipelineRows(Versions(current), dict(opportunities)), batch)
        keep(stored, changes.registrations)
        current = changes.registrations.current
        opportunities |= changes.opportunities
    return stored, opportunities


def feed(entries: Sequence[Entry], cut: tuple[int, ...]) -> Any:
    rows = FeedRows()
    for batch in batches(list(entries), *cut):
        changes = FEED.fold(rows, batch)
        rows = FeedRows(
            {**rows.vendors, **changes.vendors},
            {**rows.owners, **changes.owners},
            {**rows.counts, **changes.counts},
            [*rows.feed, *changes.feed],
            [*rows.partner_feed, *changes.partner_feed],
        )
    return rows


@given(journals(), sizes)
def test_the_pipeline_is_the_same_however_it_is_cut(journal: Journal, cut: tuple[int, ...]) -> None:
    assert pipeline(journal.entries, cut) == pipeline(journal.entries, (1_000,))


@given(journals(), sizes)
def test_other_views_of_deals_are_the_same_however_they_are_cut(journal: Journal, cut: tuple[int, ...]) -> None:
    for view in (OPPORTUNITIES, CONFLICTS, MATCHES):
        assert versioned(view, journal.entries, cut) == versioned(view, journal.entries, (1_000,))


@given(journals(), sizes)
def test_the_feeds_are_the_same_however_they_are_cut(journal: Journal, cut: tuple[int, ...]) -> None:
    assert feed(journal.entries, cut) == feed(journal.entries, (1_000,))


@given(journals())
def test_versions_of_a_row_touch_and_only_the_last_is_open(journal: Journal) -> None:
    stored, _ = pipeline(journal.entries, (1_000,))
    rows: dict[str, list[Any]] = {}
    for _, row in sorted(stored.items()):
        rows.setdefault(row.registration_id, []).append(row)
    for versions in rows.values():
        assert versions[-1].to_seq is None
        for earlier, later in pairwise(versions):
            assert earlier.to_seq == later.from_seq


@given(journals())
def test_counters_are_what_a_count_of_the_opportunities_gives(journal: Journal) -> None:
    stored, opportunities = pipeline(journal.entries, (7,))
    for row in stored.values():
        if row.to_seq is not None:
            continue
        mine = [one for one in opportunities.values() if one.registration_id == row.registration_id]
        counted = {state: sum(one.state == state for one in mine) for state in ("open", "won", "lost")}
        assert (row.open_opportunities, row.won_opportunities, row.lost_opportunities) == tuple(counted.values())
        value: dict[str, int] = {}
        for one in mine:
            if one.state == "won" and one.amount_minor:
                value[one.currency] = value.get(one.currency, 0) + one.amount_minor
        assert dict(zip(row.won_currencies, row.won_minor, strict=True)) == value


@given(journals())
def test_a_partners_feed_is_numbered_from_one_without_gaps(journal: Journal) -> None:
    numbers: dict[str, list[int]] = {}
    for row in feed(journal.entries, (7,)).partner_feed:
        numbers.setdefault(row.partner, []).append(row.n)
    for found in numbers.values():
        assert found == list(range(1, len(found) + 1))
