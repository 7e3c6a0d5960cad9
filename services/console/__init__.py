"""The console: server-rendered pages for partners and channel managers, over the public API and nothing else."""

from services.console.api import at, within
from services.console.app import PREFIX, create_app
from services.console.sessions import Sessions, link_path

__all__ = ["PREFIX", "Sessions", "at", "create_app", "link_path", "within"]
