"""Nobody administers credentials beyond its own scopes, whatever the scopes are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.credentials import PARTNER_SCOPES, SCOPES, Caller, ScopeMissing, assert_administers, assert_within
from shared.credentials.granting import Act

some = st.frozensets(st.sampled_from(SCOPES))


def caller(scopes: frozenset[str], partner: str | None = None) -> Caller:
    return Caller("acme", "key:x", partner, scopes, "x")


@given(own=some, others=some, act=st.sampled_from(["give", "rotate", "revoke"]))
def test_an_act_passes_exactly_where_every_scope_is_one_s_own(
    own: frozenset[str], others: frozenset[str], act: Act
) -> None:
    if others <= own:
        assert_within(caller(own), others, act)
        return
    with pytest.raises(ScopeMissing) as refused:
        assert_within(caller(own), others, act)
    assert all(scope in refused.value.detail for scope in others - own)


def test_a_partner_has_no_scope_to_administer_with_and_would_not_if_it_had() -> None:
    assert "credentials:admin" not in PARTNER_SCOPES
    assert_administers(caller(frozenset(SCOPES)))
    with pytest.raises(ScopeMissing, match="cannot administer keys"):
        assert_administers(caller(frozenset(SCOPES), "nordlicht"))
