"""When garbage is looked for: what hangs together in circles goes, though too little is made for Python to look."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import weakref

from dealreg.runtime.loading import COLLECT_AFTER, collecting
from dealreg.runtime.server import listen, serving


async def _silent(*_: object) -> None: ...


class Lane:
    """As one whose failure holds it, by its traceback and frames."""

    def __init__(self) -> None:
        try:
            self.fail()
        except ValueError as error:
            self.error = error

    def fail(self) -> None:
        raise ValueError(self)


async def test_what_failed_and_hangs_together_is_collected_in_time() -> None:
    gone = asyncio.Event()
    lane = Lane()
    gc.collect()  # it is old when it becomes garbage, as what worked for long is
    weakref.finalize(lane, gone.set)
    async with collecting(seconds=0.01):
        del lane
        await asyncio.wait_for(gone.wait(), 10)


async def test_a_service_collects_as_long_as_it_serves() -> None:
    def collecting_now() -> bool:
        return "garbage" in {task.get_name() for task in asyncio.all_tasks()}

    async with serving(_silent, listen("127.0.0.1", 0)):
        assert collecting_now()
    assert not collecting_now()


async def test_nobody_collects_afterwards() -> None:
    async with collecting(seconds=0.01):
        pass
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "garbage"]


def test_commands_look_as_seldom_as_services() -> None:
    said = (
        "import gc, dealreg.cli; dealreg.cli._loaded(['audit']); print(gc.get_threshold(), gc.get_freeze_count() > 0)"
    )
    found = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == f"{COLLECT_AFTER} True"
