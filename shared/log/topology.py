"""The partition count and the kind of log, chosen once and stored beside the state that depends on them."""

from __future__ import annotations

import asyncpg

from shared.errors import Misconfigured
from shared.log.postgres_failures import DRIVER_ERRORS, read_failure
from shared.settings import variable


async def assert_topology(pool: asyncpg.Pool, log: str, partitions: int) -> None:
    """The database belongs to this log and this partition count; the first one to start chooses them.

    Raises `Misconfigured`: with another count a vendor's facts would lie in two partitions, out of order.
    """
    try:
        await pool.execute(
            "INSERT INTO log.topology (log, partitions) VALUES ($1, $2) ON CONFLICT DO NOTHING", log, partitions
        )
        stored = await pool.fetchrow("SELECT log, partitions FROM log.topology")
    except DRIVER_ERRORS as error:
        raise read_failure(error) from error
    if stored["log"] != log:
        raise Misconfigured(
            f"this database belongs to the {stored['log']} log; set {variable('log')}={stored['log']} "
            "or name another database and data folder"
        )
    if stored["partitions"] != partitions:
        raise Misconfigured(
            f"the partition count was chosen once, as {stored['partitions']}: "
            f"set {variable('partitions')}={stored['partitions']}"
        )
