"""Two folds compared: what changed, who gains and loses, and the clause that caused it. Rows stream, sums stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, Protocol, TypeVar

from services.attribution.replay.outcomes import Line, Refused, Registered
from services.attribution.replay.trail import Step, cause

AT_ONCE = 500
"""Rows whose trails are asked for together."""
Row = TypeVar("Row", bound=tuple[Any, ...])
Pair = tuple[Row | None, Row | None]
Trails = Mapping[str, Sequence[Step]]


class Side(Protocol):
    """A fold that is finished, here or in another process."""

    def registrations(self) -> Iterator[Registered]: ...
    def lines(self) -> Iterator[Line]: ...
    def refusals(self) -> Iterator[Refused]: ...
    def trails(self, subjects: Iterable[str]) -> dict[str, list[Step]]: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` is what the published policy came to, `after` what the candidate did."""

    what: str
    """`state` or `dates` of a registration, `credit`, `reward`, `misfit` or `fits` of a fact."""
    id: str
    partner: str
    registration: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    clause: str | None = None
    earned_before: bool = False
    """Whether its money was earned before the candidate took force."""


@dataclass(slots=True)
class Sums:
    """What a partner gains and loses."""

    protections_gained: int = 0
    protections_lost: int = 0
    wins_gained: int = 0
    wins_lost: int = 0
    credit: dict[str, int] = field(default_factory=dict)
    """Moved, by currency, in minor units."""
    rewards: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Totals:
    """What all differences come to."""

    registrations: int = 0
    state_changes: int = 0
    date_changes: int = 0
    lines: int = 0
    earned_lines: int = 0
    """Lines earned before the candidate took force."""
    earned_moved: int = 0
    """Of these, the ones that it moves."""
    misfits: dict[str, int] = field(default_factory=dict)
    """Facts that the candidate refuses, by code."""
    fits: int = 0
    """Facts that were refused and would not be."""
    partners: dict[str, Sums] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    def of(self, partner: str) -> Sums:
        return self.partners.setdefault(partner, Sums())


def changes(published: Side, candidate: Side, totals: Totals, since: str | None) -> Iterator[Change]:
    """Every difference, registrations first, then money, then facts; `totals` are complete at the end."""
    yield from _of_registrations(published, candidate, totals)
    yield from _of_money(published, candidate, totals, since)
    yield from _of_facts(published, candidate, totals)


def _of_registrations(published: Side, candidate: Side, totals: Totals) -> Iterator[Change]:
    pairs = _paired(published.registrations(), candidate.registrations(), lambda row: row[:1])
    for some in _batches(_counted(pairs, totals)):
        subjects = [f"registration:{_one(pair).registration}" for pair in some]
        causes = _causes(published, candidate, subjects)
        for (before, after), subject in zip(some, subjects, strict=True):
            one = _one((before, after))
            _weigh(totals.of(one.partner), before, after)
            what = "dates" if _stands(before) == _stands(after) else "state"
            totals.state_changes += what == "state"
            totals.date_changes += what == "dates"
            yield Change(
                what, one.registration, one.partner, one.registration, _told(before), _told(after), causes[subject]
            )


def _counted(pairs: Iterator[Pair[Registered]], totals: Totals) -> Iterator[Pair[Registered]]:
    for before, after in pairs:
        totals.registrations += 1
        if before != after:
            yield before, after


def _stands(row: Registered | None) -> tuple[str, str | None] | None:
    return None if row is None else (row.state, row.code)


def _told(row: Registered | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"state": row.state, "code": row.code, "protected_from": row.protected_from,
            "protected_until": row.protected_until}  # fmt: skip


def _weigh(sums: Sums, before: Registered | None, after: Registered | None) -> None:
    protected = [row is not None and row.protected_from is not None for row in (before, after)]
    won = [row is not None and row.state == "converted" for row in (before, after)]
    sums.protections_gained += protected == [False, True]
    sums.protections_lost += protected == [True, False]
    sums.wins_gained += won == [False, True]
    sums.wins_lost += won == [True, False]


