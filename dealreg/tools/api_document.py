"""The OpenAPI document of all services, built without a server."""

from __future__ import annotations

import base64
import secrets
from typing import Any, cast

from fastapi import FastAPI
from pydantic import SecretStr

from dealreg.runtime.names import Service
from dealreg.runtime.one_port import described
from services.attribution.api import create_app as create_attribution
from services.projections.api import create_app as create_query
from services.registration.api.app import create_app as create_registration
from shared.log.memory import MemoryLog
from shared.settings import Settings


def api_document() -> dict[str, Any]:
    """Return the document that `dealreg run` serves at `/openapi.json`."""
    return described(described_apps())


def described_apps() -> dict[Service, FastAPI]:
    """Build every service as an application without a database, only to describe it."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    settings, nothing = Settings(master_key=SecretStr(key)), cast(Any, None)
    return {
        "registration": create_registration(settings, nothing, MemoryLog(partitions=1)),
        "query": create_query(settings, nothing, nothing),
        "attribution": create_attribution(settings, nothing),
    }
