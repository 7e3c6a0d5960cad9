"""What is configured of a provider: where it is, what is asked of it, and the mapping of its claims to roles."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.credentials.caller import PARTNER_SCOPES, SCOPES, Scope
from shared.values.fields import Identifier, Line

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures by the provider's private key alone: a shared secret would let everybody who knows it sign."""
ALGORITHMS: tuple[Algorithm, ...] = ("RS256", "PS256", "ES256", "ES384")
TokenType = Literal["at+jwt", "JWT"]
MAX_ROLES = 50
MAX_CONDITIONS = 10
MAX_SESSION_MINUTES = 720


def _issuer(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    plain = parts.username is None and not parts.query and not parts.fragment and url.isascii()
    if parts.scheme not in ("https", "http") or not parts.hostname or not plain or "?" in url or "#" in url:
        raise PydanticCustomError("url.invalid", "must be https://host/… without query, fragment and user")
    return url


Issuer = Annotated[Line, AfterValidator(_issuer)]
ClaimName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ClaimPath = ClaimName | Annotated[tuple[ClaimName, ...], Field(min_length=1, max_length=5)]
AskedScope = Annotated[str, StringConstraints(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]{1,100}$")]


class DocumentPart(BaseModel):
    """Nothing unknown, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class ClaimCondition(DocumentPart):
    """A claim that has this value, or a list that holds it."""

    claim: ClaimPath = Field(description="Name of the claim, or the names that lead to it inside others.")
    value: Annotated[str, StringConstraints(min_length=1, max_length=500)] | bool | int


class RoleRule(DocumentPart):
    """What people may do whose claims meet every condition, as the vendor's or as a partner's."""

    name: Line = Field(description="What people ask their administrator for.")
    when: tuple[ClaimCondition, ...] = Field(default=(), max_length=MAX_CONDITIONS)
    partner: Identifier | None = Field(default=None, description="They are this partner's.")
    partner_claim: ClaimPath | None = Field(default=None, description="They are the partner's whose id this claim has.")
    scopes: tuple[Scope, ...] = Field(min_length=1, max_length=len(SCOPES))

    @model_validator(mode="after")
    def _is_somebodys(self) -> RoleRule:
        if self.partner is not None and self.partner_claim is not None:
            raise PydanticCustomError("role.partner_twice", "give partner or partner_claim, not both")
        if not self.when and self.partner_claim is None:
            raise PydanticCustomError("role.for_everybody", "needs a condition: without one it is everybody's")
        over = [scope for scope in self.scopes if scope not in PARTNER_SCOPES]
        if over and (self.partner is not None or self.partner_claim is not None):
            raise PydanticCustomError(
                "scope.not_for_partners", "a partner's role cannot have {over}", {"over": ", ".join(over)}
            )
        return self


class ProviderDocument(DocumentPart):
    """A provider as it is stored and shown: everything but the client's secret."""

    name: Line = Field(description="What the button on the sign-in page says.")
    issuer: Issuer = Field(description="The provider's `issuer`, to the letter; discovery begins there.")
    client_id: Line | None = Field(default=None, description="Our client at the provider. Without it nobody signs in.")
    asks_for: tuple[AskedScope, ...] = Field(
        default=("openid", "profile"), max_length=20, description="Scopes that a sign-in asks for."
    )
    userinfo: bool = Field(default=False, description="Read claims from the provider's userinfo endpoint as well.")
    offered: bool = Field(default=False, description="Show the button to everybody who opens the sign-in page.")
    session_minutes: int | None = Field(
        default=None, ge=5, le=MAX_SESSION_MINUTES, description="How long people stay signed in; else while the ID "
        "token is valid. What the provider takes away meanwhile shows only then.",
    )  # fmt: skip
    audience: Line | None = Field(
        default=None, description="`aud` of access tokens for the API. Without it the API takes none."
    )
    token_type: TokenType = Field(
        default="at+jwt", description="`typ` of access tokens: RFC 9068, or `JWT` for providers that do not follow it."
    )
    algorithms: tuple[Algorithm, ...] = Field(default=ALGORITHMS, min_length=1, max_length=9)
    roles: tuple[RoleRule, ...] = Field(min_length=1, max_length=MAX_ROLES)

    @model_validator(mode="after")
    def _is_for_something(self) -> ProviderDocument:
        if self.client_id is None and self.audience is None:
            raise PydanticCustomError("provider.purpose", "give client_id for sign-in, audience for the API, or both")
        if self.audience is not None and self.audience == self.client_id:
            # An ID token has the client as its audience, and would pass for an access token.
            raise PydanticCustomError("audience.client", "audience must be another than client_id")
        if self.client_id is not None and "openid" not in self.asks_for:
            raise PydanticCustomError("scope.openid", "asks_for must contain openid")
        return self

    @property
    def granted_scopes(self) -> frozenset[str]:
        """Every scope that somebody could get."""
        return frozenset(scope for role in self.roles for scope in role.scopes)