def _of_money(published: Side, candidate: Side, totals: Totals, since: str | None) -> Iterator[Change]:
    pairs = _paired(published.lines(), candidate.lines(), lambda row: row[:5])
    for some in _batches(_moved(pairs, totals, since)):
        subjects = dict.fromkeys(subject for pair in some for subject in _subjects(_one(pair)))
        trails = published.trails(subjects), candidate.trails(subjects)
        for before, after in some:
            line = _one((before, after))
            earned = before is not None and since is not None and before.earned < since
            totals.earned_moved += earned
            moved = (after.minor if after else 0) - (before.minor if before else 0)
            sums = totals.of(line.partner)
            by_currency = sums.credit if line.kind == "credit" else sums.rewards
            by_currency[line.currency] = by_currency.get(line.currency, 0) + moved
            clause = _clause(line, trails, in_both=before is not None and after is not None)
            yield Change(
                line.kind, line.subject, line.partner, line.registration, _amount(before), _amount(after), clause,
                earned,
            )  # fmt: skip


def _moved(pairs: Iterator[Pair[Line]], totals: Totals, since: str | None) -> Iterator[Pair[Line]]:
    for before, after in pairs:
        if before is not None:
            totals.lines += 1
            totals.earned_lines += since is not None and before.earned < since
        if (before.minor if before else 0) != (after.minor if after else 0):
            yield before, after


def _subjects(line: Line) -> tuple[str, str, str]:
    """Where the cause is looked for: in the decisions on the reward, the deal and its registration."""
    return f"reward:{line.subject}", f"opportunity:{line.subject}", f"registration:{line.registration}"


def _clause(line: Line, trails: tuple[Trails, Trails], *, in_both: bool) -> str | None:
    """The cause of moved money: what kept its registration from being what it was, else its own decisions."""
    reward, deal, claim = ((trails[0][one], trails[1][one]) for one in _subjects(line))
    found = [] if in_both else [cause(*claim, of_outcome=True)]
    own = (reward, deal) if line.kind == "reward" else (deal,)
    return next((one for one in (*found, *(cause(*each) for each in (*own, claim))) if one is not None), None)


def _amount(line: Line | None) -> dict[str, Any] | None:
    return None if line is None else {"name": line.name, "minor": line.minor, "currency": line.currency}


def _of_facts(published: Side, candidate: Side, totals: Totals) -> Iterator[Change]:
    for before, after in _paired(published.refusals(), candidate.refusals(), lambda row: row[:1]):
        if before is None and after is not None:
            totals.misfits[after.code] = totals.misfits.get(after.code, 0) + 1
            yield Change("misfit", after.fact, "", after.subject, None, _refusal(after))
        elif after is None and before is not None:
            totals.fits += 1
            yield Change("fits", before.fact, "", before.subject, _refusal(before), None)


def _refusal(row: Refused) -> dict[str, Any]:
    return {"type": row.type, "code": row.code, "recorded_at": row.recorded_at}


def _causes(published: Side, candidate: Side, subjects: Sequence[str]) -> dict[str, str | None]:
    before, after = published.trails(subjects), candidate.trails(subjects)
    return {one: cause(before[one], after[one]) for one in subjects}


def _one(pair: Pair[Row]) -> Row:
    found = pair[0] if pair[0] is not None else pair[1]
    assert found is not None
    return found


def _batches(pairs: Iterator[Pair[Row]]) -> Iterator[list[Pair[Row]]]:
    while some := list(islice(pairs, AT_ONCE)):
        yield some


def _paired(
    published: Iterator[Row], candidate: Iterator[Row], key: Callable[[Row], tuple[Any, ...]]
) -> Iterator[Pair[Row]]:
    """Rows of both by key, both in its order; None where one side has none."""
    before, after = next(published, None), next(candidate, None)
    while before is not None or after is not None:
        if after is None or (before is not None and key(before) < key(after)):
            yield before, None
            before = next(published, None)
        elif before is None or key(after) < key(before):
            yield None, after
            after = next(candidate, None)
        else:
            yield before, after
            before, after = next(published, None), next(candidate, None)
