"""Every view: the read models, and the edge's directory."""

from __future__ import annotations

from services.projections.views import ALL
from services.registration.directory import VIEW as DIRECTORY
from shared.projection.port import View

VIEWS: tuple[View, ...] = (*ALL, DIRECTORY)
