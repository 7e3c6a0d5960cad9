"""The views: one module per read model, each a pure fold of the journal into rows."""

from services.projections.views.cases import Cases
from services.projections.views.conflicts import Conflicts
from services.projections.views.credits import Credits
from services.projections.views.feed import Feed
from services.projections.views.ledger import Ledger
from services.projections.views.matches import Matches
from services.projections.views.measures import Measures
from services.projections.views.opportunities import Opportunities
from services.projections.views.payouts import Payouts
from services.projections.views.pipeline import Pipeline
from services.projections.views.rewards import Rewards
from shared.projection.port import View

PIPELINE = Pipeline()
OPPORTUNITIES = Opportunities()
CONFLICTS = Conflicts()
FEED = Feed()
CREDITS = Credits()
REWARDS = Rewards()
LEDGER = Ledger()
PAYOUTS = Payouts()
CASES = Cases()
MATCHES = Matches()
MEASURES = Measures()
ALL: tuple[View, ...] = (
    PIPELINE, OPPORTUNITIES, CONFLICTS, FEED, CREDITS, REWARDS, LEDGER, PAYOUTS, CASES, MATCHES, MEASURES,
)  # fmt: skip
"""Every view of this service."""
