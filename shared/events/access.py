"""Access to the API: credentials and CRM connections, made, rotated and ended by an administrator.

They name ids, scopes and times alone: no secret, no hash of one, and no text that a person typed, such as a label.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from shared.events.base import VENDOR_ONLY, Event, Id, Moment, distinct, subject

OPERATOR = "operator"
"""Who acted, where the command line did and no credential."""


class AccessEvent(Event):
    """What every act on a credential or a connection says: who did it, and when."""

    by: Id = Field(json_schema_extra=VENDOR_ONLY)
    """The id of the credential that acted, or `operator`."""
    at: Moment
    """When the row changed: by the database's clock, also where the fact was appended later."""


class _OfCredential(AccessEvent):
    credential: Id
    partner: Id | None = None
    """The partner that it is bound to."""

    def subjects(self) -> tuple[str, ...]:
        return (*subject("credential", self.credential), *subject("partner", self.partner))


class CredentialCreated(_OfCredential):
    """A credential was made."""

    type: ClassVar[str] = "credential.created"

    scopes: tuple[Id, ...] = Field(max_length=50)
    expires_at: Moment | None = None


class CredentialRotated(_OfCredential):
    """A credential got a successor of the same principal, scopes and partner, and ends at `expires_at`."""

    type: ClassVar[str] = "credential.rotated"

    successor: Id
    scopes: tuple[Id, ...] = Field(max_length=50)
    expires_at: Moment

    def subjects(self) -> tuple[str, ...]:
        own = subject("credential", self.credential, self.successor)
        return distinct((*own, *subject("partner", self.partner)))


class CredentialRevoked(_OfCredential):
    """A credential was revoked."""

    type: ClassVar[str] = "credential.revoked"


class _OfConnection(AccessEvent):
    connection: Id

    def subjects(self) -> tuple[str, ...]:
        return subject("connection", self.connection)


class ConnectionCreated(_OfConnection):
    """A CRM connection was made, with its first secret."""

    type: ClassVar[str] = "connection.created"


class ConnectionRotated(_OfConnection):
    """A CRM connection got a new secret; the last of the old ones ends at `expires_at`."""

    type: ClassVar[str] = "connection.rotated"

    expires_at: Moment


class ConnectionDeleted(_OfConnection):
    """A CRM connection was ended: its messages are refused from then on."""

    type: ClassVar[str] = "connection.deleted"
