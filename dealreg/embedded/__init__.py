"""The servers that dealreg needs: at a configured address, or embedded in the data folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from dealreg.embedded.folder import claim_folder
from dealreg.embedded.guardian import Guarded, Guardian
from dealreg.embedded.master_key import folder_master_key
from dealreg.embedded.postgres import EmbeddedPostgres
from shared.settings import Settings

__all__ = ["Addresses", "EmbeddedPostgres", "servers"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of the servers, and what only embedded ones may do."""

    database_url: str
    kafka_bootstrap: str | None
    single_node: bool
    """Accept replication factor 1: the setting says so, or the Kafka is embedded."""
    master_key: SecretStr | None
    guardian: Guardian
    """Restarts embedded servers; does nothing without any."""

    def applied_to(self, settings: Settings) -> Settings:
        """Return the settings with all addresses resolved."""
        return settings.model_copy(
            update={
                "database_url": SecretStr(self.database_url),
                "kafka_bootstrap": self.kafka_bootstrap,
                "allow_single_node": self.single_node,
                "master_key": self.master_key,
            }
        )


@asynccontextmanager
async def servers(settings: Settings) -> AsyncIterator[Addresses]:
    """Run PostgreSQL, and Kafka if it is the log, inside the block; restart embedded ones that end.

    Raises `Misconfigured` for a data folder of the other log, `Unavailable` when a server does not start.
    """
    needs_kafka = settings.log == "kafka"
    own_database = settings.database_url is None
    own_kafka = needs_kafka and settings.kafka_bootstrap is None
    folder = claim_folder(settings.data_dir, settings.log) if own_database or own_kafka else settings.data_dir
    guarded: list[Guarded] = []
    async with AsyncExitStack() as stack:
        if settings.database_url is not None:
            database_url, master_key = settings.database_url.get_secret_value(), settings.master_key
        else:
            postgres = EmbeddedPostgres(folder)
            stack.push_async_callback(postgres.stop)
            database_url = await postgres.start()
            guarded.append(postgres)
            master_key = settings.master_key or folder_master_key(folder)
        bootstrap = settings.kafka_bootstrap if needs_kafka else None
        if own_kafka:
            from dealreg.embedded.kafka import EmbeddedKafka

            kafka = EmbeddedKafka(folder)
            stack.push_async_callback(kafka.stop)
            bootstrap = await kafka.start()
            guarded.append(kafka)
        # Entered last, so that nothing restarts a server that is being stopped.
        guardian = await stack.enter_async_context(Guardian(guarded).guarding())
        yield Addresses(database_url, bootstrap, settings.allow_single_node or own_kafka, master_key, guardian)
