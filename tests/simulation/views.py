"""Read models in memory: the real runner, lanes and folds over rows that are values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from services.projections.views import CONFLICTS, CREDITS, LEDGER, MATCHES, PAYOUTS, PIPELINE, REWARDS
from services.projections.views.payouts import PayoutRows
from services.projections.views.pipeline import PipelineRows
from services.projections.views.versions import Versions
from shared.errors import DealregError
from shared.events.envelope import Entry
from shared.projection.joint_runner import JointRunner
from shared.projection.port import Touched, View
from shared.projection.runner import Runner
from tests.simulation.world import Process

VERSIONED = (CONFLICTS, CREDITS, REWARDS, MATCHES)
OF_PAYOUTS = ("accounts", "standings")
TABLES = len(VERSIONED) + 1 + len(OF_PAYOUTS)
FOLDED = (*VERSIONED, PIPELINE, PAYOUTS, LEDGER)
REPAIR_SECONDS = 2.0

Bug = Callable[[Entry], bool]
"""Whether the release cannot fold the entry."""


class Rows(NamedTuple):
    """What the views have stored of one vendor; nothing in it is ever changed in place."""

    versioned: tuple[tuple[dict[Any, Any], dict[Any, Any]], ...] = (({}, {}),) * TABLES
    """For each table of versions: every stored row, and the current ones."""
    opportunities: dict[Any, Any] = {}  # noqa: RUF012
    postings: tuple[Any, ...] = ()


def folded(rows: Rows, entries: Sequence[Entry]) -> Rows:
    """The rows after these entries, by the folds that production runs."""
    tables = []
    for view, (stored, current) in zip(VERSIONED, rows.versioned, strict=False):
        tables.append(_kept(stored, view.fold(Versions(dict(current)), _declared(view, entries))))
    (claims, current), *of_payouts = rows.versioned[len(VERSIONED) :]
    changes = PIPELINE.fold(PipelineRows(Versions(current), rows.opportunities), _declared(PIPELINE, entries))
    tables.append(_kept(claims, changes.registrations))
    payouts = PAYOUTS.fold(PayoutRows(*(Versions(now) for _, now in of_payouts)), _declared(PAYOUTS, entries))
    for name, (stored, _) in zip(OF_PAYOUTS, of_payouts, strict=True):
        tables.append(_kept(stored, getattr(payouts, name)))
    postings = (*rows.postings, *LEDGER.fold(None, _declared(LEDGER, entries)))
    return Rows(tuple(tables), {**rows.opportunities, **changes.opportunities}, postings)


def _declared(view: Any, entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.event.type in view.declares]


def _kept(stored: dict[Any, Any], changes: Versions[Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """What writing the changes does to the table."""
    now = dict(stored)
    for key, to_seq in changes.closed.items():
        assert now[key].to_seq is None, f"{key} was closed before"
        now[key] = now[key]._replace(to_seq=to_seq)
    for key, row in changes.inserted.items():
        assert (key in now) == (key in changes.rewritten), f"{key} is there already, or not there to be written again"
        now[key] = row
    return now, changes.current


class AllViews:
    """The views as one, so that one lane a partition is enough; a vendor's rows are one value."""

    version = 1
    declares: frozenset[str] | None = frozenset().union(*(view.declares or () for view in FOLDED))
    tables = ("view",)

    def __init__(self, number: int = 0, bug: Bug | None = None) -> None:
        self._bug = bug
        self.name = f"all{number or ''}"

    def at(self, schema: str) -> AllViews:
        raise NotImplementedError(f"no version lies in {schema}")

    def fails(self, entry: Entry) -> bool:
        """Whether this release cannot fold the entry into the view."""
        return self._bug is not None and self._bug(entry)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> dict[str, Rows]:
        return await self._rows(connection, {entry.vendor for entry in entries})

    async def links(self, connection: Any, touched: Iterable[Touched]) -> dict[Touched, Sequence[str]]:
        """As the pipeline does, the only one of these whose entries change what they do not name."""
        touched = list(touched)
        rows = await self._rows(connection, {vendor for vendor, _ in touched})
        found: dict[Touched, Sequence[str]] = {}
        for vendor, subject in touched:
            linked = rows[vendor].opportunities.get((vendor, subject.removeprefix("opportunity:")))
            if linked is not None and linked.registration_id is not None:
                found[vendor, subject] = (f"registration:{linked.registration_id}",)
        return found

    def fold(self, rows: dict[str, Rows], entries: Sequence[Entry]) -> dict[str, Rows]:
        if any(map(self.fails, entries)):
            raise KeyError("a bug of this release")
        return {
            vendor: folded(before, [entry for entry in entries if entry.vendor == vendor])
            for vendor, before in rows.items()
        }

    async def write(self, connection: Any, changes: dict[str, Rows]) -> None:
        async def done() -> None:
            for vendor, rows in changes.items():
                connection.put("view", (self.name, vendor), rows)

        await connection.statement("write view", done)

    async def _rows(self, connection: Any, vendors: set[str]) -> dict[str, Rows]:
        async def done() -> dict[str, Rows]:
            return {vendor: connection.get("view", (self.name, vendor)) or Rows() for vendor in sorted(vendors)}

        return await connection.statement("read view", done)  # type: ignore[no-any-return]


class Viewer(Runner):
    """A worker that folds; one that halted is started again by a person."""

    def __init__(self, *told: Any, process: Process) -> None:
        super().__init__(*told, owner=process.name)
        self._process = process

    async def _halt(self, partition: int, error: DealregError) -> None:
        await super()._halt(partition, error)
        self._process.host.world.kill(self._process, REPAIR_SECONDS)


class TogetherViewer(JointRunner):
    """A worker that folds several views in one pass; where one of them halted, it is started again too."""

    def __init__(self, *told: Any, process: Process) -> None:
        super().__init__(*told, owner=process.name)
        self._process = process

    async def _give_up(self, view: View, partition: int, error: DealregError) -> None:
        await super()._give_up(view, partition, error)
        self._process.host.world.kill(self._process, REPAIR_SECONDS)
