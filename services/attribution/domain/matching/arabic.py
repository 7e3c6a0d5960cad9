"""Arabic letters, folded and romanised: vowels that are not written stay unwritten."""

from __future__ import annotations

import re
from typing import Final

_LETTERS: Final = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_MARKS: Final = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
FOLDED: Final = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "گ": "ك", "ۀ": "ه", "ة": "ه",
        "ە": "ه", "ھ": "ه", "ہ": "ه", "ؤ": "و", "ئ": "ي", "ڤ": "ف", "پ": "ب", "چ": "ج", "ژ": "ز", "ء": None,
        "،": " ", "؛": " ", "٫": ".", "٬": None,
        **{chr(0x660 + n): str(n) for n in range(10)}, **{chr(0x6F0 + n): str(n) for n in range(10)},
    }
)  # fmt: skip
ROMAN: Final = str.maketrans(
    {
        "ا": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z",
        "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f", "ق": "q", "ك": "k",
        "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y",
    }
)  # fmt: skip


def folded(text: str) -> str:
    """Spellings that differ in marks, hamza or regional letters are equal."""
    return _MARKS.sub("", text).translate(FOLDED)


def romanised(text: str) -> str:
    """Arabic letters in Latin ones, letter by letter; other text is as it was."""
    if not _LETTERS.search(text):
        return text
    return folded(text).translate(ROMAN)
