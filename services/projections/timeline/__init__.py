"""The timeline of a registration, opportunity, reward or case, for the vendor's own people."""

from services.projections.timeline.documents import Claim, Line, Owed, Share, Story
from services.projections.timeline.feed import zone_of
from services.projections.timeline.finding import StoryUnclear, StoryUnknown, story_of

__all__ = ["Claim", "Line", "Owed", "Share", "Story", "StoryUnclear", "StoryUnknown", "story_of", "zone_of"]
