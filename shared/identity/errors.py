"""What can be wrong with a provider, its tokens, and the people who come by it."""

from __future__ import annotations

from shared.errors import DealregError, Unavailable


class TokenInvalid(DealregError):
    """The token is not one that a provider of this installation issued for this API."""

    code = "token.invalid"
    status = 401


class TokenExpired(DealregError):
    """The token has expired."""

    code = "token.expired"
    status = 401


class RoleMissing(DealregError):
    """The person has no role here: no rule of the provider's mapping fits the claims."""

    code = "role.missing"
    status = 403


class IdentityBlocked(DealregError):
    """The vendor has blocked the person."""

    code = "identity.blocked"
    status = 403


class ProviderAway(Unavailable):
    """The provider's keys or documents cannot be read."""

    code = "provider.away"


class ProviderUnknown(DealregError):
    """The vendor has no provider of this id."""

    code = "provider.unknown"
    status = 404


class ProviderTaken(DealregError):
    """Another provider of this installation takes tokens of the same issuer and audience."""

    code = "provider.taken"
    status = 409


class ProvidersFull(DealregError):
    """The vendor has as many providers as it can have."""

    code = "provider.too_many"
    status = 409


class IdentityUnknown(DealregError):
    """Nobody came by a provider under this id."""

    code = "identity.unknown"
    status = 404
