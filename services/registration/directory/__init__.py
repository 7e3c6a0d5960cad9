"""The directory at the edge: vendor, partners and programs as the journal tells them, somewhat stale by nature."""

from services.registration.directory.view import DirectoryView

VIEW = DirectoryView()

__all__ = ["VIEW", "DirectoryView"]
