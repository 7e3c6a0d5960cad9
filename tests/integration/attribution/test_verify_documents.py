"""The decider's documents and heads are held against the journal: an edit, a lost row, a wrong head are each named."""

from __future__ import annotations

import pytest

from dealreg.tools.recompute_documents import DeciderDocuments
from services.attribution import recompute
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.working_set import NeedsDocuments, WorkingSet
from services.projections import verify as verifying
from services.projections.verify import Report, verify
from shared.events.base import Event
from shared.events.vendor import DeciderUpgraded
from tests.integration.attribution.conftest import Deciding
from tests.integration.attribution.test_worker import history
from tests.journals import Journal


async def verified(deciding: Deciding) -> Report:
    beside = DeciderDocuments(joins_transaction=deciding.log.joins_transaction)
    return await verify(deciding.pool, deciding.log, (), beside=(beside,))


async def test_what_was_decided_is_what_the_journal_says(deciding: Deciding) -> None:
    await deciding.append(*history().taken)
    await deciding.decide()
    report = await verified(deciding)
    assert (report.differences, report.entries) == ([], len(await deciding.journal()))


@pytest.mark.parametrize(
    "damage, table, key, column",
    [
        ("UPDATE attribution.document SET body = replace(body::text, '12.00', '13.00')::json "
         "WHERE body::text ~ '12.00'", "attribution.document", "opportunity ", "body"),
        ("UPDATE attribution.document SET due = now() WHERE kind = 'partner' AND id = 'B'",
         "attribution.document", "partner B", "due"),
        ("DELETE FROM attribution.document WHERE kind = 'partner' AND id = 'B'",
         "attribution.document", "partner B", "body"),
        ("INSERT INTO attribution.document SELECT vendor, kind, 'Z', due, body FROM attribution.document "
         "WHERE kind = 'partner' AND id = 'B'", "attribution.document", "partner Z", "body"),
        ("UPDATE attribution.head SET hash = repeat('0', 64)", "attribution.head", "entry ", "hash"),
        ("UPDATE attribution.processed_fact SET last_seq = 1000", "attribution.processed_fact", "", "last_seq"),
    ],
)  # fmt: skip
async def test_damage_is_named(deciding: Deciding, damage: str, table: str, key: str, column: str) -> None:
    await deciding.append(*history().taken)
    await deciding.decide()
    await deciding.pool.execute(damage)
    [difference] = (await verified(deciding)).differences
    assert (difference.view, difference.vendor, difference.table) == ("attribution", "acme", table)
    assert difference.key.startswith(key)
    assert difference.column == column
    assert difference.expected != difference.found


async def test_no_document_is_asked_for_by_itself(deciding: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    await deciding.append(*history().taken)
    await deciding.decide()
    asked = []

    def evolved(working_set: WorkingSet, event: Event) -> None:
        try:
            evolve(working_set, event)
        except NeedsDocuments as missing:
            asked.append((event.type, sorted(missing.keys)))
            raise

    monkeypatch.setattr(recompute, "evolve", evolved)
    for size in (5_000, 50):
        monkeypatch.setattr(verifying, "BATCH_ENTRIES", size)
        assert (await verified(deciding)).holds
        assert asked == []


async def test_what_several_releases_decided_is_not_compared(deciding: Deciding) -> None:
    await deciding.append(*history().taken)
    await deciding.decide()
    journal = Journal("acme")
    head = await deciding.pool.fetchrow("SELECT seq, hash FROM attribution.head")
    journal.entries += [(await deciding.journal())[-1]] * head["seq"]
    upgraded = journal.add(DeciderUpgraded(release="0.0.1", normaliser=1))
    await deciding.log.append("journal", journal.records[-1:])
    await deciding.pool.execute("UPDATE attribution.head SET seq = $1, hash = $2", upgraded.seq, upgraded.hash)
    await deciding.pool.execute("UPDATE attribution.document SET due = now() WHERE kind = 'partner' AND id = 'B'")
    assert (await verified(deciding)).differences == []
