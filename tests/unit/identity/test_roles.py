"""Claims read by a mapping: everything that fits adds up, nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest

from shared.identity.document import RoleRule
from shared.identity.errors import RoleMissing
from shared.identity.people import identity_of
from shared.identity.roles import granted

RULES = tuple(
    RoleRule.model_validate_json(text)
    for text in (
        '{"name":"manager","when":[{"claim":"groups","value":"managers"}],"scopes":["reviews:write"]}',
        '{"name":"reader","when":[{"claim":"groups","value":"readers"},{"claim":"mfa","value":true}],'
        '"scopes":["pipeline:read"]}',
        '{"name":"seller","when":[{"claim":["realm","roles"],"value":"seller"}],"partner_claim":"company",'
        '"scopes":["registrations:write"]}',
        '{"name":"buyer","when":[{"claim":"level","value":1}],"partner":"acme","scopes":["payouts:read"]}',
    )
)


@pytest.mark.parametrize(
    ("claims", "partner", "scopes"),
    [
        ({"groups": ["managers"]}, None, {"reviews:write"}),
        ({"groups": "managers"}, None, {"reviews:write"}),
        ({"groups": ["x", "readers", "managers"], "mfa": True}, None, {"reviews:write", "pipeline:read"}),
        ({"groups": ["managers", "readers"], "mfa": False}, None, {"reviews:write"}),
        ({"realm": {"roles": ["seller"]}, "company": "acme"}, "acme", {"registrations:write"}),
        ({"realm": {"roles": ["seller"]}, "company": "acme", "level": 1}, "acme",
         {"registrations:write", "payouts:read"}),
        ({"level": 1, "realm.roles": "seller", "company": "bolt"}, "acme", {"payouts:read"}),
    ],
)  # fmt: skip
def test_all_roles_that_fit_add_up(claims: dict[str, Any], partner: str | None, scopes: set[str]) -> None:
    found = granted(RULES, claims)
    assert (found.partner, found.scopes) == (partner, scopes)


@pytest.mark.parametrize(
    "claims",
    [
        {}, {"groups": []}, {"groups": ["Managers"]}, {"groups": "managers readers"}, {"groups": {"managers": True}},
        {"groups": [["managers"]]}, {"groups": ["readers"]}, {"groups": ["readers"], "mfa": 1},
        {"groups": ["readers"], "mfa": "true"}, {"level": True}, {"level": "1"}, {"level": 1.0}, {"company": "acme"},
        {"realm": {"roles": ["seller"]}}, {"realm": {"roles": ["seller"]}, "company": ""},
        {"realm": {"roles": ["seller"]}, "company": ["acme"]}, {"realm": {"roles": ["seller"]}, "company": "a b"},
        {"realm": {"roles": ["seller"]}, "company": None}, {"realm": ["roles"], "company": "acme"},
        {"groups": ["managers"], "level": 1},  # of the vendor and of a partner
        {"realm": {"roles": ["seller"]}, "company": "bolt", "level": 1},  # of two partners
    ],
)  # fmt: skip
def test_what_does_not_fit_or_disagrees_gives_no_role(claims: dict[str, Any]) -> None:
    with pytest.raises(RoleMissing):
        granted(RULES, claims)


def test_a_person_is_issuer_and_subject() -> None:
    one = identity_of("https://a.example", "sam")
    others = ("https://b.example", "sam"), ("https://a.example", "eve"), ("https://a.example/", "sam"), ("", one)
    assert one == identity_of("https://a.example", "sam")
    assert one not in {identity_of(*other) for other in others}
