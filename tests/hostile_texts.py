"""Texts of at most 64 KiB that are made to end, to stop, or to fill a reader of YAML. None is a policy."""

from __future__ import annotations

LONGEST = 65_000


def _filled(part: str, before: str = "", after: str = "") -> str:
    return before + part * ((LONGEST - len(before) - len(after)) // len(part.encode())) + after


PARTS = (
    "- ",
    "[",
    "{",
    "? ",
    "&a ",
    "*a ",
    "!! ",
    "!a ",
    '"',
    "'",
    "#",
    "#\n",
    "a\n",
    "a: ",
    ": ",
    ":\n",
    "a:\n",
    "---\n",
    "--- a\n...\n",
    "-\n",
    "- -\n",
    "? a\n",
    "- &a b\n",
    "- *a\n",
    "- !!str a\n",
    "%",
    "%YAML 1.1\n",
    "%TAG !a! b\n",
    "@",
    "`",
    "|",
    ">",
    ",",
    "]",
    "}",
    "[]",
    "{}",
    "[[],",
    "[a,",
    "{a: ",
    '{"a":',
    '["a",',
    "[{",
    "[a]: ",
    "[?",
    "{? ",
    " ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\\",
    "~",
    "<<: *a\n",
    "<<: {}\n",
    "\ufeff",
    "\u0085",
    "\u2028",
    "😀",
    "a ",
    "a b\n",
    '"a" ',
    '"a": ',
    "a: |\n",
    "a: >\n x\n",
    "1:",
    "0.",
    "1_",
    "...\n",
    "  - ",
    "- - - a\n",
)
TEXTS: dict[str, str] = {
    **{f"many of {part!r}": _filled(part) for part in PARTS},
    **{
        f"in a list: {part!r}": _filled(part, "[", "]")
        for part in ("a,", "[],", "{},", "a: ,", "?,", '"a",', "'',", "&a b,", "!!a b,", ",")
    },
    **{
        f"in a mapping: {part!r}": _filled(part, "{", "}")
        for part in ("a: ,", "? ,", '"a":1,', "a,", "? a: b,", "[a]: b,", "a: {},")
    },
    **{
        f"behind a key: {part!r}": _filled(part, "a: ")
        for part in ("[", "{", "- ", "a\n ", '"', "'a' ", "|\n", "!a ", "&a ")
    },
    "a list in lists for each": "a: " + "[" * 900 + "]" * 900,
    "blocks in blocks": "\n".join(" " * depth + "a:" for depth in range(350)),
    "lists in lists by lines": "\n".join(" " * depth + "-" for depth in range(350)),
    "closed brackets": "[" * 30_000 + "]" * 30_000,
    "JSON without bottom": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "JSON lists without bottom": '{"policy": ' + "[" * 30_000 + "]" * 30_000 + "}",
    "a bomb of aliases": "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)),
    "an alias of itself": "a: &a [*a, *a]",
    "directives": "".join(f"%TAG !{number}! tag:x\n" for number in range(3_500)),
    "directives in use": "".join(f"%TAG !{n}! tag:x\n" for n in range(1_800)) + "---\n" + "- !1799!a b\n" * 2_000,
    "a long key": "a" * 60_000 + ": b",
    "a long quoted key": '"' + "a" * 60_000 + '": b',
    "a long tag": "!" + "a" * 60_000,
    "a long anchor": "&" + "a" * 60_000,
    "escapes": '"' + "\\u0041" * 10_000 + '"',
    "escapes in a tag": "!<" + "%41" * 20_000 + ">",
    "a long number": "version: " + "9" * 60_000,
    "a long fraction": "version: 0." + "9" * 60_000,
    "a huge exponent": "version: 1e" + "9" * 900,
    "long keys in each other": "\n".join(" " * depth + "k" * 79 + ":" for depth in range(15))
    + "\n"
    + (" " * 15 + "a:\n") * 2_300,
    "unknown parameters": "".join(f"a{number}: 1\n" for number in range(2_400)),
    "fields that are none": "required_fields: [" + "a," * 4_900 + "]",
    "alternatives": f"required_fields: [{'|'.join('a' * 499)}]",
    "rewards without end": "rewards: [" + "{}," * 4_900 + "]",
    "an empty text": "",
    "a comment": "# a",
}
