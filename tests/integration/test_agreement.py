"""`dealreg verify` holds what views say against what the decider holds: a difference made on purpose is found."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from dealreg.runtime.views import VIEWS
from dealreg.tools.agreement import MAX_DIFFERENCES, SHOWN, Agreement
from dealreg.tools.recompute_documents import DeciderDocuments
from services.attribution.held import KINDS
from services.attribution.worker import Worker
from services.projections.difference import Difference
from services.projections.verify import Report, verify
from services.projections.views import PIPELINE
from shared.database import open_pool
from shared.events.codec import encode_fact
from shared.events.envelope import Fact
from shared.events.partner import PartnerSuspended
from shared.events.target import TargetSet
from shared.log import open_log
from shared.log.port import EventLog
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.stored import unpack_documents
from tests.unit.attribution.house import House
from tests.unit.attribution.shop import REBATE, cancelled, refunded, selling, won

DELTA = {"legal_name": "Delta Works", "tax_id": "777"}
OMEGA = {"legal_name": "Omega Steel", "tax_id": "471-193-205"}


class Service:
    """A decider, a log and every view, run by hand."""

    def __init__(self, pool: Any, log: EventLog, settings: Settings) -> None:
        self.pool, self.log, self.settings = pool, log, settings

    async def decide(self, *facts: Fact) -> None:
        await self.log.append("facts", [encode_fact(fact) for fact in facts])
        worker = Worker(self.pool, self.log, self.settings)
        while await worker.step():
            pass
        await worker.close()

    async def show(self, *views: Any) -> None:
        for view in views or VIEWS:
            runner = Runner(view, self.pool, self.log, self.settings)
            while await runner.step():
                pass
            await runner.close()

    async def verified(self) -> Report:
        beside = DeciderDocuments(joins_transaction=self.log.joins_transaction, agreement=Agreement())
        return await verify(self.pool, self.log, VIEWS, beside=(beside,))

    async def disagreements(self) -> list[Difference]:
        """By the comparison alone, without the refolds that would find the damage as well."""
        agreement = Agreement()
        async with self.pool.acquire() as connection, connection.transaction():
            await agreement.begin(connection)
            return await agreement.differences(connection, ["acme"])


@pytest_asyncio.fixture(loop_scope="session")
async def service(database: str, settings: Settings) -> AsyncIterator[Service]:
    small = settings.model_copy(update={"partitions": 2, "poll_ms": 20})
    pool = await open_pool(database, small)
    log = open_log(small, database_pool=pool)
    await log.start()
    yield Service(pool, log, small)
    await log.stop()
    await pool.close()


def everything() -> House:
    """At least one thing of each kind that is compared, none of them as it began."""
    house = selling(rewards=[{**REBATE, "hold_days": 0}, {**REBATE, "name": "more", "pct": 3}])
    house.submit("rB", "B", day=2, customer=DELTA)
    house.submit("rC", "C", day=3)  # waits behind rA
    house.submit("rD", "D", day=3, customer={"legal_name": "Delta Works", "tax_id": None})  # looks like rB's customer
    house.submit("rE", "A", day=3, customer=OMEGA)
    house.submit("rF", "B", day=3, customer=OMEGA)  # waits behind rE
    won(house, "50.00", id_="o2", partner="C", day=4)  # a breach: rA holds the deal
    refunded(house, "f1", "40.00", day=5)
    won(house, "100.00")
    house.crm("created", "o1", day=11, partner="A")
    cancelled(house, "f2", day=13)
    won(house, id_="o3", partner="A", day=13, amount={"amount": "7.00", "currency": "EUR"})
    house.when(PartnerSuspended(partner="D", reason="audit"), day=14)
    days = {"first_day": date(2026, 1, 1), "last_day": date(2026, 3, 31)}
    house.when(TargetSet(partner="A", name="q1", measure="won", count=5, **days), day=14)
    return house


async def test_every_kind_that_the_decider_holds_is_compared_and_there(service: Service) -> None:
    await service.decide(*everything().taken)
    await service.show()
    report = await service.verified()
    assert report.differences == []
    assert {shown.kind for shown in SHOWN} == KINDS
    async with service.pool.acquire() as connection, connection.transaction():
        for shown in SHOWN:
            assert [row async for row in shown.rows(connection)], f"no {shown.kind} in {shown.table}"


TABLES = {
    "projections.pipeline": [
        ("registration", "state", "state = 'expired'"), ("registration", "revision", "revision = revision + 1"),
        ("registration", "protected_until", "protected_until = now()"), ("registration", "behind", "behind = '{x}'"),
        ("registration", "content", "customer_name = 'Somebody Else'"),
        ("registration", "won_opportunities", "won_opportunities = 7"),
        ("won_value", "minor", "won_minor = '{1}', won_currencies = '{USD}'"),
    ],
    "projections.pipeline_opportunity": [
        ("opportunity", "state", "state = 'open'"), ("opportunity", "registration", "registration_id = 'rX'"),
        ("opportunity", "amount_minor", "amount_minor = 1"),
    ],
    "projections.opportunity": [
        ("opportunity", "state", "state = 'open'"), ("opportunity", "registration", "registration_id = 'rX'"),
        ("opportunity", "amount_minor", "amount_minor = 1"), ("opportunity", "refunded_minor", "refunded_minor = 1"),
        ("opportunity", "refunds", "refunds = NULL"), ("opportunity", "case", "won_case = 'late'"),
    ],
    "projections.credit": [
        ("credit", "shares", "amount_minor = amount_minor + 1"), ("credit", "shares", "partner = 'D'"),
        ("credit", "number", "number = 9"),
    ],
    "projections.reward": [
        ("reward", "status", "status = 'payable'"), ("reward", "amount_minor", "amount_minor = 1"),
        ("reward", "left_minor", "left_minor = 1"), ("reward", "cases", "cases = '{x}'"),
        ("reward", "hold_until", "hold_until = now()"),
    ],
    "projections.case_file": [("case", "state", "state = 'closed'"), ("case", "reversed", "outcome = 'reversed'")],
    "projections.payout": [("balance", "minor", "credit_minor = credit_minor + 1")],
    "projections.standing": [("suspension", "(row)", "suspended = false")],
    "projections.customer_match": [("match", "(row)", "state = 'lapsed'")],
    "projections.conflict": [("conflict", "(row)", "state = 'resolved'")],
    "registration.directory_vendor": [("vendor", "mode", "mode = 'live'"), ("vendor", "document", "document = '{}'")],
    "registration.directory_partner": [
        ("partner", "tier", "tier = 'gold'"), ("partner", "targets", "targets = '{}'"),
        ("partner", "targets", "targets = jsonb_set(targets, '{q1,count}', '7')"),
        ("partner", "suspended", "status = 'active'"),
    ],
    "registration.directory_program": [("program", "in_force", "in_effect = NULL")],
}  # fmt: skip
DOCUMENTS = [
    ("registration", "registration", "state", """replace(body::text, '"protected"', '"expired"')"""),
    ("registration", "conflict", "(row)", """regexp_replace(body::text, '"conflict":"[^"]*"', '"rates":1')"""),
    ("registration", "match", "(row)", """replace(body::text, '"customer_match"', '"review"')"""),
    ("opportunity", "opportunity", "state", """replace(body::text, '"status":"won"', '"status":"lost"')"""),
    ("opportunity", "won_value", "minor", """replace(body::text, '"100.00"', '"999.00"')"""),
    ("credit", "credit", "value_minor", """regexp_replace(body::text, '"value_minor":[0-9]+', '"value_minor":1')"""),
    ("reward", "reward", "amount_minor", """regexp_replace(body::text, '"amount_minor":[0-9]+', '"amount_minor":1')"""),
    ("reward", "balance", "minor", """regexp_replace(body::text, '"amount_minor":[0-9]+', '"amount_minor":1')"""),
    ("case", "case", "reversed", """replace(body::text, '{', '{"reversed":true,')"""),
    ("partner", "suspension", "(row)", """replace(body::text, '"suspended":true', '"suspended":false')"""),
    ("partner", "partner", "tier", """replace(body::text, '"silver"', '"gold"')"""),
    ("partner", "partner", "targets", """regexp_replace(body::text, '"q1", ?"[0-9a-f]+"', '"q1","0"')"""),
    ("program", "program", "in_force", """regexp_replace(body::text, '"in_force":[0-9]+', '"in_force":7')"""),
    ("vendor", "vendor", "mode", """replace(body::text, '"importing"', '"live"')"""),
]


async def test_a_difference_made_on_purpose_is_found_in_each_table_and_each_document(service: Service) -> None:
    house = everything()
    await service.decide(*house.taken)
    await service.show()
    await unpack_documents(service.pool)
    damages = [
        (f"UPDATE {table} SET {change}", table, kind, column)
        for table, changes in TABLES.items()
        for kind, column, change in changes
    ]
    damages += [
        (f"UPDATE attribution.document SET body = ({change})::json WHERE kind = '{kind}'", None, compared, column)
        for kind, compared, column, change in DOCUMENTS
    ]
    assert {compared for _, _, compared, _ in damages} == KINDS
    for damage, table, kind, column in damages:
        agreement = Agreement()
        async with service.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("SET LOCAL session_replication_role = replica")  # the ledger's guards stay out
            await connection.execute(damage)
            await agreement.begin(connection)
            found = await agreement.differences(connection, ["acme"])
            await transaction.rollback()
        mine = [one for one in found if one.key.startswith(kind) and table in (None, one.table)]
        assert mine, f"{damage} was not found, but {found}"
        assert column in {one.column for one in mine}, f"{damage} was found as {mine}"
        assert all(one.expected != one.found and one.vendor == "acme" for one in mine)
    assert await service.disagreements() == []


@pytest.mark.parametrize("table", [shown.table for shown in SHOWN if shown.table != "projections.posting"])
async def test_a_row_that_is_missing_is_found(service: Service, table: str) -> None:
    await service.decide(*everything().taken)
    await service.show()
    await service.pool.execute(f"DELETE FROM {table}")
    found = [one for one in await service.disagreements() if one.table == table]
    assert {one.column for one in found} <= {"(row)", "in_force", "versions"}
    assert 0 < len(found) <= 2 * MAX_DIFFERENCES


async def test_verify_tells_of_a_view_that_both_its_fold_and_its_rows_get_wrong(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refold by the same code finds nothing where the code itself is wrong; the decider does."""
    monkeypatch.setattr("services.projections.views.won.after", lambda state, event: "open")
    await service.decide(*everything().taken)
    await service.show()
    differences = (await service.verified()).differences
    assert differences
    assert {one.view for one in differences} == {"agreement"}
    assert {one.table for one in differences} == {"projections.pipeline_opportunity", "projections.pipeline"}
    assert str(differences[0]).startswith("agreement: vendor acme, projections.pipeline")


async def test_a_view_that_is_behind_is_compared_in_what_the_rest_does_not_touch(service: Service) -> None:
    house = everything()
    await service.decide(*house.taken)
    await service.show()
    taken = len(house.taken)
    house.crm("changed", "o3", day=20, partner="A", amount={"amount": "8.00", "currency": "EUR"})
    house.submit("rG", "D", day=20, customer={"legal_name": "Fifth", "tax_id": "5"})
    await service.decide(*house.taken[taken:])
    assert [one for one in await service.disagreements() if one.table == "projections.opportunity"]
    assert (await service.verified()).differences == []
    await service.pool.execute("UPDATE projections.pipeline SET state = 'expired' WHERE registration_id = 'rB'")
    found = [one for one in (await service.verified()).differences if one.view == "agreement"]
    assert [(one.key, one.column) for one in found] == [("registration rB", "state")]
    await service.show(PIPELINE)
    found = [one for one in (await service.verified()).differences if one.view == "agreement"]
    assert [(one.key, one.column) for one in found] == [("registration rB", "state")]
