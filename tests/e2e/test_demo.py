"""`dealreg demo` on the whole file: it agrees with a reading that knows nothing of us."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from dealreg.demo.export import DATA
from dealreg.runtime.views import VIEWS
from tests.e2e.command import DEMO_SECONDS, demo, excerpt
from tests.unit.demo.naive_reading import read

pytestmark = pytest.mark.timeout(DEMO_SECONDS)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the demo prints on the default log, from nothing."""
    return await demo(tmp_path_factory.mktemp("demo"))


async def test_the_demo_agrees_with_the_naive_reading_of_the_file(printed: dict[str, Any]) -> None:
    told = {name: printed[name] for name in printed if name not in ("digests", "seconds")}
    assert told == read(DATA).numbers()
    # sorted for whoever looks for a name, and for whoever compares two outputs as text
    assert list(printed["partners"]) == sorted(printed["partners"])


async def test_every_view_has_a_digest_those_of_money_included(printed: dict[str, Any]) -> None:
    digests = printed["digests"]["views"]
    assert digests.keys() == {view.name for view in VIEWS}
    assert digests.keys() >= {"credits", "rewards", "ledger", "payouts", "cases"}
    assert len(set(digests.values())) == len(digests)


async def test_what_cannot_be_registered_is_reported_line_by_line(tmp_path: Path) -> None:
    await demo(tmp_path, "--data", str(excerpt(tmp_path / "export", 300)))
    lines = (tmp_path / ".dealreg" / "demo-report.csv").read_text().splitlines()
    naive = read(tmp_path / "export")
    assert lines[0] == "line,opportunity_id,reason"
    assert len(lines) - 1 == naive.not_registrable.total()
