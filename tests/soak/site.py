"""The whole of dealreg as production runs it: servers, and each service in processes of its own under a supervisor."""

from __future__ import annotations

import os
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from dealreg.embedded import EmbeddedPostgres
from dealreg.embedded.guardian import Guarded, Guardian
from dealreg.embedded.kafka import EmbeddedKafka
from dealreg.runtime.components import Runtime, runtime
from dealreg.runtime.everything import environment
from dealreg.runtime.in_process import stack
from dealreg.runtime.server import listen, url_of
from dealreg.runtime.supervisor import Child, Supervisor
from shared.database import migrate
from shared.settings import Settings, variable
from tests.conftest import TEST_KEY
from tests.crash.work import founded
from tests.e2e.till import AT_ONCE
from tests.soak.plan import PARTNERS, VENDORS, Plan
from tests.until import until

LOOPBACK = "127.0.0.1"
BACK_SECONDS = 120.0
"""Within this the guardian has a server back, on a machine that is as busy as a soak makes it."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "query": ("serve", "query"),
    "registration": ("serve", "registration"),
    "attribution": ("work", "attribution"),
    "projections": ("work", "projections"),
}
"""The commands by which docs/operations.md runs the services apart."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a vendor's systems hold to send: an API key with its principal, and a signed connection of the CRM."""

    vendor: str
    key: str
    connection: str
    secret: str

    @property
    def principal(self) -> str:
        return f"key:{self.key.split('_')[1]}"

    @property
    def crm_principal(self) -> str:
        return f"crm:{self.connection}"


@dataclass(slots=True)
class Site:
    """A running deployment; `processes` names what runs now, a killed one under its name again once restarted."""

    settings: Settings
    runtime: Runtime
    accounts: tuple[Account, ...]
    urls: dict[str, str]
    """Where each process answers, by name: its socket outlives it."""
    supervisor: Supervisor
    postgres: EmbeddedPostgres
    kafka: EmbeddedKafka | None
    guardian: Guardian
    logs: Path

    @property
    def processes(self) -> dict[str, Process]:
        return {name: one for name, one in self.supervisor.running.items() if one.returncode is None}

    def urls_of(self, kind: str) -> list[str]:
        return [url for name, url in self.urls.items() if kind_of(name) == kind]

    async def crash(self, server: str) -> None:
        """The server dies of SIGKILL, and the guardian has it back over its log: nobody else starts it."""
        one = self.postgres if server == "postgres" else self.kafka
        assert one is not None
        before = self.guardian.revived.get(one.name, 0)
        for pid in one.pids:
            os.kill(pid, signal.SIGKILL)

        async def back() -> bool:
            return self.guardian.revived.get(one.name, 0) > before

        await until(back, BACK_SECONDS)

    def kill(self, name: str) -> int | None:
        """The process is gone without a word; its pid, None where it was gone already."""
        process = self.processes.get(name)
        if process is None:
            return None
        process.send_signal(signal.SIGKILL)
        return process.pid


def kind_of(name: str) -> str:
    return name.rpartition("-")[0]


@asynccontextmanager
async def site(plan: Plan, folder: Path) -> AsyncIterator[Site]:
    """Everything runs inside the block, with vendors ready to work; nothing of it is left after the block."""
    for name in Settings.model_fields:  # a developer's own variables reach no process of ours
        os.environ.pop(variable(name), None)
    async with AsyncExitStack() as entered:
        postgres = EmbeddedPostgres(folder)
        entered.push_async_callback(postgres.stop)
        url = await postgres.start()
        kafka, bootstrap = None, None
        if plan.log == "kafka":
            kafka = EmbeddedKafka(folder)
            entered.push_async_callback(kafka.stop)
            bootstrap = await kafka.start()
        guarded: list[Guarded] = [postgres, *([kafka] if kafka else [])]
        guardian = await entered.enter_async_context(Guardian(guarded).guarding())
        await migrate(url)
        settings = _settings(plan, folder, url, bootstrap)
        accounts = await _founded(settings)
        listeners = {f"{kind}-{number}": listen(LOOPBACK, 0) for kind in KINDS for number in range(1, plan.copies + 1)}
        for listener in listeners.values():
            entered.callback(listener.close)
        urls = {name: url_of(listener) for name, listener in listeners.items()}
        settings = settings.model_copy(update={"query_url": urls["query-1"]})
        children = [_child(name, listener.fileno()) for name, listener in listeners.items()]
        logs = folder / "processes.log"
        supervisor = Supervisor(children, environment(settings), logs)
        found = await entered.enter_async_context(runtime(settings, "soak"))
        await entered.enter_async_context(supervisor.supervising())
        yield Site(settings, found, accounts, urls, supervisor, postgres, kafka, guardian, logs)


def _settings(plan: Plan, folder: Path, url: str, bootstrap: str | None) -> Settings:
    return Settings(
        log=plan.log,
        data_dir=folder,
        database_url=SecretStr(url),
        kafka_bootstrap=bootstrap,
        allow_single_node=True,
        master_key=TEST_KEY,
        port=0,
        lease_seconds=plan.lease_seconds,
        idle_in_transaction_timeout_ms=(plan.lease_seconds - 1) * 1_000,
        # One key stands for all partners of a vendor.
        rate_per_credential=1_000_000,
        invariant_seconds=30,
    )


def _child(name: str, descriptor: int) -> Child:
    taken = ("--lifeline", "--listen-fd", str(descriptor))
    return Child(name, (*KINDS[kind_of(name)], *taken), (descriptor,))


async def _founded(settings: Settings) -> tuple[Account, ...]:
    partners = [f"partner-{number}" for number in range(PARTNERS)]
    accounts = []
    async with stack(settings) as running:
        for vendor in VENDORS:
            key = await founded(running, vendor, partners, AT_ONCE)
            made = await running.client.post(
                "/v1/crm-connections", json={"name": "CRM"}, headers={"Authorization": f"Bearer {key}"}
            )
            assert made.status_code == 201, made.text
            accounts.append(Account(vendor, key, made.json()["connection"], made.json()["secret"]))
    return tuple(accounts)
