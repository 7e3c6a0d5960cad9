"""Requests to addresses that somebody else named: which addresses may be asked, and the connection to them."""

from shared.outward.guard import AddressRefused, Guard, Network, Target, networks_of, target_of
from shared.outward.resolving import Outward

__all__ = ["AddressRefused", "Guard", "Network", "Outward", "Target", "networks_of", "target_of"]
