"""A replay reads the log of a real database in two processes, says what one process says, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import io
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from pydantic import SecretStr

from dealreg.runtime.components import Runtime, runtime
from dealreg.tools.replay_process import FoldEnded
from dealreg.tools.replay_report import as_csv, as_json, as_text
from dealreg.tools.replaying import Period, Replay, Unclear, period_of, replay, vendor_of
from services.attribution.replay.candidate import CandidateUnfit
from services.attribution.replay.differences import Change
from services.attribution.worker import Worker
from services.registration.intake.operator import VendorUnknown
from shared.events.codec import encode_fact
from shared.settings import Settings
from tests.replaying import policy_of, replayed
from tests.unit.attribution.house import START, House
from tests.unit.attribution.shop import MONEY, REBATE, selling, won
from tests.until import until

CANDIDATE = policy_of({**MONEY, "rewards": [{**REBATE, "pct": 20}], "protection": {"days": 30}})
WHOLE = Period(None, None)
_TABLES = """
SELECT table_schema || '.' || table_name FROM information_schema.tables
WHERE table_type = 'BASE TABLE' AND table_schema IN ('log', 'attribution', 'projections', 'registration')
  AND table_name NOT IN ('worker', 'ownership') ORDER BY 1
"""
_PUBLISHED = """
INSERT INTO registration.directory_program (vendor, program, number, policy, withdrawn, seq)
VALUES ($1, $2, 1, '{}', false, 1)
"""
KILLED = """
import asyncio, multiprocessing, os, signal
from dealreg.runtime.components import runtime
from dealreg.tools.replaying import Period, Replay, replay
from shared.settings import load_settings
from tests.replaying import policy_of

