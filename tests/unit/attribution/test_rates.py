"""Rates: which table counts, as it was known at a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

from services.attribution.domain.documents.rates import MOST_TABLES, Rates, RateTable

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LATER = datetime(2026, 1, 5, 13, tzinfo=UTC)


def table(day: int, seq: int, *, known_at: datetime = NOON, **rates: str) -> RateTable:
    return RateTable(date(2026, 1, day), known_at, seq, tuple(sorted(rates.items())))


def asked(rates: Rates, source: str = "EUR", target: str = "USD", *, day: int = 5, seq: int = 99) -> Fraction | None:
    found = rates.between(source, target, date(2026, 1, day), (NOON, seq))
    return found.value if found is not None else None


def test_the_latest_day_that_has_come_counts_whenever_it_was_told() -> None:
    rates = Rates("EUR", (table(4, 1, USD="1.4"), table(2, 2, USD="1.2"), table(6, 3, USD="1.6")))
    assert [asked(rates, day=day) for day in (1, 2, 3, 4, 5, 6)] == [
        None, Fraction("1.2"), Fraction("1.2"), Fraction("1.4"), Fraction("1.4"), Fraction("1.6"),
    ]  # fmt: skip


def test_a_correction_counts_for_what_comes_after_it_in_the_log() -> None:
    rates = Rates("EUR", (table(4, 1, USD="1.4"), table(4, 5, USD="1.5"), table(4, 6, known_at=LATER, USD="1.7")))
    assert asked(rates, seq=4) == Fraction("1.4")
    assert asked(rates, seq=5) == Fraction("1.5")
    assert asked(rates, seq=7) == Fraction("1.5")


def test_rates_go_both_ways_and_across_the_base() -> None:
    rates = Rates("EUR", (table(4, 1, USD="1.1", GBP="0.8"), table(5, 2, GBP="0.9")))
    assert asked(rates, "EUR", "GBP") == Fraction("0.9")
    assert asked(rates, "GBP", "EUR") == 1 / Fraction("0.9")
    assert asked(rates, "GBP", "USD") == Fraction("1.1") / Fraction("0.8")
    assert asked(rates, "GBP", "JPY") is None


def test_the_oldest_publications_are_forgotten() -> None:
    rates = Rates("EUR")
    for seq in range(MOST_TABLES + 3):
        rates = rates.published(table(1, seq, USD="1.1"))
    assert [one.seq for one in (rates.tables[0], rates.tables[-1])] == [3, MOST_TABLES + 2]
