"""Personal texts: sealed under one key per person, unreadable once that key is deleted."""

from shared.persons.master_key import MasterKey
from shared.persons.store import Personal, Persons

__all__ = ["MasterKey", "Personal", "Persons"]
