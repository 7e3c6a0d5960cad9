"""Spelling: which names a vendor's customers go by, and which of them may be one company's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from services.attribution.domain.documents.customer import Spellings
from services.attribution.domain.documents.derived import replace
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.matching import name as reading
from services.attribution.domain.matching.answer import Answer
from services.attribution.domain.matching.candidates import candidate_keys
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.matching.identity import identity_of, name_key
from services.attribution.domain.matching.name import read_name
from services.attribution.domain.matching.parties import party_of, score_parties
from services.attribution.domain.matching.remembered import COMPANIES
from services.attribution.domain.matching.score import Judgement, judge
from shared.events.likeness import Likeness, Trait
from shared.events.registration import Customer

MOST_UNDER_KEY = 100
"""Names under one candidate key. The table of frequent keys was frozen before, so a vendor's own hot word may pass it:
from then on that key finds nobody, and the names under it are found by their other keys."""
MOST_COMPARED = 40
"""Names compared with a new one; those that share most keys go first."""
MOST_ALIKE = 20
"""Names that one is alike to, beyond which it says nothing of a company."""

NORMALISERS: Mapping[int, Callable[[str], tuple[str, ...]]] = MappingProxyType(
    {reading.VERSION: lambda written: candidate_keys(read_name(written))}
)
"""How a name is read, by version. A new version joins and an old one leaves a release later: a name is listed under the
keys of all of them, so that names which only the old one has read are found until `dealreg attribution rebuild` has
read them anew. The newest is in force from its `decider.upgraded` on; a name that an older one has compared is
compared again with its next claim, and nothing that was decided changes."""
NORMALISER = max(NORMALISERS)


def read_tables() -> None:
    """What matching reads once a process is read: a second that the first name else waits for, transaction and all."""
    customer = Customer(legal_name="株式会社 Nile للتجارة", domain="nile.com")
    listed_under(customer)
    spelling_keys(customer.legal_name)
    compared(customer, Customer(legal_name="Nile Trading"))


def alike(working_set: WorkingSet, customer: Customer) -> tuple[str, ...]:
    """Keys of the other names that may be this one's company, in order; none where that was told before."""
    own = identity_of(customer).name_key
    here = working_set.key_list(own)
    if here.read == working_set.vendor.normaliser:
        return ()
    keys = spelling_keys(customer.legal_name)
    shared: Counter[str] = Counter()
    for spellings in working_set.spellings(keys):
        if spellings.names:  # as under few keys of a new name
            shared.update(spellings.names)
    nearest = sorted((-many, written) for written, many in shared.items() if written != here.written)[:MOST_COMPARED]
    found = []
    for _, written in nearest:
        judged = _judged(customer.legal_name, written)
        if judged.band != "clear" and (key := name_key(written)) not in here.alike:
            found.append((-judged.score, key))
    return tuple(key for _, key in sorted(found)[:MOST_ALIKE])


def spell(working_set: WorkingSet, customer: Customer, others: tuple[str, ...]) -> None:
    """The name stands among the spellings from here on, beside those that it is alike; once a normaliser."""
    own = identity_of(customer).name_key
    now = working_set.key_list(own)
    normaliser = working_set.vendor.normaliser
    if now.read == normaliser:
        return
    written = now.written or customer.legal_name
    working_set.put("key", own, replace(now, written=written, read=normaliser, alike=_joined(now.alike, others)))
    for other in others:
        theirs = working_set.key_list(other)
        working_set.put("key", other, replace(theirs, alike=_joined(theirs.alike, (own,))))
    keys = spelling_keys(written)
    alone = Spellings((written,))
    now_listed: dict[str, Spellings] = {}
    for key, listed in zip(keys, working_set.spellings(keys), strict=True):
        if not listed.names and not listed.crowded:
            now_listed[key] = alone
        elif not listed.crowded and written not in listed.names:
            full = len(listed.names) >= MOST_UNDER_KEY
            now_listed[key] = Spellings(crowded=True) if full else Spellings((*listed.names, written))
    working_set.put_all("spelling", now_listed)


def _joined(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*some, *more)))[: 2 * MOST_ALIKE]


@lru_cache(maxsize=COMPANIES)
def compared(one: Customer, other: Customer) -> Answer:
    """What is known of the two companies, names, places and groups together; identifiers are not asked again."""
    return score_parties(party_of(one), party_of(other))


@lru_cache(maxsize=COMPANIES)
def nameless(written: str) -> bool:
    """Whether the text is nobody's name: a placeholder, an address, nothing at all."""
    return read_name(written).blank in ("empty", "placeholder", "address")


def likeness(one: Customer, other: Customer, registration: str) -> Likeness:
    """Why the customer of that registration may be this one, for whoever decides."""
    answer = compared(one, other)
    return Likeness(
        registration=registration,
        band="same" if answer.band == "same" else "look",
        rule=answer.rule,
        permille=round(answer.score * 1000),
        evidence=tuple(Trait(name=name, value=value) for name, value in answer.evidence),
    )


@lru_cache(maxsize=COMPANIES)
def spelling_keys(written: str) -> tuple[str, ...]:
    """The candidate keys of a name as it was written, by every normaliser of this release."""
    return tuple(dict.fromkeys(key for keys_of in NORMALISERS.values() for key in keys_of(written)))


@lru_cache(maxsize=COMPANIES)
def _judged(one: str, other: str) -> Judgement:
    return judge(read_name(one), read_name(other))
