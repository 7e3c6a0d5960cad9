"""Messages: the one catalogue of sentences, by code and language; rendered by readers, never by what decides."""

from shared.messages.catalogue import DEFAULT, Language, language, languages, negotiated, read
from shared.messages.words import Words, deciding

__all__ = ["DEFAULT", "Language", "Words", "deciding", "language", "languages", "negotiated", "read"]
