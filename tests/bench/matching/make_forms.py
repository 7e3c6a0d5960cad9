"""Make `legal_forms.tsv` from rigour's and cleanco's data (both MIT): `python -m tests.bench.matching.make_forms`.

--rigour resources/names/org_types.yml of github.com/opensanctions/rigour
--cleanco cleanco/termdata.py of github.com/psolin/cleanco
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path

import yaml

from services.attribution.domain.matching.folding import plain, seen
from services.attribution.domain.matching.tables import words_of

TABLES = Path("services/attribution/domain/matching/tables")
CLASSES = {
    "Limited": "LLC",
    "Limited Liability Company": "LLC",
    "Joint Stock / Unlimited": "JSC",
    "General Partnership": "GP",
    "Limited Partnership": "LP",
    "Limited Liability Partnership": "LLP",
    "Limited Liability Limited Partnership": "LP",
    "Sole Proprietorship": "SP",
    "Professional Limited Liability Company": "LLC",
    "Private Company": "LLC",
}
_CJK = range(0x3040, 0xD7B0)
# Of the many forms of two and three letters only these are written in names often enough to be worth a word's meaning.
_SHORT = words_of("short_forms")
# Words that the sources take for a form and that are names or trades in most registers.
_NO_FORMS = words_of("no_forms")


def main() -> None:
    """Writes one line a phrase: phrase, canonical form, class, origin; phrases in CJK stay in their letters."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rigour", type=Path, required=True)
    parser.add_argument("--cleanco", type=Path, required=True)
    options = parser.parse_args()
    rows: dict[str, tuple[str, str, str]] = {}
    for entry in yaml.safe_load(options.rigour.read_text())["types"]:
        named = entry.get("compare") or entry.get("display") or entry.get("generic") or ""
        canonical = plain(seen(named)).replace(" ", "")
        if not canonical:
            continue
        group = entry.get("generic") or ""
        for alias in [*entry["aliases"], entry.get("display") or "", entry.get("compare") or ""]:
            phrase = _phrase(alias)
            if phrase and phrase not in rows:
                rows[phrase] = (canonical, group, "rigour")
    terms = runpy.run_path(str(options.cleanco))
    for name, aliases in terms["terms_by_type"].items():
        _add(rows, aliases, CLASSES.get(name, ""))
    for aliases in terms["terms_by_country"].values():
        _add(rows, aliases, "")
    lines = [f"{phrase}\t{form}\t{group}\t{origin}" for phrase, (form, group, origin) in sorted(rows.items())]
    (TABLES / "legal_forms.tsv").write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} phrases")


def _add(rows: dict[str, tuple[str, str, str]], aliases: list[str], group: str) -> None:
    for alias in aliases:
        phrase = _phrase(alias)
        if phrase and phrase not in rows:
            rows[phrase] = (phrase.replace(" ", ""), group, "cleanco")


def _phrase(alias: str) -> str:
    text = seen(alias).strip()
    if any(ord(character) in _CJK for character in text):
        return text if len(text) > 1 and not text.isascii() else ""
    phrase = plain(text)
    if len(phrase) < 2 or phrase.isdigit() or len(phrase) > 80 or phrase in _NO_FORMS:
        return ""
    return phrase if len(phrase) > 3 or phrase in _SHORT else ""


if __name__ == "__main__":
    main()
