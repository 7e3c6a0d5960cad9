"""A vendor's history told to the edge: what a step means is found from what the database shows at that moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from services.attribution.documents import from_json, text_of
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.domain.documents.money import Case
from services.attribution.domain.documents.partner import Partner
from shared.events.base import Event
from shared.events.case import CaseResolved
from shared.events.order import OrderCancelled, OrderRefunded
from shared.events.partner import PartnerEnrolled
from shared.events.vendor import VendorConfigured, VendorCreated, VendorWentLive
from tests.property.attribution.histories import PARTNERS, Step, Story
from tests.simulation.database import Table
from tests.simulation.world import EPOCH
from tests.unit.attribution.house import DOCUMENT, House, event

HISTORY_DAYS = 300
"""An imported history lies so long ago."""
Outgoing = tuple[Event, str | None, datetime | None]
"""A fact to send: what it says, whose partner's credential sends it, and its own time where it is imported."""


class Committed(Mapping[Key, Document | None]):
    """A vendor's documents as the table has them now."""

    def __init__(self, table: Table, vendor: str) -> None:
        self._table, self._vendor = table, vendor

    def __getitem__(self, key: Key) -> Document | None:
        row = self._table.get((self._vendor, key))
        return None if row is None else from_json(key.kind, text_of(row[1]))

    def __iter__(self) -> Iterator[Key]:
        return (key for vendor, key in self._table if vendor == self._vendor)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Remote(House):
    """A house whose facts go to the edge, so that nobody knows yet what will come of them."""

    def __init__(self, table: Table, vendor: str, *, importing: bool) -> None:
        self.name, self.importing = vendor, importing
        self.count = 0
        self.outgoing: list[Outgoing] = []
        self.ledger = SimpleNamespace(documents=Committed(table, vendor))  # type: ignore[assignment]
        self.days_ahead = 0.0

    def when(
        self, event: Event, *, day: float = 0, partner: str | None = None, at: datetime | None = None
    ) -> list[Event]:
        self.count += 1
        self.days_ahead = max(self.days_ahead, day)
        own = EPOCH + timedelta(days=self.days_ahead - HISTORY_DAYS) if self.importing else None
        self.outgoing.append((event, partner, own))
        return []

    def partner(self, id_: str) -> Partner:
        found = self.ledger.documents[Key("partner", id_)]
        return found if isinstance(found, Partner) else Partner(id=id_, name=id_)

    def crm(self, kind: str, id_: str, *, day: float = 0, **more: Any) -> list[Event]:
        amount = {"amount": f"{100 + 7 * self.count}.{self.count % 100:02}", "currency": "EUR"}
        return super().crm(kind, id_, day=day, **{"amount": amount, **more})


class Tale(Story):
    """Steps become facts; nothing is decided here."""

    def __init__(self, house: Remote, spare: Mapping[str, Any]) -> None:
        self.house: Remote = house  # type: ignore[assignment]
        self.spare, self.version = dict(spare), 1
        self.day = 0.0
        self.registrations = []
        self.opportunities = []

    def opening(self, hunting: Mapping[str, Any], teaming: Mapping[str, Any]) -> list[Outgoing]:
        """The facts by which the vendor begins."""
        house = self.house
        house.when(VendorCreated(name=house.name, mode="importing" if house.importing else "live"))
        house.when(event(VendorConfigured, document=DOCUMENT))
        self._partners()
        house.publish({"version": 1, **hunting})
        house.publish({"program": "teaming", "version": 1, **teaming})
        return self._sent()

    def facts(self, step: Step) -> list[Outgoing]:
        """What the step tells the edge; nothing where there is nothing that it could be about."""
        self.tell(step)
        return self._sent()

    def _sent(self) -> list[Outgoing]:
        sent, self.house.outgoing = self.house.outgoing, []
        return sent

    def _partners(self) -> None:
        for one in PARTNERS:
            self.house.when(PartnerEnrolled(partner=one, name=one, tier="silver", partner_type="reseller"))

    def _refund(self, step: Step) -> list[Event] | None:
        return self._order(step, OrderRefunded, amount={"amount": f"{1 + step.choice}.50", "currency": "EUR"})

    def _cancel(self, step: Step) -> list[Event] | None:
        return self._order(step, OrderCancelled)

    def _order(self, step: Step, cls: type[Event], **more: Any) -> list[Event] | None:
        if not self.opportunities:
            return None
        id_ = self._pick(self.opportunities, step.which)
        told = {"opportunity": id_, "connection": "crm", "external_id": id_, "refund": f"f{step.other % 9}", **more}
        return self.house.when(event(cls, **told), day=self.day)

    def _resolve(self, step: Step) -> list[Event] | None:
        documents = self.house.ledger.documents
        cases = sorted(key.id for key in documents if key.kind == "case")
        if not cases:
            return None
        found = documents[Key("case", self._pick(cases, step.which))]
        assert isinstance(found, Case)
        verdict = ("release", "reverse")[step.choice % 2]
        return self.house.when(event(CaseResolved, case=found.id, verdict=verdict, reason="seen"), day=self.day)

    def _golive(self, step: Step) -> list[Event]:
        self.house.importing = False
        return self.house.when(VendorWentLive())
