"""Make `concepts.tsv` and `countries.tsv.gz` from rigour's data (MIT): `python -m tests.bench.matching.make_concepts`.

--rigour the folder `resources` of github.com/opensanctions/rigour
"""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path

import yaml

from services.attribution.domain.matching.folding import plain, seen
from services.attribution.domain.matching.tables import rows, words_of

TABLES = Path("services/attribution/domain/matching/tables")
_EAST = range(0x3040, 0xD7B0)
# Concepts that are legal forms, people or events, not trades; and English words that are no other word for theirs.
_LEFT_OUT = words_of("no_concepts")


def main() -> None:
    """Writes one line a word: as it is written (folded, or in East Asian letters), and what it means in English."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rigour", type=Path, required=True)
    options = parser.parse_args()
    canonical = {written: word for written, word, *_ in rows("abbreviations.tsv")}
    symbols = yaml.safe_load((options.rigour / "names/symbols.yml").read_text())
    taken = set(canonical) | set(canonical.values()) | words_of("joining") | _LEFT_OUT
    concepts: dict[str, str] = {}
    for group in ("org_domains", "org_symbols"):
        for code, aliases in symbols[group].items():
            if code in _LEFT_OUT:
                continue
            meaning = canonical.get(code, code)
            for alias in aliases:
                written = _written(str(alias))
                if written and written not in taken and written != meaning:
                    concepts.setdefault(written, meaning)
    _write("concepts.tsv", concepts)
    countries: dict[str, str] = {}
    for path in sorted((options.rigour / "territories").glob("??.yml")):
        territory = yaml.safe_load(path.read_text())
        names = [territory["name"], territory.get("full_name") or ""]
        for name in (*names, *territory.get("names_strong", ()), *territory.get("names_weak", ())):
            written = _written(str(name), several=True)
            # In a hundred languages four letters mean anything; more words than one are not looked up.
            if " " not in written and (len(written) > 4 or not written.isascii()):
                english = "" if written.isascii() else f"\t{plain(territory['name'])}"
                countries.setdefault(written, path.stem.upper() + english)
    _write("countries.tsv.gz", countries)


def _written(alias: str, *, several: bool = False) -> str:
    text = seen(alias).strip()
    if any(ord(character) in _EAST for character in text):
        return text if len(text) > 1 else ""
    folded = plain(text)
    return "" if len(folded) < 3 or (" " in folded and not several) or folded.isdigit() or len(folded) > 40 else folded


def _write(name: str, meanings: dict[str, str]) -> None:
    text = "".join(f"{written}\t{meaning}\n" for written, meaning in sorted(meanings.items()))
    (TABLES / name).write_bytes(gzip.compress(text.encode(), mtime=0) if name.endswith(".gz") else text.encode())
    print(f"{name}: {len(meanings)} lines")


if __name__ == "__main__":
    main()
