"""No statement of the hot path reads more than its own rows, in tables that have grown and were never analysed.

The server reports the plan of each statement that it ran, with the pages that each scan read. A plan that walks an
index or a table reads pages in proportion to what is stored; one that finds its rows reads a few for each of them.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
from sqlalchemy import event

from services.attribution.domain.documents.keys import Key
from services.attribution.recompute import Recompute
from services.attribution.worker import CONSUMER, Worker
from services.projections.api import create_app as create_queries
from services.projections.views import ALL
from services.registration.api.app import create_app
from shared.credentials import SCOPES, Credentials
from shared.database import open_engine, open_pool
from shared.database.connections import session_settings
from shared.events.codec import encode_fact
from shared.log import open_log
from shared.log.port import EventLog, Record, Topic
from shared.projection.runner import Runner
from shared.projection.switch import consumer_of
from shared.settings import Settings
from tests.bench.mixed import History, claim_body
from tests.conftest import missing

FACTS = 700
MEASURED = 60
"""Facts of the history that are told once the tables have grown: a few of each kind."""
ROWS = 20_000
"""To which each table grows: a hundred pages and more of any index."""
PAGES_A_ROW = 8
PAGES_ALWAYS = 24
"""Pages of one row found, and of one scan however little it finds: an index is three levels deep at most, and rows that
a commit has just replaced lie beside the ones in force."""

_TABLES = """
SELECT c.oid::regclass::text AS name, array_agg(a.attname ORDER BY a.attnum) AS columns,
    array_agg(a.attname) FILTER (WHERE a.attnum = ANY (i.indkey::int2[]) AND t.typname = 'text') AS texts,
    array_agg(a.attname) FILTER (WHERE a.attnum = ANY (i.indkey::int2[]) AND t.typname IN ('int4', 'int8')) AS numbers
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname IN ('registration', 'attribution', 'projections') AND c.relkind = 'r' GROUP BY 1 ORDER BY 1
"""
_PASSED = "SELECT coalesce(sum(next_offset), 0)::bigint FROM log.ownership WHERE consumer = $1"
_FEW = ("head", "version", "measure_open", "halted", "feed_vendor", "directory_vendor", "administration")
"""Tables of a row a vendor or less, which grow with nothing that is registered."""
_OTHERS = {
    "registration.person": {"lookup_hash": "lookup_hash || copy::text::bytea"},
    "attribution.document": {"kind": "kind", "due": "due + interval '50 years'"},
}
"""What else differs in a repeated row: a person's second key, and deadlines of things that nobody decides on."""
_REPORT = {
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_format": "json",
    "auto_explain.log_nested_statements": "on",
    "client_min_messages": "log",
}
_PLAN = "plan:\n"


class _Telling(asyncpg.Connection):  # type: ignore[misc]
    """A connection that keeps its listener while it rests in the pool."""

    def _check_listeners(self, *_: object) -> None: ...


@asynccontextmanager
async def _told(database: str, settings: Settings, plans: list[dict[str, Any]]) -> AsyncIterator[asyncpg.Pool]:
    """A pool whose server adds the plan of each statement that it ran."""

    def told(_connection: Any, message: Any) -> None:
        if _PLAN in message.message:
            plans.append(json.loads(message.message.partition(_PLAN)[2]))

    async def tell(connection: Any) -> None:
        await connection.execute("LOAD 'auto_explain'")
        for name, value in _REPORT.items():
            await connection.execute(f"SET {name} = '{value}'")

    async def listen(connection: Any) -> None:
        connection.add_log_listener(told)  # the driver makes a proxy for each use, and the listener goes with it

    async def keep(_connection: Any) -> None:
        """Keep the session's settings, as the service's own pool does."""

    try:
        pool = await asyncpg.create_pool(
            database,
            min_size=1,
            connection_class=_Telling,
            init=tell,
            setup=listen,
            reset=keep,
            server_settings=session_settings(settings, "plans"),
        )
    except asyncpg.InsufficientPrivilegeError as error:
        missing("a PostgreSQL whose superuser loads auto_explain", error)
    async with pool:
        yield pool


