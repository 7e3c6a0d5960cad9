"""Where processes die: settings with short leases, and a vendor ready to work."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from shared.settings import Settings
from tests.conftest import TEST_KEY
from tests.e2e.command import Command

LEASE_SECONDS = 2
QUICK = {"lease_seconds": LEASE_SECONDS, "idle_in_transaction_timeout_ms": 1_000, "credential_cache_seconds": 1}


def quick(database: str, folder: Path) -> Settings:
    """Leases end after two seconds, so that a successor need not wait."""
    return Settings(data_dir=folder, master_key=TEST_KEY, port=0, database_url=SecretStr(database), **QUICK)


def variables() -> dict[str, str]:
    """The same for another process."""
    return {f"DEALREG_{name.upper()}": str(value) for name, value in QUICK.items()}


async def url_of(command: Command) -> str | None:
    """Where it answers, once it does."""
    assert command.process.returncode is None, command.said()
    said = command.output.read_text()
    return said.partition("answers at ")[2].split()[0] if "answers at " in said else None
