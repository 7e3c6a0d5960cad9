"""The views: one module a read model, each a pure fold of the journal into rows."""

from services.projections.views.pipeline import Pipeline
from shared.projection.port import View

ALL: tuple[View, ...] = (Pipeline(),)
"""Every view of this service."""
