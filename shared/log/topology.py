"""The partition count and the kind of log, chosen once and stored beside the state that depends on them."""

from __future__ import annotations

from typing import Any

from shared.errors import Misconfigured
from shared.settings import variable


async def assert_topology(connection: Any, log: str, partitions: int) -> None:
    """The database belongs to this log and this partition count; the first one to start chooses them.

    Raises `Misconfigured`: with another count a vendor's facts would lie in two partitions, out of order.
    """
    await connection.execute(
        "INSERT INTO log.topology (log, partitions) VALUES ($1, $2) ON CONFLICT DO NOTHING", log, partitions
    )
    stored = await connection.fetchrow("SELECT log, partitions FROM log.topology")
    if stored["log"] != log:
        raise Misconfigured(
            f"this database belongs to the {stored['log']} log; set {variable('log')}={stored['log']} "
            "or name another database and data folder"
        )
    if stored["partitions"] != partitions:
        raise Misconfigured(
            f"the partition count cannot change from {stored['partitions']}: "
            f"set {variable('partitions')}={stored['partitions']}"
        )
