"""What a person may do: the claims of a token, read by the rules of its provider's mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.identity.errors import RoleMissing
from shared.values import is_identifier

Claim = str | tuple[str, ...]
"""The name of a claim; or the names that lead to one inside others, from the outermost."""


class Condition(Protocol):
    """A claim that has to have a value, or to hold it in a list."""

    @property
    def claim(self) -> Claim: ...
    @property
    def value(self) -> str | int | bool: ...


class Role(Protocol):
    """What those may do of whom every condition is true: as the vendor's, or as a partner's."""

    @property
    def name(self) -> str: ...
    @property
    def when(self) -> Sequence[Condition]: ...
    @property
    def partner(self) -> str | None: ...
    @property
    def partner_claim(self) -> Claim | None: ...
    @property
    def scopes(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Granted:
    """Whose the person is, and what they may do; `roles` names the rules that said so."""

    partner: str | None
    scopes: frozenset[str]
    roles: tuple[str, ...]


def granted(roles: Sequence[Role], claims: Mapping[str, Any]) -> Granted:
    """Add up every role that fits; raise `RoleMissing` if none does, or if they disagree about whose the person is.

    Nobody acts for two partners, or for the vendor and a partner, under one identity.
    """
    fitting = [(role, owner) for role in roles for owner in _owners(role, claims)]
    if not fitting:
        asked = ", ".join(dict.fromkeys(role.name for role in roles))
        raise RoleMissing(f"the provider gives you no role here; ask its administrator for one of: {asked}")
    owners = {owner for _, owner in fitting}
    names = tuple(dict.fromkeys(role.name for role, _ in fitting))
    if len(owners) > 1:
        raise RoleMissing(
            f"the roles {', '.join(names)} belong to different companies, and one person acts for one; "
            "ask the provider's administrator to take all but one away"
        )
    return Granted(owners.pop(), frozenset(scope for role, _ in fitting for scope in role.scopes), names)


def value_of(claims: Mapping[str, Any], claim: Claim) -> Any:
    """The claim's value; None where there is none."""
    found: Any = claims
    for name in (claim,) if isinstance(claim, str) else claim:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _owners(role: Role, claims: Mapping[str, Any]) -> Sequence[str | None]:
    """Whose the role makes the person: nobody's where it does not fit."""
    if not all(_holds(claims, one) for one in role.when):
        return ()
    if role.partner_claim is None:
        return (role.partner,)
    found = value_of(claims, role.partner_claim)
    return (found,) if isinstance(found, str) and is_identifier(found) else ()


def _holds(claims: Mapping[str, Any], condition: Condition) -> bool:
    found = value_of(claims, condition.claim)
    # By type as well: in Python 1 is True, and a provider's number is no text.
    return any(
        type(one) is type(condition.value) and one == condition.value
        for one in (found if isinstance(found, list) else [found])
    )
