"""An address that an administrator chose is asked under the guard, and every spelling of this machine refused."""

from __future__ import annotations

import pytest

from shared.outward import Guard, Outward
from shared.outward.asking import Client, NoAnswer, is_secure

OURS = ("https://127.0.0.1/", "https://2130706433/", "https://0177.0.0.1/", "https://127.1/", "https://[::1]/",
        "https://localhost/", "http://127.0.0.1/", "https://[::ffff:7f00:1]/", "https://user@127.0.0.1/",
        "file:///etc/passwd", "https:///", "https://[/", "x")  # fmt: skip


@pytest.mark.parametrize("url", OURS)
async def test_no_spelling_of_this_machine_is_asked(url: str) -> None:
    with pytest.raises(NoAnswer) as refused:
        await Client(Outward(Guard())).get(url)
    assert "connection" not in str(refused.value), "refused before a connection is tried"


def test_tls_is_told_from_plain_http() -> None:
    assert (is_secure("https://x.example/"), is_secure("http://x.example/")) == (True, False)
