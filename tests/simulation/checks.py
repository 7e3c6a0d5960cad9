"""What must hold once everything has come to rest: G1 to G8, each recounted from the log and the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING

from services.attribution.decoded import Decoded, decode_records
from services.attribution.documents import from_json, text_of
from services.attribution.domain.documents.kinds import due_of
from services.attribution.domain.documents.money import Credit, Reward
from services.attribution.faults import Fault
from services.attribution.scenarios.engine import DECISIONS_PER_TRANSACTION, Documents
from services.attribution.vendor_batch import BatchFull, VendorBatch
from shared.events.base import Decision
from shared.events.envelope import Entry
from shared.events.vendor import ClockTicked, FactRefused
from shared.log.identity import ce_id
from shared.log.port import Headers, Record, StoredRecord
from shared.projection.reading import read
from shared.release import RELEASE
from tests.agreement import disagreements
from tests.property.attribution.laws import Refold, hold_in
from tests.property.attribution.test_money_laws import sums
from tests.simulation.tale import Committed
from tests.simulation.views import Rows, folded

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

Line = tuple[Headers, bytes]


def difference(run: Simulation) -> str | None:
    """The first law that does not hold, with what contradicts it; None where all do."""
    try:
        facts = {p: decode_records(run.log.records["facts", p], p) for p in range(run.log.partitions)}
        journals = {p: _journal(run, p) for p in range(run.log.partitions)}
        _accepted_facts_are_there(run, [one for of in facts.values() for one in of])
        for vendor in sorted({one.fact.vendor for of in facts.values() for one in of}):
            partition = run.partition_of(vendor)
            mine = [entry for entry in journals[partition] if entry.vendor == vendor]
            taken = [one for one in facts[partition] if one.fact.vendor == vendor]
            _handled_once(run, vendor, taken, mine)
            _views_equal_a_refold(run, vendor, mine)
            _money_adds_up(run, vendor, mine)
            _journal_tells_the_state(run, vendor, mine)
            if not run.upgraded:
                _facts_decided_again_give_the_journal(run, vendor, taken)
        _answers_are_one(run, {entry.cause: entry for of in journals.values() for entry in of if _own(entry)})
    except AssertionError as error:
        return _where(error)
    return None


def _journal(run: Simulation, partition: int) -> list[Entry]:
    """G4: read as every reader does, the published journal has no gap, no break, and one content for each number."""
    records = run.log.records["journal", partition]
    reading = read(records, {}, None)
    assert reading.halt is None, f"journal/{partition}: {reading.halt}"
    contents: dict[str, Line] = {}
    for record in records:
        content = _line(record)
        assert contents.setdefault(ce_id(record.headers) or "", content) == content, f"{ce_id(record.headers)} twice"
    assert len(reading.entries) == len(contents), f"journal/{partition}: entries were passed over"
    return reading.entries


def _own(entry: Entry) -> bool:
    """Whether it is the fact's own entry."""
    return entry.event.own


def _accepted_facts_are_there(run: Simulation, facts: Sequence[Decoded]) -> None:
    there = {one.fact.id for one in facts}
    for key in run.clients.keys.values():
        assert not (key.accepted or key.replays) or key.fact in there, (
            f"G1: {key.fact} of {key.vendor} was accepted and is lost"
        )


def _handled_once(run: Simulation, vendor: str, facts: Sequence[Decoded], entries: Sequence[Entry]) -> None:
    counted = Counter(entry.cause for entry in entries if _own(entry))
    tables = run.database.tables
    stored = {fact for owner, fact in tables["processed"] if owner == vendor}
    wanted = {one.fact.id for one in facts if not isinstance(one.fact.event, ClockTicked) or one.refused}
    for fact in wanted:
        assert counted[fact] == 1, f"G2: fact {fact} of {vendor} has {counted[fact]} entries of its own"
    assert stored == wanted, f"G1: handled facts of {vendor} differ by {sorted(stored ^ wanted)}"
    by_seq = {entry.seq: entry for entry in entries}
    for entry in (one for one in entries if _own(one)):
        handled = tables["processed"][vendor, entry.cause]
        assert handled.first_seq <= entry.seq <= handled.last_seq, f"G2: {vendor} {handled} holds not entry {entry.seq}"
        ends = {by_seq[handled.first_seq].cause, by_seq[handled.last_seq].cause}
        assert ends == {entry.cause}, f"G2: {vendor} {handled} is not where its entries are"
    head = tables["head"].get(vendor)
    last = (entries[-1].seq, entries[-1].hash) if entries else None
    assert last == (head and (head.head.seq, head.head.hash)), f"G4: {vendor} stands at {head}, its journal at {last}"


def _answers_are_one(run: Simulation, own: dict[str, Entry]) -> None:
    for key in run.clients.keys.values():
        answers = {(one.fact, one.location, one.recorded_at) for _, one in key.accepted}
        bodies = {body for body, _ in key.accepted}
        entry = own[key.fact] if key.accepted else None
        if entry is not None and not isinstance(entry.event, Decision):
            assert entry.event in [key.bodies[body] for body in bodies], f"G2: {key.fact} is not as it was sent"
        if (key.vendor, key.fact) in run.database.forgotten:
            # Nobody knows any more what it stood for; it has one effect all the same.
            continue
        assert len(answers) <= 1, f"G2: {key.fact} was answered {answers}"
        assert len(bodies) <= 1, f"G2: two bodies were accepted under the key of {key.fact}"
        assert not bodies & set(key.refused), f"G2: {key.fact} was accepted and refused"
        if entry is not None and not isinstance(entry.event, FactRefused):
            assert entry.known_at >= key.accepted[0][1].recorded_at


