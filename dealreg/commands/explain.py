"""`dealreg explain`: the timeline of a registration, opportunity, reward or case, for a partner manager."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dealreg.runtime.components import runtime
from dealreg.runtime.place import working
from services.projections.timeline import Line, Owed, Share, Story, story_of, zone_of
from services.registration.intake.operator import assert_vendor
from shared.events.money import Money
from shared.messages import Language, language, languages
from shared.messages.catalogue import DEFAULT
from shared.values.written import written_json

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Vendor = Annotated[str | None, typer.Option(help="The vendor, if several have this id.")]
Tongue = Annotated[str, typer.Option("--language", help="The language of the sentences, such as ar.")]
Thing = Annotated[str, typer.Argument(help="Id of a registration, opportunity, reward or case.", metavar="ID")]


def register(app: typer.Typer) -> None:
    app.command()(explain)


def explain(id_: Thing, vendor: Vendor = None, language_: Tongue = DEFAULT, as_json: Json = False) -> None:
    """Explain a registration, opportunity, reward or case: who did what and when, by which rule, and what is due.

    The output names rivals and amounts, so it is for the vendor's own people
    only. Exit code 1 if the id is unknown, 2 if several vendors have it.
    """
    if language_ not in languages():
        raise typer.BadParameter(
            f"there is no {language_}; choose one of {', '.join(languages())}", param_hint="--language"
        )
    story = asyncio.run(_story(id_, vendor, language(language_)))
    if as_json:
        print(written_json(document(story), indented=True).decode())
    else:
        show(story, Console(highlight=False))


async def _story(id_: str, vendor: str | None, said: Language) -> Story:
    async with working(vendor=vendor) as settings, runtime(settings, "explain") as on:
        if vendor is not None:
            await assert_vendor(on.pool, vendor)
        return await story_of(on.pool, id_, vendor, said)


def document(story: Story) -> dict[str, Any]:
    """Return the timeline as a JSON document, with amounts as the API writes them."""
    content = asdict(story)
    for name, parts in (("credit", story.credit), ("rewards", story.rewards)):
        for one, part in zip(content[name], parts, strict=True):
            one.update({key: getattr(part, key).model_dump() for key in ("amount", "left") if key in one})
    return content


def show(story: Story, console: Console) -> None:
    """Print the timeline, then the current state, credit and rewards."""
    console.print(f"[bold]{escape(story.title)}[/bold]")
    console.print(
        f"[dim]{escape(story.kind)} {escape(story.about)}, vendor {escape(story.vendor)}, times of {story.zone}[/dim]\n"
    )
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    day = ""
    for line in story.lines:
        local = line.at.astimezone(zone_of(story.zone))
        date, clock = _day(local), f"{local:%H:%M}"
        said = f"{escape(line.sentence)}  [dim]{escape(line.policy or line.by or '')}[/dim]"
        said += "".join(f"\n[dim]  {escape(rule)}[/dim]" for rule in _rules(line))
        table.add_row(f"{date if date != day else '':<11} {clock}", said)
        day = date
    console.print(table)
    for heading, lines in (("Now", _claims(story)), ("Credit", _credit(story)), ("Rewards", _rewards(story))):
        content = list(lines)
        if content:
            console.print(f"\n[bold]{heading}[/bold]")
            for one in content:
                console.print(f"  {escape(one)}", soft_wrap=True)
    if not story.complete:
        console.print("\nThere are more entries than shown here: see /v1/events.")


def _rules(line: Line) -> Iterator[str]:
    """The clauses that were applied, but for the words of the one that the sentence repeats."""
    # A conflict is explained by what it leads to.
    for one in line.findings if line.type != "conflict.detected" else ():
        said = "" if one["sentence"] in line.sentence else one["sentence"]
        rest = " ".join(filter(None, (said, one["against"])))
        yield f"{one['clause']}: {one['outcome']}{f'. {rest}' if rest else ''}"


def _claims(story: Story) -> Iterator[str]:
    for claim in story.claims:
        until = f" until {_moment(story, claim.protected_until)}" if claim.state == "protected" else ""
        yield f"{claim.registration} of {_name(story, claim.partner)}: {claim.state}{until}"


def _credit(story: Story) -> Iterator[str]:
    for share in story.credit:
        yield f"{_whose(story, share)}: {_amount(share.amount)} {share.role} ({share.portion}) of {share.opportunity}"


def _whose(story: Story, share: Share) -> str:
    return _name(story, share.partner) if share.partner else "house"


def _rewards(story: Story) -> Iterator[str]:
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in story.rewards:
        yield f"{_name(story, one.partner)}: {_due(story, one)} [{one.reward}]"
        sums[one.partner, one.left.currency, one.status] += one.left.minor
    if len(story.rewards) > 1:
        for (partner, currency, status), minor in sums.items():
            if minor:
                yield f"In all, {_name(story, partner)}: {_amount(Money.of(minor, currency))} {status}"


def _due(story: Story, one: Owed) -> str:
    """Say what is left of the reward, when it is due, and why not earlier."""
    left = _amount(one.left) + ("" if one.left == one.amount else f" left of {_amount(one.amount)}")
    if one.status == "reversed":
        return f"{_amount(one.amount)} reversed, nothing is due"
    suspended = f"{_name(story, one.partner)} is suspended" if one.blocked else ""
    if one.status == "payable":
        since = f"{left}, payable since {_moment(story, one.due_at)}"
        return f"{since}, not paid while {suspended}" if suspended else f"{since}, due now"
    waits = [f"a reviewer has to decide {case}" for case in one.cases] + ([suspended] if suspended else [])
    if waits:
        over = one.due_at is not None and one.due_at <= story.lines[-1].at
        due = (
            f"its hold ended {_moment(story, one.due_at)}"
            if over
            else f"due {_moment(story, one.due_at)} at the earliest"
        )
        return f"{left}, held: {' and '.join(waits)}; {due}"
    return f"{left}, held, due {_moment(story, one.due_at)}"


def _name(story: Story, partner: str) -> str:
    return story.partners.get(partner, partner)


def _amount(money: Money) -> str:
    return f"{money.amount} {money.currency}"


def _moment(story: Story, at: datetime | None) -> str:
    """A local day, and the time where it is not midnight."""
    if at is None:
        return "–"
    at = at.astimezone(zone_of(story.zone))
    return _day(at) if (at.hour, at.minute) == (0, 0) else f"{_day(at)} {at:%H:%M}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"
