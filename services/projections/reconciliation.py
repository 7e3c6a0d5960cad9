"""Reconcile money from the journal alone, by other code than the views' folds (G5).

Checked are the postings of every entry, the shares of every credit, each partner's accounts, each won amount, and
that the stored ledger and payouts sum to the same balances. Only the first difference is reported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.projections.difference import Difference
from services.projections.views import LEDGER, PAYOUTS
from shared.events import opportunity as o
from shared.events.credit import CreditAssigned, CreditReversed
from shared.events.envelope import Entry
from shared.events.ledger import Posted
from shared.events.opportunity_state import MESSAGES, State, after, told
from shared.events.order import RefundCounted, RefundDisregarded, RefundWaiting
from shared.projection.parking import parked_of
from shared.projection.reading import BEGINNING, Head
from shared.projection.versions import current_of

BOOKS = "books"
"""Name of differences in the books, in place of a view's."""


class Account(NamedTuple):
    """An account of a partner in a program and currency."""

    vendor: str
    partner: str
    program: str
    currency: str
    account: str


Balances = dict[Account, int]
"""Debit positive, in minor units."""


@dataclass(slots=True)
class _Deal:
    """One opportunity's money, by the journal."""

    state: State | None = None
    case: str | None = None
    amount: int | None = None
    currency: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    """Fields reported before, as far as they affect the amount."""
    refunds: dict[str, int] = field(default_factory=dict)
    """The counted amount of each refund, in the currency of the amount."""
    credited: int | None = None
    """Credit of partners and house together; None while nothing is credited."""
    seq: int = 0
    cause: str = ""


