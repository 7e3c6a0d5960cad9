"""Find the entries of a timeline: entries are related if they share a subject."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from typing import Any, Protocol

from services.projections.timeline.documents import Row, Story
from services.projections.timeline.feed import MAX_ENTRIES, Feed
from services.projections.timeline.rendering import tell
from shared.database import database_errors
from shared.errors import DealregError, Invalid
from shared.events.customer import CustomerMerged, CustomerSplit, customer_subject
from shared.events.registration import Customer
from shared.messages import Language

NOUNS = ("registration", "opportunity", "reward", "case", "conflict")

_VENDORS = "SELECT DISTINCT vendor FROM projections.feed WHERE subjects && $1::text[] ORDER BY vendor"
_LAST = "SELECT coalesce(max(seq), 0) FROM projections.feed WHERE vendor = $1"
_LIFE = (
    "registration.", "amendment.", "protection.", "evidence.", "review.", "extension.", "loss.", "objection.",
    "conflict.", "customer.",
)  # fmt: skip
_SAID = "customer.match_"
_OF_CUSTOMERS = (CustomerMerged.type, CustomerSplit.type)
_SUBMITTED = ("registration.submitted",)
_OF_PARTNERS = ("partner.enrolled", "partner.changed", "partner.suspended", "partner.reinstated")
_NAMES_CLAIM = frozenset({"opportunity.linked", "opportunity.classified", "reward.accrued", "case.opened"})


class StoryUnknown(DealregError):
    """The vendor's entries have nothing with this id."""

    code = "story.unknown"
    status = 404


class StoryUnclear(Invalid):
    """Several vendors have something with this id."""

    code = "story.unclear"


class Read(Protocol):
    """Load the vendor's entries about any of the subjects, in order, at most `MAX_ENTRIES`; of these types if given."""

    def __call__(self, subjects: Sequence[str], types: Sequence[str] | None = None) -> Awaitable[list[Row]]: ...


async def story_of(pool: Any, id_: str, vendor: str | None = None, said: Language | None = None) -> Story:
    """Return the timeline of the thing with this id; raise `StoryUnknown` or `StoryUnclear`."""
    with database_errors():
        async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            owner = vendor or await _vendor(connection, id_)

            last = await connection.fetchval(_LAST, owner)
            return await found_story(Feed(connection.fetch, owner).about, owner, id_, last, said)


async def _vendor(connection: Any, id_: str) -> str:
    found = [row["vendor"] for row in await connection.fetch(_VENDORS, [f"{noun}:{id_}" for noun in NOUNS])]
    if not found:
        raise StoryUnknown(f"there is no registration, opportunity, reward, case or conflict {id_}")
    if len(found) > 1:
        raise StoryUnclear(f"several vendors have {id_}; name one with --vendor: {', '.join(found)}")
    return str(found[0])


async def found_story(read: Read, vendor: str, id_: str, last: int, said: Language | None = None) -> Story:
    """Render the timeline of what `read` finds; raise `StoryUnknown`."""
    first = await read([f"{noun}:{id_}" for noun in NOUNS])
    named = {subject for row in first for subject in row.subjects}
    kind = next((noun for noun in NOUNS if f"{noun}:{id_}" in named), None)
    if kind is None:
        raise StoryUnknown(f"vendor {vendor} has no registration, opportunity, reward, case or conflict {id_}")
    deals = _ids(first, "opportunity")
    of_deals = await read([f"opportunity:{one}" for one in deals])
    claims = _claims([*first, *of_deals]) | _mine(kind, id_, first)
    lives = await read([f"registration:{one}" for one in sorted(claims)])
    cases = await read([f"case:{one}" for one in _ids([*first, *of_deals], "case")])
    whole = {None, *deals}
    entries = {row.seq: row for row in (*first, *of_deals, *cases)}
    for row in lives:
        # Of a registration its life alone: its other deals, and the claims that wait for it, have stories of their own.
        about = row.data
        mine = about.get("registration") in claims or (row.type.startswith(_SAID) and about["other"] in claims)
        if row.type.startswith(_LIFE) and mine and about.get("opportunity") in whole:
            entries.setdefault(row.seq, row)
    entries |= {row.seq: row for row in await read(_customers(lives, claims), _OF_CUSTOMERS)}
    met = await read(sorted(_met(entries.values()) - {f"registration:{one}" for one in claims}), _SUBMITTED)
    submitted = [row for row in (*entries.values(), *met) if row.type in _SUBMITTED]
    standing = await read(sorted(_partners([*entries.values(), *met])), _OF_PARTNERS)
    programs = await read([f"program:{one}" for one in _programs(entries.values())], ("program.published",))
    complete = all(len(rows) < MAX_ENTRIES for rows in (first, of_deals, lives, cases))
    in_order = [entries[seq] for seq in sorted(entries)]
    story = Story(vendor, id_, kind, "", last, complete)
    tell(
        story, in_order, claims=claims, lives=lives, submitted=submitted, standing=standing, programs=programs,
        language=said,
    )  # fmt: skip
    return story


def _ids(entries: Iterable[Row], noun: str) -> list[str]:
    named = {one for row in entries for one in row.subjects if one.startswith(f"{noun}:")}
    return sorted(one.partition(":")[2] for one in named)


def _customers(lives: Iterable[Row], claims: set[str]) -> list[str]:
    """The customers of the claims, as they were submitted."""
    submitted = (row.data for row in lives if row.type in _SUBMITTED)
    customers = (Customer.model_validate(data["customer"]) for data in submitted if data["registration"] in claims)
    return sorted({customer_subject(one) for one in customers})


def _claims(entries: Iterable[Row]) -> set[str]:
    """Registrations that the deals belong to or that are rewarded for them; not every rival that was met."""
    found = {row.data.get("registration") for row in entries if row.type in _NAMES_CLAIM}
    return {one for one in found if one}


def _mine(kind: str, id_: str, first: Iterable[Row]) -> set[str]:
    """The registration that the story is about: itself, or the claim whose conflict it is."""
    if kind == "conflict":
        return {row.data["registration"] for row in first if row.data.get("conflict") == id_}
    return {id_} if kind == "registration" else set()


def _met(entries: Iterable[Row]) -> set[str]:
    """Every registration that the entries name, as a subject or as a rival that a rule saw."""
    subjects = {one for row in entries for one in row.subjects if one.startswith("registration:")}
    rivals = {one for row in entries for found in row.data.get("findings", ()) for one in found.get("rivals", ())}
    return subjects | {f"registration:{one}" for one in rivals}


def _programs(entries: Iterable[Row]) -> list[str]:
    policies = (row.data.get("policy") for row in entries if row.decision)
    return sorted({one.partition("/")[0] for one in policies if one is not None})


def _partners(entries: Iterable[Row]) -> set[str]:
    return {one for row in entries for one in row.subjects if one.startswith("partner:")}
