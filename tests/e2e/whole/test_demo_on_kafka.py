"""`dealreg demo` on the whole file is the same on both logs; `make faults` alone runs it, since it takes minutes."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import MakeDatabase
from tests.e2e.command import DEMO_SECONDS, demo, servers

pytestmark = pytest.mark.timeout(2 * DEMO_SECONDS)


async def test_the_demo_is_the_same_on_kafka(make_database: MakeDatabase, kafka_bootstrap: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    printed = await demo(tmp_path, **servers(await make_database()))
    prefix = f"demo-{uuid4().hex[:8]}."
    on_kafka = await demo(tmp_path / "other", **servers(await make_database(), kafka_bootstrap, prefix))
    for each in (printed, on_kafka):
        assert each.pop("seconds").keys() == {"import", "decide", "project"}
    assert on_kafka == printed