def _journal_tells_the_state(run: Simulation, vendor: str, entries: Sequence[Entry]) -> None:
    """G3 at each entry, deadlines before the fact that comes after them, and G6: the documents are the journal's."""
    refold = Refold()
    for entry in entries:
        if not isinstance(entry.event, Decision):
            for key, document in refold.documents.items():
                due = due_of(document)
                assert due is None or due > entry.clock, f"{key} was due at {due}, before entry {entry.seq}"
        refold.add(entry)
    rows = {key: row for (owner, key), row in run.database.tables["document"].items() if owner == vendor}
    stored = {key: from_json(key.kind, text_of(body)) for key, (_, body) in rows.items()}
    derived = {key: document for key, document in refold.documents.items() if document is not None}
    for key in sorted(stored.keys() | derived.keys()):
        assert stored.get(key) == derived.get(key), f"G6: {vendor} {key}: {stored.get(key)} != {derived.get(key)}"
        assert rows[key][0] == due_of(derived[key]), f"G6: {vendor} {key} is due otherwise"
    # The stored views are a refold of the journal: what that says must be what the decider holds.
    assert not (parted := disagreements(stored, entries)), f"G6: the views of {vendor} say otherwise: {parted[0]}"
    if entries:
        head = run.database.tables["head"][vendor].head
        hold_in(SimpleNamespace(ledger=SimpleNamespace(documents=Documents(stored), head=head)))  # type: ignore[arg-type]


def _money_adds_up(run: Simulation, vendor: str, entries: Sequence[Entry]) -> None:
    """G5: postings balance, shares make the whole, and each unit that is owed belongs to a reward."""
    assert sums(entries) == {}, f"G5: the books of {vendor} do not balance"
    assert sums(entries, "accrued") == {}, f"G5: {vendor} accrued what it does not owe"
    documents = Committed(run.database.tables["document"], vendor)
    owed: Counter[tuple[str, str]] = Counter()
    for key in documents:
        match documents[key]:
            case Credit() as credit:
                whole = credit.value_minor if credit.active else 0
                assert sum(share.amount.minor for share in credit.shares) == whole, f"G5: {vendor} {key}"
            case Reward() as reward:
                assert 0 <= reward.left_minor <= reward.amount_minor, f"G5: {vendor} {key}"
                owed[reward.partner, reward.currency] -= reward.left_minor
    assert sums(entries, "held", "payable") == {key: total for key, total in owed.items() if total}, f"G5: {vendor}"


def _facts_decided_again_give_the_journal(run: Simulation, vendor: str, facts: Sequence[Decoded]) -> None:
    """G6: one writer that never failed, with everything at hand, would have written these very bytes."""
    published: dict[str, Line] = {}
    for record in run.log.records["journal", run.partition_of(vendor)]:
        if record.key == vendor:
            published.setdefault(ce_id(record.headers) or "", _line(record))
    again = [_line(record) for record in _decided(vendor, facts)]
    for mine, theirs in zip(published.values(), again, strict=False):
        assert mine == theirs, f"G6: {vendor} wrote {_told(mine)}, decided again {_told(theirs)}"
    assert len(published) == len(again), f"G6: {vendor} wrote {len(published)} entries, decided again {len(again)}"


def _decided(vendor: str, facts: Sequence[Decoded]) -> list[Record]:
    ledger = VendorBatch(vendor, None, Documents())
    # Operators let go what pauses an import.
    ledger.skipped = Documents()  # type: ignore[assignment]
    known: set[str] = set()
    records: list[Record] = []
    for one in facts:
        suspects: set[str] = set()
        taken = False
        while not taken:
            ledger.begin(ledger.deadlines, known, None)
            ledger.suspects = suspects
            try:
                if one.refused is not None:
                    ledger.refuse(one.fact, one.record.value, one.refused, fact_type=one.type, touches=())
                else:
                    ledger.take(one.fact, one.record.value, RELEASE, DECISIONS_PER_TRANSACTION)
                taken = True
            except BatchFull:
                taken = False
            except Fault as fault:
                suspects.add(fault.subject)
            records += ledger.records
            known |= ledger.handled.keys()
    return records


def _views_equal_a_refold(run: Simulation, vendor: str, entries: Sequence[Entry]) -> None:
    tables = run.database.tables
    theirs = _in_order(folded(Rows(), entries))
    last = (entries[-1].seq, entries[-1].hash) if entries else None
    for view in run.views():
        mine = _in_order(tables["view"].get((view.name, vendor)) or Rows())
        assert mine == theirs, f"G4, G6, G8: the rows of {view.name}, {vendor}, are not what the journal says"
        head = tables["view_head"].get((view.name, view.version, vendor))
        assert (head and tuple(head)) == last, f"G4: {view.name} of {vendor} stands at {head} instead of {last}"


def _in_order(rows: Rows) -> Rows:
    """What was set aside was posted later, and stands behind what was posted meanwhile."""
    return rows._replace(postings=tuple(sorted(rows.postings, key=repr)))


def _line(record: StoredRecord | Record) -> Line:
    return record.headers, record.value


def _told(line: Line) -> str:
    headers = dict(line[0])
    return f"{headers['ce_id']} {headers['ce_type']} {line[1].decode()[:200]} caused by {headers['ce_cause']}"


def _where(error: AssertionError) -> str:
    place, trace = "", error.__traceback__
    while trace is not None:
        place, trace = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}", trace.tb_next
    return f"{error} ({place})"