async def test_no_statement_reads_more_than_its_rows_in_tables_that_were_never_analysed(
    database: str, settings: Settings
) -> None:
    settings = settings.model_copy(update={"partitions": 1})
    facts = [encode_fact(fact) for fact in History("bench", FACTS)]
    async with await open_pool(database, settings) as pool:
        tables = await _growing(pool)
        for table in tables:
            await pool.execute(f"ALTER TABLE {table.name} SET (autovacuum_enabled = off)")
        await _work(pool, settings, facts[:-MEASURED], range(20))
        for table in tables:
            await _grow(pool, table)
    plans: list[dict[str, Any]] = []
    async with _told(database, settings, plans) as pool:
        await _work(pool, settings, facts[-MEASURED:], range(10, 30))  # half of the keys are known

    scans = [(plan, scan) for plan in plans for scan in _scans(plan["Plan"])]
    reached = {scan["Relation Name"] for _, scan in scans if "Relation Name" in scan}
    assert {"pipeline", "document", "credit", "feed_subject", "idempotency", "person"} <= reached
    wasteful = {
        f"{scan['Node Type']} of {scan.get('Index Name') or scan['Relation Name']} read {_pages(scan)} pages "
        f"for {_rows(plan['Plan'])} rows: {plan['Query Text']}"
        for plan, scan in scans
        if _pages(scan) > PAGES_ALWAYS + PAGES_A_ROW * _rows(plan["Plan"])
    }
    assert not wasteful, "\n\n".join(sorted(wasteful))


async def test_recomputing_finds_its_documents_without_reading_them_all(database: str, settings: Settings) -> None:
    """In tables of its own that nobody analyses, with more keys a batch than a planner would look up one by one."""
    plans: list[dict[str, Any]] = []
    async with _told(database, settings, plans) as pool, pool.acquire() as connection, connection.transaction():
        await connection.execute("CREATE TEMP TABLE document (LIKE attribution.document INCLUDING ALL) ON COMMIT DROP")
        await connection.execute(
            "INSERT INTO pg_temp.document (vendor, kind, id, body) "
            "SELECT 'bench', 'key', 'name:' || n, '{}' FROM generate_series(1, $1::integer) AS n",
            ROWS,
        )
        plans.clear()
        wanted = {("bench", Key("key", f"name:{number}")) for number in range(1, ROWS, 40)}
        await Recompute("pg_temp")._load(connection, wanted)
    (plan,) = [one["Plan"] for one in plans if "pg_temp.document" in one["Query Text"]]
    assert _rows(plan) == len(wanted)
    for scan in _scans(plan):
        assert scan["Node Type"] == "Index Scan"
        assert _pages(scan) <= PAGES_A_ROW * len(wanted)


LISTS = (
    "/v1/measures?group_by=partner",
    "/v1/measures?group_by=product",
    "/v1/measures?group_by=territory&as_of=2025-03-31",
    "/v1/measures?group_by=month&as_of=2025-04-03",
    "/v1/measures?partner=partner-1&group_by=month",
    "/v1/pipeline?state=protected&sort=protected_until&limit=20",
    "/v1/pipeline?state=protected&sort=-protected_until&limit=20",
    "/v1/conflicts?state=open&sort=detected_at&limit=20",
    "/v1/conflicts?state=open&limit=20&fields=conflict",
)
"""Questions of one vendor's console over all of its registrations, which read few of them."""
READ_SHARE = 0.3
"""Of a table's pages: no question reads more."""
READ = ("measure", "pipeline", "conflict")
"""Tables that grow with what is registered."""


async def test_no_page_of_a_large_vendor_reads_its_whole_tables(database: str, settings: Settings) -> None:
    settings = settings.model_copy(update={"partitions": 1})
    async with await open_pool(database, settings) as pool:
        await _work(pool, settings, [encode_fact(fact) for fact in History("bench", FACTS)], range(1))
        for table in await _growing(pool):
            if table.name.partition(".")[2] in READ:
                await _grow(pool, table)
        await pool.execute("VACUUM (ANALYZE)")
        pages = {one: await pool.fetchval(f"SELECT pg_relation_size('projections.{one}') / 8192") for one in READ}
        asked: list[tuple[str, Any]] = []
        async with _read(database, settings, pool, asked) as client:
            for path in LISTS:
                asked.clear()
                answer = await client.get(path)
                assert answer.status_code == 200, answer.text
                assert answer.json().get("items") or answer.json()["groups"], path
                for statement, parameters in asked:
                    explained = await pool.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *parameters)
                    for scan in _scans(json.loads(explained)[0]["Plan"]):
                        name = scan.get("Relation Name") or scan["Index Name"].partition("_")[0]
                        most = PAGES_ALWAYS + READ_SHARE * pages.get(name, 1_000)
                        assert _pages(scan) <= most, f"{path}: {scan['Node Type']} of {name}, {pages}: {statement}"