def kill(*_):
    print(*(process.pid for process in multiprocessing.active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with runtime(load_settings(), "test") as on:
        policy = policy_of({"protection": {"days": 30}})
        await replay(on, Replay("acme", policy, Period(None, None)), lambda *_: None, kill)

if __name__ == "__main__":
    asyncio.run(main())
"""


def told() -> House:
    house = selling()
    won(house)
    for number in range(40):
        house.submit(f"r{number}", "BCD"[number % 3], day=11 + number, products=["Z" if number % 2 else "X"])
    return house


@pytest.fixture
def small(settings: Settings, database: str) -> Settings:
    return settings.model_copy(update={"partitions": 2, "database_url": SecretStr(database)})


async def filled(on: Runtime, house: House) -> None:
    """The house's facts, among another vendor's, in the log and decided."""
    records = [encode_fact(fact) for fact in house.taken]
    for record in records:
        await on.log.append("facts", [record, type(record)("other", record.headers, record.value)])
    worker = Worker(on.pool, on.log, on.settings)
    while await worker.step():
        pass
    await worker.close()
    programs = (("acme", "hunting"), ("acme", "teaming"), ("other", "hunting"))
    await on.pool.executemany(_PUBLISHED, programs)


async def content(on: Runtime) -> dict[str, str]:
    digest = "SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {} t"
    tables = [row[0] for row in await on.pool.fetch(_TABLES)]
    return {table: await on.pool.fetchval(digest.format(table)) for table in tables}


async def two_children() -> list[int]:
    found = [process.pid or 0 for process in multiprocessing.active_children()]
    return found if len(found) == 2 else []


async def run(on: Runtime, policy: Any = CANDIDATE, period: Period = WHOLE, **more: Any) -> tuple[list[Change], Replay]:
    found: list[Change] = []
    done = Replay("acme", policy, period)
    await replay(on, done, lambda _, differing: found.extend(differing), **more)
    return found, done


async def test_two_processes_say_what_one_says_and_nothing_is_written(small: Settings) -> None:
    house = told()
    async with runtime(small, "test") as on:
        await filled(on, house)
        before = await content(on)
        for period in (WHOLE, Period(START + timedelta(days=12), START + timedelta(days=45))):
            expected, totals = replayed(house, CANDIDATE, period.since, until=period.until)
            phases: set[str] = set()
            found, done = await run(on, period=period, on_progress=lambda what, *_, into=phases: into.add(what))
            assert found == expected
            assert expected
            assert (done.totals, done.published_now) == (totals, [])
            assert done.facts > 40
            assert phases == {"deciding facts", "comparing"}
        assert await content(on) == before
    assert multiprocessing.active_children() == []


async def test_every_form_has_every_difference(small: Settings) -> None:
    house = told()
    async with runtime(small, "test") as on:
        await filled(on, house)
        out: dict[str, io.StringIO] = {}

        async def written(form: Callable[[Replay, Iterator[Change], Any], None]) -> str:
            text = out[form.__name__] = io.StringIO()
            done = Replay("acme", CANDIDATE, WHOLE)
            await replay(on, done, lambda replayed, found: form(replayed, found, text))
            return text.getvalue()

        document = json.loads(await written(as_json))
        (reward,) = (one for one in document["changes"] if one["what"] == "reward")
        assert reward["before"] == {"name": "rebate", "amount": "100.00", "currency": "USD"}
        assert reward["after"] == {"name": "rebate", "amount": "200.00", "currency": "USD"}
        assert document["partners"]["A"]["rewards"] == [{"amount": "100.00", "currency": "USD"}]
        rows = (await written(as_csv)).splitlines()
        assert len(rows) == 1 + len(document["changes"])
        assert "reward,o1,A,rA,rebate,100.00,200.00,USD,,,,,rewards," in rows
        text = await written(as_text)
        assert "o1 of A: rebate 100.00 USD -> rebate 200.00 USD  [rewards]" in text
        assert "Published after everything else, it would move 0 of" in text


async def test_what_makes_no_sense_is_one_clear_error(small: Settings) -> None:
    async with runtime(small, "test") as on:
        await filled(on, told())
        with pytest.raises(VendorUnknown):
            await vendor_of(on.pool, "nobody", CANDIDATE)
        with pytest.raises(Unclear, match="name one with --vendor"):
            await vendor_of(on.pool, None, CANDIDATE)
        with pytest.raises(Unclear, match="no vendor has published a version of program unheard"):
            await vendor_of(on.pool, None, policy_of({"program": "unheard"}))
        assert await vendor_of(on.pool, None, policy_of({"program": "teaming"})) == "acme"
        with pytest.raises(CandidateUnfit, match="platinum"):
            await run(on, policy_of({"eligibility": {"min_tier": "platinum"}}))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("since, until_, expected", [
    ("2026-02-30", None, "no such day"), ("yesterday", None, "--from"), (None, "2026-01-01T00:00", "--to"),
    ("2026-03-01", "2026-02-01", "before --to"),
])  # fmt: skip
def test_a_period_that_is_none_says_why(since: str | None, until_: str | None, expected: str) -> None:
    with pytest.raises(Unclear, match=expected):
        period_of(CANDIDATE, since, until_)


def test_a_day_begins_at_the_midnight_of_the_policy() -> None:
    policy = policy_of({"time_zone": "Europe/Berlin"})
    assert str(period_of(policy, "2026-07-01", None).since) == "2026-06-30 22:00:00+00:00"
    dated = policy_of({"effective_from": "2026-02-01"})
    assert str(period_of(dated, None, None).since) == "2026-02-01 00:00:00+00:00"


async def test_an_interrupt_ends_both_processes(small: Settings) -> None:
    house = told()
    async with runtime(small, "test") as on:
        await filled(on, house)
        task = asyncio.create_task(run(on))
        await until(two_children)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert multiprocessing.active_children() == []


async def test_a_process_that_is_killed_is_told_of_and_the_other_one_ends(small: Settings) -> None:
    async with runtime(small, "test") as on:
        await filled(on, told())
        task = asyncio.create_task(run(on))
        await until(two_children)
        os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        with pytest.raises(FoldEnded):
            await task
    assert multiprocessing.active_children() == []


async def test_a_killed_command_leaves_no_process_and_no_file(small: Settings, tmp_path: Path) -> None:
    async with runtime(small, "test") as on:
        await filled(on, told())
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    folder = tmp_path / "temporary"
    folder.mkdir()
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "DEALREG_DATABASE_URL": small.database_url.get_secret_value(), "DEALREG_PARTITIONS": "2",  # type: ignore[union-attr]
             "SQLITE_TMPDIR": str(folder), "TMPDIR": str(folder), "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == -signal.SIGKILL
    pids = [int(one) for one in said.split()]
    assert len(pids) == 2

    async def gone() -> bool:
        return not any(psutil.pid_exists(pid) for pid in pids)

    await until(gone)
    assert list(folder.iterdir()) == []
