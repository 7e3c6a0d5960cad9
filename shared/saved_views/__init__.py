"""Saved views: what a person chose on a page of the console, kept under a name that the person gave it."""

from shared.saved_views.errors import SavedViewExists, SavedViewsTooMany, SavedViewUnknown
from shared.saved_views.store import MAX_OF_PERSON, Owner, Page, Parameters, SavedView, SavedViews
from shared.saved_views.view_name import MAX_NAME, ViewName

__all__ = [
    "MAX_NAME", "MAX_OF_PERSON", "Owner", "Page", "Parameters", "SavedView", "SavedViewExists", "SavedViewUnknown",
    "SavedViews", "SavedViewsTooMany", "ViewName",
]  # fmt: skip
