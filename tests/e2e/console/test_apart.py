"""The console as a process of its own: it asks the API at its address for everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.e2e.channel import Channel
from tests.e2e.command import dealreg, servers
from tests.e2e.console.person import Person
from tests.e2e.test_services_apart import listening, ready
from tests.until import until

TYPED = {
    "customer.legal_name": "Nile Foods", "customer.country": "EG", "customer.tax_id": "204-829-321",
    "amount.amount": "1200.00", "amount.currency": "EUR", "close_date": "2031-01-31",
}  # fmt: skip


async def test_a_day_is_lived_on_a_console_alone(live: Channel, tmp_path: Path) -> None:
    await live.house("acme")
    async with _served(live, tmp_path, live.stack.base_url) as client:
        await until(partial(ready, client))
        assert (await client.get("/")).headers["location"] == "/console"
        assert (await client.get("/v1/pipeline")).status_code == 404, "the API is elsewhere"
        person = Person(live, client)
        await person.sign_in("acme")
        form = await person.see("/console/register/hunting")
        answer = await person.submit(form, button="register", products=["X"], **TYPED)
        page = await person.follow(answer)
        assert "Nile Foods" in page.text
        assert "Nile Foods" in (await person.see("/console/registrations")).text


async def test_an_api_that_is_away_is_said_and_nothing_typed_is_lost(live: Channel, tmp_path: Path) -> None:
    await live.house("acme")
    async with _served(live, tmp_path, "http://127.0.0.1:9") as client:
        await until(partial(_without_api, client))
        person = Person(live, client)
        await person.sign_in("acme")
        # The form was opened while the API was there.
        async with Person.browser(live) as before:
            await before.sign_in("acme")
            page = await before.see("/console/register/hunting")
        kept = await person.submit(page, button="register", products=["X"], **TYPED)
        assert kept.status_code == 503
        assert "Nile Foods" in kept.text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("serve", "console"), "DEALREG_API_URL"),
        (("serve", "console", "query"), "alone or with all services"),
        (("serve", "desk"), "no such service: desk"),
    ],
)
async def test_what_cannot_be_served_is_said(
    live: Channel, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    async with dealreg(tmp_path, *arguments, **_variables(live)) as command:
        assert await command.process.wait() == 2
        assert said in " ".join(command.said().split())


async def _without_api(client: httpx.AsyncClient) -> bool:
    # It listens before it has met its database.
    answer = await client.get("/readyz")
    return answer.status_code == 503 and answer.json()["missing"] == ["API"]


@asynccontextmanager
async def _served(channel: Channel, folder: Path, api: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the command's console, over the API at the address."""
    async with (
        dealreg(folder, "serve", "console", **_variables(channel), DEALREG_API_URL=api) as command,
        httpx.AsyncClient(base_url=await listening(command), timeout=60) as client,
    ):
        yield client


def _variables(channel: Channel) -> dict[str, str]:
    url = channel.stack.settings.database_url
    assert url is not None
    return {**servers(url.get_secret_value()), "DEALREG_PORT": "0"}
