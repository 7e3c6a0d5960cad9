"""Personal texts: sealed under one key per person, unreadable once that key is deleted."""

from shared.persons.draft import Draft, Personal, Place
from shared.persons.master_key import MasterKey
from shared.persons.store import FIND_ROUNDS, Persons

__all__ = ["FIND_ROUNDS", "Draft", "MasterKey", "Personal", "Persons", "Place"]
