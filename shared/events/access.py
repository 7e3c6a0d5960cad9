"""Access: credentials, CRM connections, webhook endpoints, identity providers and people, changed by an administrator.

They name ids, scopes and times alone, and the address of a provider: no secret, no hash of one, and no text that a
person typed, such as a label or an endpoint's address.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from shared.events.base import VENDOR_ONLY, Event, Id, Moment, Short, distinct, subject

OPERATOR = "operator"
"""Who acted, where the command line did and no credential."""
WEBHOOKS = "webhooks"
"""Who acted, where the worker did that delivers events."""
MAX_TYPES = 50


class AccessEvent(Event):
    """What every such act says: who did it, and when."""

    by: Id = Field(json_schema_extra=VENDOR_ONLY)
    """The id of the credential or of the identity that acted, or `operator`, or `webhooks` for the worker that
    delivers."""
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


class ConnectionConfigured(_OfConnection):
    """A CRM connection got new settings: `revision` counts them, and `crm` names the kind of CRM."""

    type: ClassVar[str] = "connection.configured"

    crm: Id
    revision: int = Field(ge=1)


class ConnectionRotated(_OfConnection):
    """A CRM connection got a new secret; the last of the old ones ends at `expires_at`."""

    type: ClassVar[str] = "connection.rotated"

    expires_at: Moment


class ConnectionDeleted(_OfConnection):
    """A CRM connection was ended: its messages are refused from then on."""

    type: ClassVar[str] = "connection.deleted"


class _OfEndpoint(AccessEvent):
    endpoint: Id
    partner: Id | None = None
    """The partner whose feed it gets; without one, the vendor's."""

    def subjects(self) -> tuple[str, ...]:
        return (*subject("endpoint", self.endpoint), *subject("partner", self.partner))


class EndpointCreated(_OfEndpoint):
    """A webhook endpoint was made, with its first secret: entries after `after` are delivered to it."""

    type: ClassVar[str] = "endpoint.created"

    after: int = Field(ge=0)
    types: tuple[Id, ...] = Field(default=(), max_length=MAX_TYPES)
    """Only events of these types; without any, all."""
    ordered: bool = False


class EndpointChanged(_OfEndpoint):
    """Fields of a webhook endpoint were changed."""

    type: ClassVar[str] = "endpoint.changed"

    fields: tuple[Id, ...] = Field(min_length=1, max_length=10)


class EndpointRotated(_OfEndpoint):
    """A webhook endpoint got a new secret; the old ones sign beside it until `expires_at`."""

    type: ClassVar[str] = "endpoint.rotated"

    expires_at: Moment


class EndpointReplayed(_OfEndpoint):
    """Entries after `after` are delivered to a webhook endpoint once more."""

    type: ClassVar[str] = "endpoint.replayed"

    after: int = Field(ge=0)


class EndpointDisabled(_OfEndpoint):
    """Nothing is delivered to a webhook endpoint any more, until it is enabled."""

    type: ClassVar[str] = "endpoint.disabled"

    reason: Literal["requested", "failing"]
    failing_since: Moment | None = None
    """Since when every delivery failed, where that is the reason."""


class EndpointEnabled(_OfEndpoint):
    """A webhook endpoint gets events again, from where it stopped."""

    type: ClassVar[str] = "endpoint.enabled"


class EndpointDeleted(_OfEndpoint):
    """A webhook endpoint was ended."""

    type: ClassVar[str] = "endpoint.deleted"


class _OfProvider(AccessEvent):
    provider: Id

    def subjects(self) -> tuple[str, ...]:
        return subject("provider", self.provider)


class ProviderConfigured(_OfProvider):
    """An identity provider was set up or changed: who may come by it, with which roles, where it is."""

    type: ClassVar[str] = "provider.configured"

    issuer: Short
    scopes: tuple[Id, ...] = Field(max_length=50)
    """Every scope that one of its roles has."""


class ProviderRemoved(_OfProvider):
    """An identity provider was removed: its tokens and sessions ended."""

    type: ClassVar[str] = "provider.removed"


class _OfIdentity(AccessEvent):
    identity: Id

    def subjects(self) -> tuple[str, ...]:
        return subject("identity", self.identity)


class IdentityBlocked(_OfIdentity):
    """Somebody who comes by an identity provider was blocked: tokens are refused and sessions ended."""

    type: ClassVar[str] = "identity.blocked"


class IdentityAdmitted(_OfIdentity):
    """Somebody who was blocked may come again."""

    type: ClassVar[str] = "identity.admitted"
