"""Every kind of document, by the name that keys carry."""

from __future__ import annotations

from datetime import datetime

from services.attribution.domain.documents.customer import KeyList, Spellings
from services.attribution.domain.documents.keys import Kind
from services.attribution.domain.documents.money import Case, Credit, Reward
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.program import Program
from services.attribution.domain.documents.rates import Rates
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.vendor import Vendor
from shared.events.timer import Timer

Document = (
    Vendor | Program | Partner | Rates | Registration | Opportunity | KeyList | Spellings | Credit | Reward | Case
)


KINDS: dict[Kind, type[Document]] = {
    "vendor": Vendor, "program": Program, "partner": Partner, "rates": Rates, "registration": Registration,
    "opportunity": Opportunity,
    "key": KeyList, "spelling": Spellings, "credit": Credit, "reward": Reward, "case": Case,
}  # fmt: skip


Timed = Registration | Program | Reward

TIMED: frozenset[Kind] = frozenset(kind for kind, cls in KINDS.items() if hasattr(cls, "timers"))
"""Kinds of documents that can have a deadline."""
_TIMED = frozenset(KINDS[kind] for kind in TIMED)


def next_timer(document: Timed) -> tuple[datetime, Timer] | None:
    """The armed timer that falls due first, by name among those of one instant."""
    timers, disarmed = document.timers, document.disarmed
    armed = [(due, name) for name, due in timers.items() if name not in disarmed] if timers else []
    return min(armed) if armed else None


def due_of(document: Document | None) -> datetime | None:
    """The document's next deadline, if it has one."""
    if type(document) not in _TIMED:  # as of ten documents that a claim changes nine are
        return None
    assert isinstance(document, Timed)
    found = next_timer(document)
    return found[0] if found is not None else None