@dataclass(slots=True)
class Books:
    """A second derivation, fed entry by entry beside the recomputed views."""

    heads: dict[str, Mapping[str, Head]]
    """Heads of the live ledger and payouts."""
    whole_facts: bool
    """True if the log shows all entries of a fact or none; then the last fact can be checked too."""
    parked: Mapping[str, Collection[tuple[str, int]]] = field(default_factory=dict)
    """What each of the two has parked."""
    first: Difference | None = None
    earned: Balances = field(default_factory=dict)
    """Credit turnover of `accrued`."""
    totals: Balances = field(default_factory=dict)
    stored: dict[str, Balances] = field(default_factory=dict)
    """What each live table must sum to, up to its view's heads."""
    deals: dict[tuple[str, str], _Deal] = field(default_factory=dict)
    causes: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def of(cls, connection: Any, *, whole_facts: bool) -> Books:
        """Start empty books, with the positions of the tables to compare with."""
        heads: dict[str, Mapping[str, Head]] = {}
        parked: dict[str, Collection[tuple[str, int]]] = {}
        for view in (LEDGER, PAYOUTS):
            version = (await current_of(connection, view)).version
            rows = await connection.fetch(
                "SELECT vendor, seq, hash FROM projections.head WHERE view = $1 AND version = $2", view.name, version
            )
            heads[view.name] = {row["vendor"]: Head(row["seq"], row["hash"]) for row in rows}
            parked[view.name] = await parked_of(connection, view.name, version)
        return cls(heads, whole_facts, parked, stored={name: {} for name in heads})

    def add(self, entries: Iterable[Entry]) -> None:
        """Add the entries; note the first entry that is wrong by itself."""
        for entry in entries:
            self.causes[entry.vendor] = entry.cause
            event: Any = entry.event
            if isinstance(event, Posted):
                self._post(entry, event)
            elif isinstance(event, MESSAGES):
                self._hear(entry, event)
            elif isinstance(event, o.OpportunityClassified):
                self._deal(entry, event.opportunity).case = event.case
            elif isinstance(event, CreditAssigned):
                shares = sum(share.amount.minor for share in event.shares)
                deal = self._deal(entry, event.opportunity)
                deal.credited = shares
                if shares != event.value.minor:
                    values = f"shares that sum to {event.value.minor}", f"{shares}"
                    self._differ(entry.vendor, f"entry {entry.seq}", "shares", *values)
            elif isinstance(event, CreditReversed):
                self._deal(entry, event.opportunity).credited = None
            elif isinstance(event, RefundCounted):
                self._deal(entry, event.opportunity).refunds[event.refund] = event.amount.minor
            elif isinstance(event, RefundWaiting | RefundDisregarded):
                self._deal(entry, event.opportunity).refunds.pop(event.refund, None)

    async def close(self, connection: Any) -> Difference | None:
        """Return the first difference after every entry was added, in the snapshot of the heads."""
        self.unsettled()
        await self._against("projections.posting", LEDGER.name, connection, _POSTED)
        await self._against("projections.payout", PAYOUTS.name, connection, _PAID)
        return self.first

    def unsettled(self) -> Difference | None:
        """Return the first difference within the journal itself."""
        self._accounts()
        self._won_amounts()
        return self.first

    def _post(self, entry: Entry, event: Posted) -> None:
        sums: dict[str, int] = {}
        for one in event.postings:
            sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
            account = Account(entry.vendor, one.partner, one.program, one.currency, one.account)
            self.totals[account] = self.totals.get(account, 0) + one.amount_minor
            if one.account == "accrued" and one.amount_minor < 0:
                self.earned[account] = self.earned.get(account, 0) - one.amount_minor
            for name, heads in self.heads.items():
                folded = entry.seq <= heads.get(entry.vendor, BEGINNING).seq
                if folded and (entry.vendor, entry.seq) not in self.parked.get(name, ()):
                    kept = self.stored[name]
                    kept[account] = kept.get(account, 0) + one.amount_minor
        for currency, total in sums.items():
            if total:
                values = "postings that sum to zero", f"{total} {currency}"
                self._differ(entry.vendor, f"entry {entry.seq}", "postings", *values)

    def _hear(self, entry: Entry, event: Any) -> None:
        deal = self._deal(entry, event.opportunity)
        given = told(event, deal.known)
        deal.known |= {name: value for name, value in given.items() if name in ("source_time", "source_version")}
        if (amount := given.get("amount")) is not None:
            deal.known["amount"] = amount
            deal.amount, deal.currency = amount.minor, amount.currency
        deal.state = after(deal.state, event)
        if deal.state != "won":
            deal.case = None

    def _deal(self, entry: Entry, opportunity: str) -> _Deal:
        deal = self.deals.setdefault((entry.vendor, opportunity), _Deal())
        deal.seq, deal.cause = entry.seq, entry.cause
        return deal

    def _accounts(self) -> None:
        """Check: everything earned is held, payable, paid or reversed, and is the vendor's expense."""
        for account, earned in sorted(self.earned.items()):
            balances = {
                name: -self.totals.get(account._replace(account=name), 0)
                for name in ("held", "payable", "paid", "reversed", "expense", "accrued")
            }
            stands = sum(balances[name] for name in ("held", "payable", "paid", "reversed"))
            key = f"partner={account.partner}, program={account.program}, currency={account.currency}"
            if stands != earned:
                values = f"held + payable + paid + reversed = {earned} minor units", f"{stands}: {balances}"
                self._differ(account.vendor, key, "accrued", *values)
            if balances["expense"] != -earned:
                self._differ(account.vendor, key, "expense", f"{earned}", f"{-balances['expense']}")

    def _won_amounts(self) -> None:
        """Check: each won amount less refunds is credited to partners and house, or belongs to no registration."""
        for (vendor, opportunity), deal in sorted(self.deals.items()):
            if not self.whole_facts and deal.cause == self.causes[vendor]:
                continue
            due = None
            if deal.state == "won" and deal.amount is not None and deal.case not in (None, "unlinked"):
                due = max(deal.amount - sum(deal.refunds.values()), 0)
            if deal.credited != due:
                wanted = "no credit" if due is None else f"credited + house = {due} minor units"
                found = "no credit" if deal.credited is None else str(deal.credited)
                self._differ(vendor, f"opportunity={opportunity}", "credit", wanted, found)

    async def _against(self, table: str, view: str, connection: Any, query: str) -> None:
        if self.first is not None:
            return
        rows = await connection.fetch(query)
        found = {Account(*row[:-1]): int(row["minor"]) for row in rows}
        wanted = self.stored[view]
        for account in sorted(found.keys() | wanted.keys()):
            if found.get(account, 0) != wanted.get(account, 0):
                key = ", ".join(f"{name}={value}" for name, value in account._asdict().items() if name != "vendor")
                values = str(wanted.get(account, 0)), str(found.get(account, 0))
                self.first = Difference(BOOKS, account.vendor, table, key, "balance", *values)
                return

    def _differ(self, vendor: str, key: str, column: str, expected: str, found: str) -> None:
        if self.first is None:
            self.first = Difference(BOOKS, vendor, "log.journal", key, column, expected, found)


_POSTED = """
SELECT vendor, partner, program, currency, account, sum(amount_minor) AS minor FROM projections.posting
GROUP BY vendor, partner, program, currency, account
"""
_PAID = """
SELECT vendor, partner, program, currency, account, sum(debit_minor - credit_minor) AS minor FROM projections.payout
WHERE to_seq IS NULL GROUP BY vendor, partner, program, currency, account
"""
