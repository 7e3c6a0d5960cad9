"""`dealreg explain`: the timeline of a registration, opportunity, reward, case or conflict, for a partner manager."""

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
from shared.messages import Language, Words, language, languages
from shared.messages.catalogue import ABSENT, DEFAULT
from shared.values.written import written_json

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Vendor = Annotated[str | None, typer.Option(help="The vendor, if several have this id.")]
Tongue = Annotated[str, typer.Option("--language", help="The language of the sentences, such as ar.")]
Thing = Annotated[
    str, typer.Argument(help="Id of a registration, opportunity, reward, case or conflict.", metavar="ID")
]


def register(app: typer.Typer) -> None:
    app.command()(explain)


def explain(id_: Thing, vendor: Vendor = None, language_: Tongue = DEFAULT, as_json: Json = False) -> None:
    """Explain a registration, opportunity, reward, case or conflict: who did what, when, by which rule, what is due.

    The output names rivals and amounts, so it is for the vendor's own people
    only. Exit code 1 if the id is unknown, 2 if several vendors have it.
    """
    if language_ not in languages():
        raise typer.BadParameter(
            f"there is no {language_}; choose one of {', '.join(languages())}", param_hint="--language"
        )
    said = language(language_)
    story = asyncio.run(_story(id_, vendor, said))
    if as_json:
        print(written_json(document(story), indented=True).decode())
    else:
        show(story, Console(highlight=False), said)


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


def show(story: Story, console: Console, said: Language | None = None) -> None:
    """Print the timeline, then the current state, credit and rewards, in the language."""
    words = _Told(story, said or language())
    console.print(f"[bold]{escape(story.title)}[/bold]")
    console.print(f"[dim]{escape(words.about())}[/dim]\n")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    day = ""
    for line in story.lines:
        local = line.at.astimezone(zone_of(story.zone))
        date, clock = words.day(local), f"{local:%H:%M}"
        sentence = f"{escape(line.sentence)}  [dim]{escape(line.policy or line.by or '')}[/dim]"
        sentence += "".join(f"\n[dim]  {escape(rule)}[/dim]" for rule in _rules(line))
        table.add_row(f"{date if date != day else '':<11} {clock}", sentence)
        day = date
    console.print(table)
    for heading, lines in (("now", words.claims()), ("credit", words.credit()), ("rewards", words.rewards())):
        content = list(lines)
        if content:
            console.print(f"\n[bold]{escape(words.say(heading))}[/bold]")
            for one in content:
                console.print(f"  {escape(one)}", soft_wrap=True)
    if not story.complete:
        console.print(f"\n{words.say('more')}")


def _rules(line: Line) -> Iterator[str]:
    """The clauses that were applied, but for the words of the one that the sentence repeats."""
    # A conflict is explained by what it leads to.
    for one in line.findings if line.type != "conflict.detected" else ():
        said = "" if one["sentence"] in line.sentence else one["sentence"]
        rest = " ".join(filter(None, (said, one["against"])))
        yield f"{one['clause']}: {one['outcome']}{f'. {rest}' if rest else ''}"


class _Told:
    """What stands around the lines of a timeline, in one language."""

    def __init__(self, story: Story, said: Language) -> None:
        self._story, self._said = story, said
        names = {f"partner:{id_}": name for id_, name in story.partners.items()}
        self._words = Words(said, zone_of(story.zone), names)

    def say(self, code: str, **arguments: str | None) -> str:
        return self._said.say(f"timeline.{code}", {name: one or ABSENT for name, one in arguments.items()})

    def about(self) -> str:
        story = self._story
        kind = self._words.word(story.kind)
        return self.say("about", kind=kind, about=story.about, vendor=story.vendor, zone=story.zone)

    def claims(self) -> Iterator[str]:
        for claim in self._story.claims:
            until = self._moment(claim.protected_until) if claim.state == "protected" else None
            state, partner = self._words.word(claim.state), self._name(claim.partner)
            yield self.say("claim", registration=claim.registration, partner=partner, state=state, until=until)

    def credit(self) -> Iterator[str]:
        for share in self._story.credit:
            yield self.say(
                "share", whose=self._whose(share), amount=_amount(share.amount), role=self._words.word(share.role),
                portion=share.portion, opportunity=share.opportunity,
            )  # fmt: skip

    def rewards(self) -> Iterator[str]:
        sums: dict[tuple[str, str, str], int] = defaultdict(int)
        for one in self._story.rewards:
            yield f"{self._name(one.partner)}: {self._due(one)} [{one.reward}]"
            sums[one.partner, one.left.currency, one.status] += one.left.minor
        if len(self._story.rewards) > 1:
            for (partner, currency, status), minor in sums.items():
                if minor:
                    amount, word = _amount(Money.of(minor, currency)), self._words.word(status)
                    yield self.say("sum", partner=self._name(partner), amount=amount, status=word)

    def _due(self, one: Owed) -> str:
        """Say what is left of the reward, when it is due, and why not earlier."""
        amount, left, due = _amount(one.amount), _amount(one.left), self._moment(one.due_at)
        if one.status == "reversed":
            return self.say("reversed", amount=amount)
        if left != amount:
            left = self.say("left", left=left, amount=amount)
        partner = self._name(one.partner)
        if one.status == "payable":
            blocked = "payable.blocked" if one.blocked else "payable"
            return self.say(blocked, left=left, due=due, **({"partner": partner} if one.blocked else {}))
        waits = [self.say("waits.case", case=case) for case in one.cases]
        waits += [self.say("waits.suspended", partner=partner)] if one.blocked else []
        if not waits:
            return self.say("held", left=left, due=due)
        over = one.due_at is not None and one.due_at <= self._story.lines[-1].at
        return self.say("held.over" if over else "held.waits", left=left, waits=self._said.listed(waits), due=due)

    def _whose(self, share: Share) -> str:
        return self._name(share.partner) if share.partner else self._words.word("house")

    def _name(self, partner: str) -> str:
        return self._words.name("partner", partner)

    def _moment(self, at: datetime | None) -> str:
        """A local day, and the time where it is not midnight."""
        return "–" if at is None else self._said.moment(at, zone_of(self._story.zone))

    def day(self, local: datetime) -> str:
        return self._said.day(local.date())


def _amount(money: Money) -> str:
    return f"{money.amount} {money.currency}"
