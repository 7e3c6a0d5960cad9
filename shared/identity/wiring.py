"""The parts of identity, wired once for a process."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from shared.credentials import Credentials, RateLimit
from shared.identity.bearer import Tokens
from shared.identity.keys import Keys
from shared.identity.people import People
from shared.identity.signing_in import SigningIn
from shared.identity.store import Providers
from shared.outward import Guard, Outward, networks_of
from shared.outward.asking import Client
from shared.persons import MasterKey
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Identity:
    """Providers, their people, their tokens at the API, and signing in by them."""

    providers: Providers
    people: People
    tokens: Tokens
    signing_in: SigningIn


@dataclass(frozen=True, slots=True)
class Callers:
    """What authenticates and limits callers, by key or by token; the applications of a process share one."""

    credentials: Credentials
    rate: RateLimit
    identity: Identity


def callers_over(pool: asyncpg.Pool, settings: Settings) -> Callers:
    """Wire it as the settings say."""
    credentials = Credentials(pool, settings.credential_cache_seconds, settings.failed_authentications_per_minute)
    return Callers(credentials, RateLimit(settings.rate_per_credential), identity_over(pool, settings, credentials))


def identity_over(pool: asyncpg.Pool, settings: Settings, credentials: Credentials) -> Identity:
    """Wire them over the pool; nothing is asked yet."""
    seconds = settings.credential_cache_seconds
    client = Client(Outward(Guard(networks_of(settings.outward_networks))))
    keys = Keys(client)
    providers = Providers(pool, MasterKey(settings.master_key_bytes()), credentials, seconds)
    people = People(pool, credentials, seconds)
    return Identity(providers, people, Tokens(providers, people, keys), SigningIn(providers, people, keys, client))
