"""Erase CRM bodies by person and by age, and persons whom the CRM was asked to forget."""

from __future__ import annotations

import asyncpg

from services.registration.crm.notices import contact
from services.registration.crm.settings import KEEP_DAYS
from shared.database import database_errors
from shared.persons import Personal, Persons

ERASE_ROWS = 1_000
"""Bodies that one statement deletes for their age."""

# Every body of the contact, and every body of a deal that one of these speaks of: a deal's name may be a person's.
_OF_CONTACTS = """
WITH named AS (
    SELECT b.connection, b.subjects FROM crm.body b JOIN unnest($1::text[], $2::text[]) AS c (connection, subject)
        ON b.connection = c.connection AND b.subjects @> ARRAY[c.subject]
), reached AS (
    SELECT DISTINCT n.connection, s.subject FROM named n CROSS JOIN unnest(n.subjects) AS s (subject)
)
DELETE FROM crm.body b USING reached r WHERE b.connection = r.connection AND b.subjects @> ARRAY[r.subject]
"""
_BY_AGE = """
DELETE FROM crm.body WHERE body_id IN (
    SELECT b.body_id FROM crm.body b CROSS JOIN LATERAL (
        SELECT coalesce((s.document ->> 'keep_days')::integer, $1) AS days FROM crm.settings s
        WHERE s.connection = b.connection ORDER BY s.revision DESC LIMIT 1
    ) AS k WHERE b.stored_at < clock_timestamp() - make_interval(days => k.days) LIMIT $2
)
"""


class BodyErasure:
    """Erases bodies, and remembers contacts by a keyed hash alone."""

    def __init__(self, pool: asyncpg.Pool, persons: Persons) -> None:
        self._pool = pool
        self._persons = persons

    async def remember(self, vendor: str, connection: str, addresses: dict[str, str]) -> None:
        """Know contacts by the hash by which persons are found, so that a privacy deletion reaches them."""
        rows = [
            (connection, id_, self._persons.place_of(Personal(vendor, address, {}))[1])
            for id_, address in sorted(addresses.items())
        ]
        with database_errors():
            await self._pool.executemany(
                "INSERT INTO crm.contact (connection, contact, lookup_hash) VALUES ($1, $2, $3) "
                "ON CONFLICT (connection, contact) DO UPDATE SET lookup_hash = excluded.lookup_hash "
                "WHERE crm.contact.lookup_hash <> excluded.lookup_hash",
                rows,
            )

    async def person_of(self, vendor: str, connection: str, id_: str) -> str | None:
        """The person that the contact is here, if it is known and not erased."""
        with database_errors():
            found: str | None = await self._pool.fetchval(
                "SELECT p.person_id FROM crm.contact c JOIN registration.person p "
                "ON p.vendor = $1 AND p.lookup_hash = c.lookup_hash WHERE c.connection = $2 AND c.contact = $3",
                vendor, connection, id_,
            )  # fmt: skip
        return found

    async def of_contact(self, connection: str, id_: str) -> None:
        """Delete every body that speaks of the contact or of its deals, and what is known of the contact."""
        await self._delete([(connection, id_)])
        await self.forget([(connection, id_)])

    async def of_person(self, vendor: str, person: str) -> list[tuple[str, str]]:
        """Delete the bodies of every contact that is this person, while its key leads there; return the contacts."""
        with database_errors():
            rows = await self._pool.fetch(
                "SELECT c.connection, c.contact FROM registration.person p JOIN crm.contact c USING (lookup_hash) "
                "JOIN registration.crm_connection o USING (connection) "
                "WHERE p.vendor = $1 AND p.person_id = $2 AND o.vendor = $1",
                vendor, person,
            )  # fmt: skip
        contacts = [(row["connection"], row["contact"]) for row in rows]
        await self._delete(contacts)
        return contacts

    async def forget(self, contacts: list[tuple[str, str]]) -> None:
        """Know the contacts no longer. Last of all: until then a repetition finds what is left to do."""
        with database_errors():
            await self._pool.executemany("DELETE FROM crm.contact WHERE connection = $1 AND contact = $2", contacts)

    async def by_age(self) -> int:
        """Delete the oldest bodies that are past their days; return how many, at most `ERASE_ROWS`."""
        with database_errors():
            done: str = await self._pool.execute(_BY_AGE, KEEP_DAYS, ERASE_ROWS)
        return int(done.rpartition(" ")[2])

    async def _delete(self, contacts: list[tuple[str, str]]) -> None:
        connections, subjects = [one[0] for one in contacts], [contact(one[1]) for one in contacts]
        if contacts:
            with database_errors():
                await self._pool.execute(_OF_CONTACTS, connections, subjects)
