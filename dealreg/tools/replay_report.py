"""What a replay came to, for a reader, as JSON and as CSV. Rows are written as they come, so their number is free."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO

from dealreg.tools.replaying import Replay
from services.attribution.replay.differences import Change, Sums
from shared.events.money import Money
from shared.values.written import rfc3339, written_json

MOST_SHOWN = 20
"""Differences of a kind that a reader is shown; files have all."""
COLUMNS = (
    "what", "id", "partner", "registration", "name", "before", "after", "currency", "before_code", "after_code",
    "before_until", "after_until", "clause", "earned_before",
)  # fmt: skip
HEADINGS = {
    "state": "Registrations that end otherwise", "dates": "Registrations with other dates alone",
    "credit": "Credit that moves", "reward": "Rewards that move", "misfit": "Facts that no longer fit",
    "fits": "Refused facts that would be taken",
}  # fmt: skip


def shown(change: Change) -> dict[str, Any]:
    """The difference as JSON has it: money in decimals."""
    found = {name: getattr(change, name) for name in ("what", "id", "partner", "registration", "clause")}
    sides = {"before": _side(change.before), "after": _side(change.after)}
    return {
        **found,
        **sides,
        **({"earned_before": change.earned_before} if change.what in ("credit", "reward") else {}),
    }


def _side(side: dict[str, Any] | None) -> dict[str, Any] | None:
    if side is None or "minor" not in side:
        return side
    return {"name": side["name"], **_decimal(side["minor"], side["currency"])}


def _decimal(minor: int, currency: str) -> dict[str, str]:
    sign = "-" if minor < 0 else ""
    return {"amount": sign + Money.of(abs(minor), currency).amount, "currency": currency}


def summary(replay: Replay) -> dict[str, Any]:
    """Everything but the differences themselves."""
    totals = replay.totals
    since, until = replay.period.since, replay.period.until
    return {
        "vendor": replay.vendor, "program": replay.policy.program, "candidate": replay.policy.version,
        "from": rfc3339(since) if since else None, "to": rfc3339(until) if until else None,
        "facts": replay.facts, "seconds": round(replay.seconds, 3),
        "registrations": {
            "all": totals.registrations, "state": totals.state_changes, "dates": totals.date_changes,
        },
        "partners": {partner: _sums(one) for partner, one in sorted(totals.partners.items())},
        "misfits": dict(sorted(totals.misfits.items())), "fits": totals.fits,
        "earned": {
            "lines": totals.lines, "before_from": totals.earned_lines, "moved": totals.earned_moved,
            "moved_by_publishing": replay.published_now,
        },
    }  # fmt: skip


def _sums(sums: Sums) -> dict[str, Any]:
    money = {"credit": sums.credit, "rewards": sums.rewards}
    return {
        "protections": {"gained": sums.protections_gained, "lost": sums.protections_lost},
        "wins": {"gained": sums.wins_gained, "lost": sums.wins_lost},
        **{name: [_decimal(minor, currency) for currency, minor in sorted(by.items())] for name, by in money.items()},
    }


def as_json(replay: Replay, found: Iterator[Change], out: TextIO) -> None:
    """One document, a line a difference; what they come to follows them."""
    out.write('{"changes": [')
    for number, one in enumerate(found):
        out.write(f"{',' if number else ''}\n  {written_json(shown(one)).decode()}")
    out.write(f"\n],{written_json(summary(replay)).decode()[1:]}\n")


def as_csv(replay: Replay, found: Iterator[Change], out: TextIO) -> None:
    """A row for each difference."""
    rows = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    rows.writeheader()
    for one in found:
        rows.writerow(_row(one))


def _row(change: Change) -> dict[str, Any]:
    sides = {"before": _side(change.before) or {}, "after": _side(change.after) or {}}
    row = {name: getattr(change, name) for name in ("what", "id", "partner", "registration", "clause")}
    for name, side in sides.items():
        row[name] = side.get("state", side.get("amount", side.get("type")))
        row[f"{name}_code"], row[f"{name}_until"] = side.get("code"), side.get("protected_until")
    either = sides["before"] or sides["after"]
    return {
        **row, "name": either.get("name"), "currency": either.get("currency"),
        "earned_before": "yes" if change.earned_before else None,
    }  # fmt: skip


@dataclass(slots=True)
class _Section:
    lines: list[str] = field(default_factory=list)
    count: int = 0


def as_text(replay: Replay, found: Iterator[Change], out: TextIO) -> None:
    """The sums, and the first differences of each kind."""
    sections = {what: _Section() for what in HEADINGS}
    for one in found:
        section = sections[one.what]
        section.count += 1
        if section.count <= MOST_SHOWN:
            section.lines.append(_line(one))
    print(_head(replay), file=out)
    for what, section in sections.items():
        if section.count:
            print(f"\n{HEADINGS[what]}: {section.count}", file=out)
            print("\n".join(section.lines), file=out)
            if section.count > MOST_SHOWN:
                print(f"  and {section.count - MOST_SHOWN} more: see --json or --csv", file=out)
    print("\n".join(_foot(replay)), file=out)


def _head(replay: Replay) -> str:
    policy, since, until = replay.policy, replay.period.since, replay.period.until
    from_ = f"from {rfc3339(since)}" if since else "over the whole history"
    to = f" to {rfc3339(until)}" if until else ""
    rate = replay.facts / replay.seconds if replay.seconds else 0
    return (
        f"{policy.program}, candidate {policy.version} {from_}{to}: {replay.facts} facts decided twice in "
        f"{replay.seconds:.1f} s ({rate:,.0f} a second)"
    )


def _line(change: Change) -> str:
    by = f"  [{change.clause}]" if change.clause else ""
    sides = (_told(change.before), _told(change.after))
    if change.what in ("misfit", "fits"):
        return f"  {change.id}: {next(filter(None, sides))}, of {change.registration}"
    return f"  {change.id} of {change.partner}: {sides[0] or 'nothing'} -> {sides[1] or 'nothing'}{by}"


def _told(side: dict[str, Any] | None) -> str:
    if side is None:
        return ""
    if "minor" in side:
        money = _decimal(side["minor"], side["currency"])
        return f"{side['name']} {money['amount']} {money['currency']}"
    if "state" not in side:
        return f"{side['type']}, {side['code']}, {side['recorded_at']}"
    until = f" until {side['protected_until']}" if side["protected_until"] else ""
    code = f" ({side['code']})" if side["code"] else ""
    return f"{side['state']}{code}{until}"


def _foot(replay: Replay) -> Iterator[str]:
    totals = replay.totals
    if totals.partners:
        yield "\nPartners, gained and lost:"
    for partner, sums in sorted(totals.partners.items()):
        money = [
            f"{name} {_decimal(minor, currency)['amount']} {currency}"
            for name, by in (("credit", sums.credit), ("rewards", sums.rewards))
            for currency, minor in sorted(by.items())
            if minor
        ]
        won = f"protections +{sums.protections_gained} -{sums.protections_lost}"
        yield f"  {partner}: {'; '.join((won, f'wins +{sums.wins_gained} -{sums.wins_lost}', *money))}"
    if totals.misfits:
        yield "\nFacts that no longer fit, by code: " + ", ".join(
            f"{code} {count}" for code, count in sorted(totals.misfits.items())
        )
    if not (totals.state_changes or totals.date_changes or totals.partners or totals.misfits or totals.fits):
        yield "\nNothing changes."
    yield (
        f"\nMoney earned before the candidate takes force: {totals.earned_lines} lines, {totals.earned_moved} would "
        f"move. Published after everything else, it would move {len(replay.published_now)} of {totals.lines} lines."
    )
