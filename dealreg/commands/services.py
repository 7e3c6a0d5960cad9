"""`dealreg serve` and `dealreg work`: run each service by itself, as in production."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from dealreg.embedded import servers
from dealreg.runtime.components import POOL_SIZE, AnyWorker, Runtime, decider, projections, webhooks
from dealreg.runtime.door import Door, ground_once_there
from dealreg.runtime.loading import loading
from dealreg.runtime.names import SERVED, SERVICES, Served, Service, Work
from dealreg.runtime.place import assert_meant, place_of
from dealreg.runtime.process import run, stop_signal
from dealreg.runtime.server import listen, serving
from dealreg.runtime.surface import surfaced
from shared.http.health_routes import health_app
from shared.observability import configure_logging, get_logger
from shared.settings import Settings, load_settings

if TYPE_CHECKING:
    from dealreg.runtime.shortcut import Shortcut

WORKER_POOL = 8
"""Database connections of one worker: one commit per busy partition, and the timer."""
CHECKS_POOL = 5
"""Database connections of a process that only answers blind checks: the checks, their record, and credentials."""

_WORKERS: dict[Work, Callable[[Runtime], AnyWorker]] = {
    "attribution": decider,
    "projections": projections,
    "webhooks": webhooks,
}

Port = Annotated[int | None, typer.Option(help="Port to listen on. Default: DEALREG_PORT.", min=0, max=65_535)]
Socket = Annotated[int | None, typer.Option("--listen-fd", hidden=True)]
Overseen = Annotated[str | None, typer.Option("--overseer", hidden=True)]
Lifeline = Annotated[bool, typer.Option("--lifeline", hidden=True)]

_log = get_logger(__name__)


def register(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(work)


def serve(
    service: Annotated[
        list[str] | None,
        typer.Argument(help=f"{', '.join(SERVED)}. Default: all of them on one port.", show_default=False),
    ] = None,
    port: Port = None,
    listen_fd: Socket = None,
    overseer: Overseen = None,
    lifeline: Lifeline = False,
) -> None:
    """Serve HTTP: registration (writes), query (reads), attribution (blind checks), console (pages over all of them).

    The console alone asks the API at DEALREG_API_URL. Migrate the schema first, with dealreg migrate.
    """
    named: tuple[Served, ...] = tuple(one for one in SERVED if not service or one in service)
    if unknown := sorted(set(service or ()) - set(SERVED)):
        raise typer.BadParameter(f"no such service: {', '.join(unknown)}; known: {', '.join(SERVED)}")
    if "console" in named and len(named) not in (1, len(SERVED)):
        raise typer.BadParameter("the console is served alone or with all services, which is the default")
    run(_serve(_settings(port), named, listen_fd, overseer, lifeline=lifeline))


def work(
    service: Annotated[Work, typer.Argument(help="Which worker to run.", show_default=False)],
    port: Port = None,
    listen_fd: Socket = None,
    lifeline: Lifeline = False,
) -> None:
    """Run a background worker. Start as many as you like.

    attribution decides, projections update the views, webhooks deliver events.
    """
    run(_work(_settings(port), service, listen_fd, lifeline=lifeline))


def _settings(port: int | None) -> Settings:
    settings = load_settings(port=port)
    assert_meant(settings, may_begin=True)
    return settings


async def _serve(
    settings: Settings, named: tuple[Served, ...], descriptor: int | None, overseer: str | None, *, lifeline: bool
) -> None:
    # They load every API, which a worker does without.
    with loading():
        from dealreg.runtime.one_port import applications, console_alone
        from dealreg.runtime.overseer import asking
        from dealreg.runtime.shortcut import Shortcut

    services = tuple(one for one in SERVICES if one in named)
    name = "-".join(services) or "console"
    configure_logging(name)
    async with AsyncExitStack() as stack:
        stop = await stack.enter_async_context(stop_signal(lifeline=lifeline))
        addresses = await stack.enter_async_context(servers(settings))
        answering = await stack.enter_async_context(AsyncExitStack())
        shortcut = Shortcut(settings)
        door = await answering.enter_async_context(_door(settings, descriptor, shortcut))
        found = await stack.enter_async_context(
            ground_once_there(addresses.applied_to(settings), name, door, stop, pool_size=_pool_size(services))
        )
        if found is None:
            return
        beside = asking(overseer) if overseer else None
        serving = applications(found, services, beside, shortcut) if services else console_alone(found)
        app = await stack.enter_async_context(serving)
        # Pushed last, so it ends first: open requests are answered before their services stop.
        stack.push_async_callback(answering.aclose)
        door.opens(app)
        await stop.wait()


def _pool_size(services: Sequence[Service]) -> int:
    return CHECKS_POOL if services == ("attribution",) else POOL_SIZE


async def _work(settings: Settings, service: Work, descriptor: int | None, *, lifeline: bool) -> None:
    configure_logging(service)
    async with (
        stop_signal(lifeline=lifeline) as stop,
        servers(settings) as addresses,
        _door(settings, descriptor) as door,
        ground_once_there(addresses.applied_to(settings), service, door, stop, pool_size=WORKER_POOL) as found,
    ):
        if found is not None:
            worker = _WORKERS[service](found)
            door.opens(health_app(worker.health))
            await worker.run(stop)


@asynccontextmanager
async def _door(settings: Settings, descriptor: int | None, shortcut: Shortcut | None = None) -> AsyncIterator[Door]:
    """Serve the application at the socket."""
    door = Door()
    listener = _listener(settings, descriptor)
    async with serving(surfaced(door, settings), listener, settings.trusted_proxies, shortcut) as url:
        _log.info("listening", host=url, where=place_of(settings))
        yield door


def _listener(settings: Settings, descriptor: int | None) -> socket.socket:
    """Return the supervisor's socket, or open one."""
    if descriptor is not None:
        return socket.socket(fileno=descriptor)
    return listen(settings.host, settings.port)
