"""What accepting takes below HTTP: prepared registrations with new contacts, so many at a time, one after another.

A batch is small where requests are few: then what a batch takes whatever its size is what a registration takes.
"""

from __future__ import annotations

import asyncio
import time

from dealreg.runtime.components import Runtime, runtime
from services.registration.api.edge import build
from services.registration.intake.kinds import SUBMIT
from services.registration.intake.submission import Sent, Submission, Submissions
from shared.credentials import SCOPES, Caller
from shared.persons import MasterKey
from tests.bench.accepting import VENDOR, house
from tests.bench.costing import Spent, busy_tree, postmaster
from tests.bench.figures import Figure
from tests.bench.mixed import PARTNERS, PRODUCTS, claim_body
from tests.bench.place import Place
from tests.bench.weighing import wal_written

SIZES = (64, 4, 1)
PRINCIPAL = "key:bench"


async def enter(place: Place, registrations: int, rounds: int) -> list[Figure]:
    """Processor time and write-ahead log of a registration, by registrations in a batch."""
    settings, _ = await house(place)
    async with runtime(settings, "bench") as found:
        spent: dict[int, list[Spent]] = {size: [] for size in SIZES}
        for turn in range(-1, rounds):  # the first fills caches and pools
            for size in SIZES:
                first = ((turn + 1) * len(SIZES) + SIZES.index(size)) * registrations
                measured = await _entered(found, _prepared(found, first, registrations), size)
                if turn >= 0:
                    spent[size].append(measured)
    figures = []
    for size, measured_ in spent.items():
        for name, unit, values in (
            ("Python", "µs/registration", [1e6 * one.ours for one in measured_]),
            ("PostgreSQL", "µs/registration", [1e6 * one.servers for one in measured_]),
            ("write-ahead log", "B/registration", [one.wal for one in measured_]),
        ):
            each = tuple(value / registrations for value in values)
            figures.append(Figure(f"entered, {size} a batch, {name}", unit, each))
    return figures


def _prepared(found: Runtime, first: int, registrations: int) -> list[Submission]:
    submissions = Submissions(MasterKey(found.settings.master_key_bytes()))
    caller = Caller(VENDOR, PRINCIPAL, None, frozenset(SCOPES), "bench")
    made = []
    for number in range(first, first + registrations):
        body = claim_body(f"partner-{number % PARTNERS}", number, f"Model {number % PRODUCTS}", sealed=False)
        made.append(submissions.prepare(Sent(SUBMIT, body, f"enter-{number}"), caller))
    return made


async def _entered(found: Runtime, submissions: list[Submission], size: int) -> Spent:
    intake = build(found.settings, found.pool, found.log, None).intake
    await intake.start()
    postgres = await postmaster(found)
    wal, server, ours = await wal_written(found), busy_tree(postgres), time.process_time()
    for first in range(0, len(submissions), size):
        await asyncio.gather(*(intake.accept(one) for one in submissions[first : first + size]))
    await intake.stop()  # with the marks that follow
    return Spent(time.process_time() - ours, busy_tree(postgres) - server, await wal_written(found) - wal)
