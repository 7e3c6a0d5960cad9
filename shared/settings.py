"""Every setting of dealreg: one frozen object, read from `DEALREG_…` variables, each odd number with its reason."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import Misconfigured

ENV_PREFIX = "DEALREG_"
MASTER_KEY_BYTES = 32
"""AES-256."""


class Settings(BaseSettings):
    """The settings of a process; `Field.description` is the reason that `dealreg settings` prints."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="ignore")

    # Where things are
    log: Literal["postgres", "kafka"] = Field(
        "postgres", description="PostgreSQL is enough for one machine; Kafka scales past it."
    )
    database_url: SecretStr | None = Field(
        None, min_length=1, description="postgresql://… ; without it an embedded PostgreSQL 18 runs in data_dir."
    )
    kafka_bootstrap: str | None = Field(
        None,
        pattern=r"^[^\s,:]+:[0-9]{1,5}(,[^\s,:]+:[0-9]{1,5})*$",
        description="host:port,… ; without it log=kafka runs an embedded Kafka in data_dir.",
    )
    kafka_topic_prefix: str = Field(
        "", pattern=r"^[a-z0-9._-]*$", max_length=100, description="Several installations can share one cluster."
    )
    data_dir: Path = Field(
        Path(".dealreg"), description="Embedded servers and the generated key; belongs to one log for good."
    )
    master_key: SecretStr | None = Field(
        None,
        description="32 bytes, base64url: wraps the keys that seal personal fields. Generated into data_dir "
        "for the embedded database; any other database needs it named.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Loopback until a proxy with TLS stands in front.")
    port: int = Field(8080, ge=0, le=65535, description="Unprivileged; 0 takes a free one.")
    query_url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Where the registration service asks what was decided, for Prefer: wait, when it runs alone.",
    )
    api_url: str | None = Field(
        None, pattern=r"^https?://", description="Where the console asks the API, all of it, when it runs alone."
    )

    # Who may ask, and from where
    allowed_hosts: str = Field(
        "",
        pattern=r"^((\*\.)?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(, *((\*\.)?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]))*$|^$",
        description="Names that the service is asked by, such as deals.example or *.deals.example, separated by "
        "commas, without ports; any by default, since no answer repeats the name.",
    )
    cors_origins: str = Field(
        "",
        pattern=r"^(https?://[^\s,/]+(, *https?://[^\s,/]+)*)?$",
        description="Origins whose pages may call the API, such as https://portal.example, separated by commas; "
        "none by default, since keys belong on servers.",
    )
    hsts_seconds: int = Field(
        0, ge=0, description="Tells browsers to use TLS alone for so long; only where TLS stands in front for good."
    )

    # The log
    partitions: int = Field(
        8, ge=1, le=1024, description="Writers that can run at once; chosen once, stored, checked at start."
    )
    allow_single_node: bool = Field(
        False, description="Accept replication factor 1: one lost disk loses facts, so only for development."
    )
    request_timeout_ms: int = Field(
        20_000, ge=1_000, description="An append unanswered for longer is ambiguous; a leader election takes 9 s."
    )
    poll_ms: int = Field(
        250, ge=1, description="Wakes a reader that missed a NOTIFY; it is the worst case of visibility."
    )

    # Ownership of a partition
    lease_seconds: int = Field(
        15, ge=2, description="A dead worker's partition waits this long; a slow one must renew within it."
    )
    idle_in_transaction_timeout_ms: int = Field(
        10_000, ge=100, description="Below the lease, so a frozen writer's locks are gone before its successor."
    )

    # Intake
    flush_window_ms: float = Field(
        2.0, ge=0, le=100, description="Requests of the same moment share one append; the goal for p99 is 25 ms."
    )
    flush_max: int = Field(
        500,
        ge=1,
        le=5_000,
        description="Rows of one shared append, whatever share of a crowd a flusher has.",
    )
    flushers: int = Field(2, ge=1, le=16, description="One batch fills while the other waits for the disk.")
    max_body_bytes: int = Field(
        65_536, ge=1_024, description="A registration is about 1 kB; evidence is a link, not an upload."
    )
    max_bulk_rows: int = Field(1_000, ge=1, le=10_000, description="Rows of one bulk request, two flushes.")
    max_bulk_body_bytes: int = Field(
        8_388_608, ge=65_536, description="1,000 rows of 8 kB; held in memory while it is answered."
    )
    rate_per_credential: int = Field(
        600, ge=1, description="Requests a second for one credential: a fast importer, not a flood."
    )
    failed_authentications_per_minute: int = Field(
        60,
        ge=1,
        description="Wrong keys and signatures per address and minute; a misconfigured client tries a few times.",
    )
    trusted_proxies: str = Field(
        "",
        pattern=r"^[0-9A-Fa-f.:/, ]*$",
        description="Addresses and networks, separated by commas, whose X-Forwarded-For names the client; "
        "from anybody else it is a claim.",
    )
    outward_networks: str = Field(
        "",
        pattern=r"^[0-9A-Fa-f.:/, ]*$",
        description="Networks of your own, separated by commas, that webhooks, identity providers and other "
        "requests to addresses from outside may reach, also over http; by default only public addresses over https.",
    )
    checks_per_minute: int = Field(
        30, ge=1, description="Blind checks a minute of one credential, and of one partner: a seller's, not a search."
    )
    bulk_lag_limit: int = Field(
        5_000, ge=1, description="Undecided facts of a vendor above which bulk rows wait, so people do not."
    )
    credential_cache_seconds: float = Field(5.0, ge=0, le=60, description="A revoked key works at most this long.")
    idempotency_days: int = Field(
        30, ge=1, description="Request bodies and stored answers go after this; fact ids stay for ever."
    )

    # CRMs
    hubspot_url: str = Field(
        "https://api.hubapi.com",
        pattern=r"^https?://[^\s/?#]+$",
        description="Where deals are read; the same for every account, so that no tenant names an address.",
    )

    # The decider and the views
    batch_facts: int = Field(
        500, ge=1, le=5_000, description="Facts of one transaction; round trips cost more than decisions."
    )
    batch_entries: int = Field(1_000, ge=1, le=10_000, description="Journal entries a view folds in one transaction.")
    decide_interval_ms: float = Field(
        25.0, ge=0, le=1_000, description="Facts that come within it share a transaction; a full one never waits."
    )
    view_interval_ms: float = Field(
        30.0, ge=0, le=1_000, description="The same for the entries of a view: ten views commit as often."
    )
    bulk_entries: int = Field(
        10_000,
        ge=1,
        le=100_000,
        description="Journal entries a rebuild folds in one transaction; its memory is theirs.",
    )
    invariant_seconds: float = Field(
        300.0,
        ge=0,
        allow_inf_nan=False,
        description="Between two looks at cheap invariants beside the views; 0 never looks.",
    )
    decisions_per_transaction: int = Field(
        500, ge=1, le=10_000, description="Bounds a transaction; what is left over is due now and goes first."
    )
    webhook_retry_hours: float = Field(
        72.0, gt=0, le=720, description="How long an event is sent again to a receiver that does not take it."
    )
    webhook_disable_days: float = Field(
        5.0, gt=0, le=365, description="An endpoint is disabled after so long without one success; longer than a retry."
    )
    webhook_log_days: int = Field(30, ge=1, description="How long the log of deliveries is kept.")
    clock_skew_seconds: float = Field(
        5.0, ge=0, le=300, description="A fact this far ahead of our clock waits and raises an alarm."
    )

    def master_key_bytes(self) -> bytes:
        """The 32 bytes; raises `Misconfigured` where no key was named for a database that is not embedded."""
        if self.master_key is None:
            raise Misconfigured(
                f"{variable('master_key')} is not set: an external database needs a master key, 32 random "
                "bytes in base64url, kept apart from the database's backups"
            )
        return _decoded_key(self.master_key)

    @field_validator("database_url")
    @classmethod
    def _database_is_postgresql(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            _assert_postgresql(url.get_secret_value())
        return url

    @field_validator("data_dir", mode="before")
    @classmethod
    def _folder_is_named(cls, folder: object) -> object:
        # An empty path is the current folder, and "\0" is no path at all.
        if isinstance(folder, str) and (not folder.strip() or "\0" in folder):
            raise ValueError("is empty; unset it or name a folder")
        try:
            return Path(folder).expanduser() if isinstance(folder, str) else folder
        except RuntimeError as error:
            raise ValueError(f"is in a home folder that cannot be found ({error})") from error

    @field_validator("master_key")
    @classmethod
    def _key_is_whole(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            _decoded_key(key)
        return key

    @model_validator(mode="after")
    def _locks_end_before_the_lease(self) -> Self:
        if self.idle_in_transaction_timeout_ms >= self.lease_seconds * 1_000:
            raise ValueError(
                f"{variable('idle_in_transaction_timeout_ms')} must be below {variable('lease_seconds')}, "
                "otherwise a frozen writer keeps its locks after its successor took over"
            )
        return self


def variable(field: str) -> str:
    """The environment variable that sets a field."""
    return ENV_PREFIX + field.upper()


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; `overrides` (command-line options that were given) win.

    Raises `Misconfigured` naming every wrong variable at once.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        raise Misconfigured("; ".join(_problems(error))) from error


def _decoded_key(key: SecretStr) -> bytes:
    text = key.get_secret_value().strip().rstrip("=")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise ValueError("is not base64url; encode 32 random bytes") from error
    if len(raw) != MASTER_KEY_BYTES:
        raise ValueError(f"holds {len(raw)} bytes, not {MASTER_KEY_BYTES}")
    return raw


def _assert_postgresql(url: str) -> None:
    """It is an address that both drivers read; the message never quotes it, since it may hold a password."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ValueError("is not an address such as postgresql://user@host:5432/database") from error
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(f"must be postgresql://…, not {parts.scheme[:20] or '(nothing)'}://…")


def _problems(error: ValidationError) -> list[str]:
    problems = error.errors(include_url=False, include_input=False)
    return [": ".join([*(variable(str(name)) for name in p["loc"]), _sentence(p["msg"])]) for p in problems]


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")
