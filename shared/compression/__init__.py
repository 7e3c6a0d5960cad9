"""Compression of what is stored, by a dictionary of our own: JSON of some hundred bytes, a few microseconds each.

The first byte of what is stored is the number of the dictionary, so older ones stay readable for ever: a dictionary is
added under the next number and never changed or removed (`tests/dictionary.py` makes one). 0 is content as it came.
What is hashed, signed or compared is always the content, never its compressed form.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib import resources

import zstandard

from shared.errors import Corrupt

CURRENT = 1
"""The dictionary of what is written from now on."""
LEVEL = 1
"""More takes twice the time for one part in a hundred."""

_AS_IT_CAME = b"\0"
_FIRST_OF_JSON = 9
"""White space, digits, quotation marks and brackets stand above: nine dictionaries are told from plain JSON."""
_PREFIX = bytes([CURRENT])


class _Codec(threading.local):
    """One thread's contexts: they are reused, and none may be used by two threads at once."""

    def __init__(self) -> None:
        # Without its number in each frame: it stands before the frame.
        self.compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=_dictionary(CURRENT), write_dict_id=False)
        self.decompressors: dict[int, zstandard.ZstdDecompressor] = {}

    def decompressor(self, number: int) -> zstandard.ZstdDecompressor:
        """Raises `Corrupt` where there is no such dictionary."""
        found = self.decompressors.get(number)
        if found is None:
            found = self.decompressors[number] = zstandard.ZstdDecompressor(dict_data=_dictionary(number))
        return found


def compressed(content: bytes) -> bytes:
    """The stored form of the content; never more than a byte longer than it."""
    frame = _CODEC.compressor.compress(content)
    return _PREFIX + frame if len(frame) < len(content) else _AS_IT_CAME + content


def decompressed(stored: bytes) -> bytes:
    """The content of a stored form; raises `Corrupt` where it is damaged."""
    if not stored:
        raise Corrupt("what is stored is empty, which no compressed content is")
    if stored[0] == 0:
        return stored[1:]
    decompressor = _CODEC.decompressor(stored[0])
    try:
        return decompressor.decompress(stored[1:])
    except (zstandard.ZstdError, MemoryError) as error:  # a damaged length asks for any amount of memory
        raise Corrupt(f"what is stored cannot be decompressed ({error})") from error


def content_of(stored: bytes) -> bytes:
    """What is compared: the content of a stored form; plain JSON, and what is damaged, as it is."""
    if not stored or stored[0] >= _FIRST_OF_JSON:
        return stored
    try:
        return decompressed(stored)
    except Corrupt:
        return stored


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    file = resources.files(__package__) / f"{number}.dictionary"
    if not file.is_file():
        raise Corrupt(f"what is stored names dictionary {number}, which this release does not have")
    dictionary = zstandard.ZstdCompressionDict(file.read_bytes())
    if number == CURRENT:
        dictionary.precompute_compress(level=LEVEL)
    return dictionary


_CODEC = _Codec()