@asynccontextmanager
async def _read(
    database: str, settings: Settings, pool: asyncpg.Pool, asked: list[tuple[str, Any]]
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the query service that notes each statement with its parameters."""
    engine = open_engine(database, settings)

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    app = create_queries(settings, pool, engine)
    _, token = await Credentials(pool, 0).create("bench", SCOPES)
    headers = {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://queries", headers=headers) as client:
        yield client
    await engine.dispose()


async def _work(pool: asyncpg.Pool, settings: Settings, facts: Sequence[Record], posts: range) -> None:
    """The facts and posts are accepted, decided and folded by every view."""
    log = open_log(settings, database_pool=pool)
    await log.start()
    try:
        await log.append("facts", facts)
        app = create_app(settings, pool, log)
        intake = app.state.edge.intake  # without what the service does once an hour beside it
        await intake.start()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge") as client:
            await _post(client, await Credentials(pool, 0).create("bench", SCOPES, partner="partner-1"), posts)
        await intake.stop()
        await _to_the_end(pool, log, "facts", Worker(pool, log, settings), CONSUMER)
        for view in ALL:
            await _to_the_end(pool, log, "journal", Runner(view, pool, log, settings), consumer_of(view, view.version))
    finally:
        await log.stop()


async def _to_the_end(pool: asyncpg.Pool, log: EventLog, topic: Topic, worker: Worker | Runner, consumer: str) -> None:
    end = sum(await log.end_offsets(topic))
    # An empty fetch alone does not say that nothing is there.
    while await worker.step() or await pool.fetchval(_PASSED, consumer) < end:
        pass
    await worker.close()


async def _post(client: httpx.AsyncClient, credential: tuple[Any, str], numbers: range) -> None:
    for number in numbers:
        body = claim_body("partner-1", number, "Model 1", sealed=False)
        headers = {"Authorization": f"Bearer {credential[1]}", "Idempotency-Key": f"{number}"}
        answer = await client.post("/v1/registrations", json=body, headers=headers)
        assert answer.status_code == 202, answer.text


@dataclass(frozen=True)
class _Table:
    name: str
    columns: list[str]
    texts: list[str]
    numbers: list[str]


async def _growing(pool: asyncpg.Pool) -> list[_Table]:
    """The tables that grow with what is registered, and how their rows can be repeated under other keys."""
    found = [
        _Table(
            row["name"], row["columns"], [one for one in row["texts"] or () if one != "vendor"], row["numbers"] or []
        )
        for row in await pool.fetch(_TABLES)
    ]
    return [one for one in found if one.name.partition(".")[2] not in _FEW and "vendor" in one.columns]


async def _grow(pool: asyncpg.Pool, table: _Table) -> None:
    """Repeat the table's rows under keys of their own, of the same vendor, until it has `ROWS`."""
    rows = await pool.fetchval(f"SELECT count(*) FROM {table.name}")
    if not rows:
        return
    made = {one: f"{one} || '-' || copy" for one in table.texts}
    if not made:
        made = {one: f"{one} + copy * 1000000" for one in table.numbers[-1:]}
    made |= _OTHERS.get(table.name, {})
    values = ", ".join(made.get(one, f'"{one}"') for one in table.columns)
    names = ", ".join(f'"{one}"' for one in table.columns)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # no trigger looks at each of them
        await connection.execute(
            f"INSERT INTO {table.name} ({names}) "
            f"SELECT {values} FROM {table.name}, generate_series(1, {ROWS // rows}) AS copy"
        )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for one in plan.get("Plans", ()):
        yield from _nodes(one)


def _scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes that read a table or an index of ours."""
    return (
        one for one in _nodes(plan) if one["Node Type"].endswith("Scan") and {"Relation Name", "Index Name"} & set(one)
    )


def _rows(plan: dict[str, Any]) -> int:
    """Rows that the statement was asked about, or answered with, whichever are more."""
    asked = (one for one in _nodes(plan) if one is plan or one["Node Type"] == "Function Scan")
    return max(int(one["Actual Rows"] * one["Actual Loops"]) for one in asked)


def _pages(scan: dict[str, Any]) -> int:
    kinds = ("Shared Hit", "Shared Read", "Local Hit", "Local Read")
    return sum(int(scan[f"{kind} Blocks"]) for kind in kinds)
