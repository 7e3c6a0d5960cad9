"""The direction of the parts of a right-to-left sentence."""

from __future__ import annotations

from unicodedata import bidirectional

_FIRST_STRONG, _RIGHT_TO_LEFT, _POP = "\u2068", "\u2067", "\u2069"
_STRONG = ("L", "R", "AL")


def directed(sentence: str) -> str:
    """Let a part that is made of other parts alone read from right to left, as the sentence does.

    Such a part (a clause that is there or not) has no letter of its own outside them, from which its direction would be
    taken; without one it would read from left to right: "، 55.00 USD" ahead of what it follows.
    """
    if _FIRST_STRONG not in sentence:
        return sentence
    begun: list[int] = []
    lettered: list[bool] = []
    nests: list[bool] = []
    found = list(sentence)
    for at, sign in enumerate(sentence):
        if sign == _FIRST_STRONG:
            begun.append(at)
            lettered.append(False)
            nests.append(False)
        elif sign == _POP and begun:
            place, own, outer = begun.pop(), lettered.pop(), nests.pop()
            if outer and not own:
                found[place] = _RIGHT_TO_LEFT
            if nests:
                nests[-1] = True
        elif begun and bidirectional(sign) in _STRONG:
            lettered[-1] = True
    return "".join(found)
