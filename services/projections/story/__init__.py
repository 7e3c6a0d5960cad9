"""The whole story of a registration, an opportunity, a reward or a case, told to the vendor's own people."""

from services.projections.story.finding import StoryUnclear, StoryUnknown, story_of
from services.projections.story.told import Claim, Line, Owed, Share, Story

__all__ = ["Claim", "Line", "Owed", "Share", "Story", "StoryUnclear", "StoryUnknown", "story_of"]
