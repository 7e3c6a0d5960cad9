"""Settings: what a wrong variable gets, and what must never be shown."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from shared.errors import Misconfigured
from shared.settings import Settings, load_settings, variable

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"


def test_every_setting_says_why_it_is_what_it_is() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")]
    assert silent == []


def test_a_variable_is_read_and_an_option_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEALREG_PORT", "9000")
    assert load_settings().port == 9000
    assert load_settings(port=9001).port == 9001
    assert load_settings(port=None).port == 9000


def test_all_wrong_variables_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEALREG_PORT", "many")
    monkeypatch.setenv("DEALREG_LOG", "paper")
    with pytest.raises(Misconfigured) as caught:
        load_settings()
    assert "DEALREG_PORT" in caught.value.detail
    assert "DEALREG_LOG" in caught.value.detail


def test_locks_of_a_frozen_writer_end_before_its_lease() -> None:
    with pytest.raises(Misconfigured, match="DEALREG_IDLE_IN_TRANSACTION_TIMEOUT_MS"):
        load_settings(lease_seconds=10, idle_in_transaction_timeout_ms=10_000)


@pytest.mark.parametrize("key", [KEY, KEY + "=", f" {KEY}\n"])
def test_a_master_key_is_32_bytes_of_base64url(key: str) -> None:
    assert load_settings(master_key=key).master_key_bytes() == b"01234567890123456789012345678901"


@pytest.mark.parametrize("key", ["c2hvcnQ", "not/base64url!", ""])
def test_another_master_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        load_settings(master_key=key)
    assert variable("master_key") in caught.value.detail
    assert not key or key not in caught.value.detail


def test_a_database_of_ones_own_needs_a_key_of_ones_own() -> None:
    with pytest.raises(Misconfigured, match="DEALREG_MASTER_KEY"):
        load_settings(database_url="postgresql://db/dealreg").master_key_bytes()


def test_secrets_are_masked_in_every_print() -> None:
    settings = load_settings(database_url="postgresql://me:hush@db/dealreg", master_key=KEY)
    assert "hush" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert KEY not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert isinstance(settings.database_url, SecretStr)
