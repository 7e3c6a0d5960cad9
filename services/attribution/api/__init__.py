"""What attribution alone can answer: whether a deal is claimed already, and who asked."""

from services.attribution.api.app import create_app

__all__ = ["create_app"]
