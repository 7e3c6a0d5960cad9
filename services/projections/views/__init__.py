"""The views: one module a read model, each a pure fold of the journal into rows."""

from services.projections.views.conflicts import Conflicts
from services.projections.views.feed import Feed
from services.projections.views.opportunities import Opportunities
from services.projections.views.pipeline import Pipeline
from shared.projection.port import View

PIPELINE = Pipeline()
OPPORTUNITIES = Opportunities()
CONFLICTS = Conflicts()
FEED = Feed()
ALL: tuple[View, ...] = (PIPELINE, OPPORTUNITIES, CONFLICTS, FEED)
"""Every view of this service."""
