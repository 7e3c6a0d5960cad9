"""An index of names in memory: whoever shares a candidate key with a name, in one total order."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from services.attribution.domain.matching.candidates import Spelled, candidate_keys

MOST_FOUND = 200
"""Names compared by spelling for one look-up; those that share most keys go first."""
MOST_UNDER_KEY = 1_000
"""Names under one key, beyond which it finds nobody: a table frozen before cannot know one vendor's hot names."""
MOST_NAMES = (1 << 24) - 1
_PLACE_BITS = 24
_PLACE = (1 << _PLACE_BITS) - 1
_HASH_BYTES = 7
"""Of ten million keys two share all 56 bits about once in a thousand indexes, and then find one name too many."""
_BUCKET_BITS = 16
_REST_BITS = 8 * _HASH_BYTES - _BUCKET_BITS
_REST = (1 << _REST_BITS) - 1


class Found(NamedTuple):
    """A name found: whose it is, how alike the spelling is in percent, how many keys are shared."""

    id: str
    alike: int
    shared: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a look-up found, most alike first; how many there are in all; whether a key was passed over as too hot."""

    found: tuple[Found, ...]
    total: int
    crowded: bool


class NameIndex:
    """Names by their candidate keys.

    A look-up depends on the names in the index alone, never on the order they came in. An id may have several names
    and is found once, by the most alike.
    """

    def __init__(self) -> None:
        # One sorted array for each first 16 bits of a key's hash: eight bytes a posting, and an insertion moves little.
        self._buckets: dict[int, array[int]] = {}
        self._ids: list[str] = []
        self._spelled: list[str] = []
        self._removed = 0

    def __len__(self) -> int:
        return len(self._ids) - self._removed

    def add(self, id_: str, name: Spelled) -> None:
        """The name is found from now on; ValueError beyond 16,777,215 names."""
        place = len(self._ids)
        if place >= MOST_NAMES:
            raise ValueError(f"an index holds {MOST_NAMES} names")
        self._ids.append(id_)
        self._spelled.append(_in_order(name))
        for key in candidate_keys(name):
            number, start = _where(key)
            insort(self._buckets.setdefault(number, array("Q")), start | place)

    def remove(self, id_: str, name: Spelled) -> None:
        """The name of this id is found no more; nothing happens where it is not in the index."""
        removed: set[int] = set()
        for key in candidate_keys(name):
            number, start = _where(key)
            for place in self._under(number, start):
                if self._ids[place] == id_ and self._spelled[place] == _in_order(name):
                    removed.add(place)
                    bucket = self._buckets[number]
                    del bucket[bisect_left(bucket, start | place)]
        self._removed += len(removed)

    def find(self, name: Spelled, limit: int = MOST_FOUND) -> Candidates:
        """The names that share a key: most alike first, then by keys shared, then by id."""
        shared, crowded = self._shared(name)
        ids, spelled, asked = self._ids, self._spelled, _in_order(name)
        nearest = list(shared)
        if len(nearest) > MOST_FOUND:
            nearest.sort(key=lambda place: (-shared[place], ids[place], spelled[place]))
            del nearest[MOST_FOUND:]
        # All at once: a call for each took longer than comparing.
        likes = extract(asked, [spelled[place] for place in nearest], scorer=ratio, processor=None, limit=None)
        ranked = sorted([(-round(like), -shared[nearest[at]], ids[nearest[at]]) for _, like, at in likes])
        found: dict[str, Found] = {}
        for unlike, many, id_ in ranked:
            if len(found) == limit:
                break
            if id_ not in found:
                found[id_] = Found(id_, -unlike, -many)
        return Candidates(tuple(found.values()), len(shared), crowded)

    def _shared(self, name: Spelled) -> tuple[dict[int, int], bool]:
        """How many keys each place shares with the name, and whether a key had too many names."""
        shared: dict[int, int] = {}
        crowded = False
        for key in candidate_keys(name):
            places = self._under(*_where(key))
            if len(places) > MOST_UNDER_KEY:
                crowded = True
                continue
            for place in places:
                shared[place] = shared.get(place, 0) + 1
        return shared, crowded

    def _under(self, number: int, start: int) -> list[int]:
        """The places listed under a key."""
        bucket = self._buckets.get(number)
        if bucket is None:
            return []
        first = bisect_left(bucket, start)
        end = bisect_left(bucket, start | _PLACE, first)
        return [posting & _PLACE for posting in bucket[first:end]]


def _in_order(name: Spelled) -> str:
    """Its words in the order of the alphabet: as alike as two names are, whatever comes first in them."""
    return " ".join(sorted(name.words))


def _where(key: str) -> tuple[int, int]:
    """The bucket of a key, and what its postings in there begin with."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()
    number = int.from_bytes(digest, "big")
    return number >> _REST_BITS, (number & _REST) << _PLACE_BITS
